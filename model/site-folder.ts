import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EXAMPLE } from "../settings/project.ts";

const WEB = join(import.meta.dirname, "../web");

/** Files that contain the title. */
const TITLED = ["index.html", "profile.js"];

/**
 * Returns the folder of the site's files: `web/`, or a copy of it with another title.
 * @param copy folder for the copy
 */
export function siteFolder(title: string, copy: string): string {
  if (title === EXAMPLE.title) {
    return WEB;
  }
  cpSync(WEB, copy, { recursive: true });
  for (const file of TITLED) {
    writeFileSync(join(copy, file), withTitle(readFileSync(join(WEB, file), "utf8"), title));
  }
  return copy;
}

/** Replaces the example's title in the text of a file. The schema allows only characters that need no escape in HTML. */
export function withTitle(text: string, title: string): string {
  return text.replaceAll(EXAMPLE.title, () => title);
}
