import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { siteFolder } from "../../model/site-folder.ts";
import { EXAMPLE } from "../../settings/project.ts";

const WEB = join(import.meta.dirname, "../../web");
const copy = join(mkdtempSync(join(tmpdir(), "site-")), "site");
test.after.always(() => rmSync(join(copy, ".."), { recursive: true }));

test("the example's site is the folder itself", (t) => {
  t.is(siteFolder(EXAMPLE.title, "/nowhere"), WEB);
});

test("another title replaces the example's in every file; all other files are the same", (t) => {
  const title = "Ada's Pets $& Co.";
  t.is(siteFolder(title, copy), copy);
  const text = (folder: string, file: string) => readFileSync(join(folder, file), "utf8");
  const files = globSync("**/*.*", { cwd: WEB }).sort();
  t.deepEqual(globSync("**/*.*", { cwd: copy }).sort(), files);
  for (const file of files) {
    t.is(text(copy, file), text(WEB, file).split(EXAMPLE.title).join(title), file);
  }
  t.true(text(copy, "index.html").includes(`<title>${title}</title>`));
  t.true(text(copy, "index.html").includes(`<h1>${title}</h1>`));
});
