import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildSync } from "esbuild";
import { zipSync } from "fflate";

/** What to tell Lambda about the bundle. */
export const HANDLER = "index.handler";
export const RUNTIME = "nodejs22.x";

/** A zip has no time zone: this moment, taken as local, is the same two fields everywhere. */
const FIXED_TIME = new Date(1980, 0, 1);

/** Unix, and a file that everyone may read: Lambda's own user has to. */
const UNIX = 3;
const READABLE = 0o100644 << 16;

/**
 * Writes the Lambda's deployment package. The same source gives the same bytes on every machine, so an unchanged
 * source plans no change. Both the compiler and the zip are pinned JavaScript, not the machine's own zlib.
 *
 * @returns the package's SHA-256 in base64, which Terraform calls `source_code_hash`
 */
export function bundleLogShipper(outFile: string): string {
  const { outputFiles } = buildSync({
    absWorkingDir: import.meta.dirname,
    entryPoints: [join(import.meta.dirname, "handler.ts")],
    bundle: true,
    platform: "node",
    target: "node22",
    // CommonJS loads a third faster than ESM, and takes dependencies of both kinds.
    format: "cjs",
    mainFields: ["module", "main"],
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: "none",
    write: false,
  });
  const [bundle] = outputFiles;
  if (!bundle) {
    throw new Error("esbuild gave no bundle of the log shipper");
  }
  const zip = zipSync({
    "index.js": [bundle.contents, { mtime: FIXED_TIME, os: UNIX, attrs: READABLE, level: 9 }],
  });
  mkdirSync(dirname(outFile), { recursive: true });
  writeFileSync(outFile, zip);
  return createHash("sha256").update(zip).digest("base64");
}
