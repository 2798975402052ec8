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

function findChromium(): string | undefined {
  const candidates = [process.env.CHROMIUM, "/usr/bin/chromium"];
  const onPath = (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, "chromium"));
  return [...candidates, ...onPath].find((candidate) => candidate && existsSync(candidate));
}
