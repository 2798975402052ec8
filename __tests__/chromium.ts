import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { testNeeding } from "./needs.ts";

const path = findChromium();

/** Declares a test that opens pages. */
export const testInChromium = testNeeding(path ? undefined : "no Chromium here; set CHROMIUM to its path");

/** Launches a browser that sends no background requests. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: path ?? "chromium",
    args: [
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-gpu",
      "--disable-quic",
      "--disable-sync",
      "--no-first-run",
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    ],
  });
}

/** Prefers the browser without a user interface, which starts and draws in half the time. */
function findChromium(): string | undefined {
  const folders = ["/usr/bin", ...(process.env.PATH ?? "").split(delimiter)];
  const candidates = ["chromium-headless-shell", "chromium"].flatMap((name) =>
    folders.map((folder) => join(folder, name)),
  );
  return [process.env.CHROMIUM, ...candidates].find((candidate) => candidate && existsSync(candidate));
}
