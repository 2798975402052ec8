import { createHash } from "node:crypto";
import { copyFileSync, existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Lambda's handler and runtime settings for a bundle. */
export const HANDLER = "index.handler";
export const RUNTIME = "nodejs22.x";

/** Zip entries have no time zone: the local time 1980-01-01 gives the same two fields on every machine. */
const FIXED_TIME = new Date(1980, 0, 1);

/** A Unix file with mode 644: Lambda runs the code as a different user. */
const UNIX = 3;
const READABLE = 0o100644 << 16;

const HERE = import.meta.dirname;
const ROOT = join(HERE, "..");
const CACHE = join(ROOT, "node_modules", ".cache", "lambda");

/**
 * Writes a function's deployment package. The same source gives the same bytes on every machine, so an unchanged
 * source causes no change in a plan. Packages are cached, because every synth needs them.
 *
 * @param program the function's folder in lambda/, whose handler.ts exports `handler`
 * @returns the package's SHA-256 in base64, as Terraform's `source_code_hash` expects it
 */
export function writeBundle(program: string, outFile: string): string {
  const cached = join(CACHE, `${program}-${fingerprint(program)}.zip`);
  mkdirSync(dirname(outFile), { recursive: true });
  if (existsSync(cached)) {
    copyFileSync(cached, outFile);
  } else {
    writeFileSync(outFile, bundle(program));
    keep(outFile, cached);
  }
  return createHash("sha256").update(readFileSync(outFile)).digest("base64");
}

/** Does nothing in a read-only node_modules, where every synth makes the package again. */
function keep(file: string, cached: string): void {
  const unfinished = `${cached}.${process.pid}`;
  try {
    mkdirSync(CACHE, { recursive: true });
    copyFileSync(file, unfinished);
    renameSync(unfinished, cached);
  } catch {}
}

/** Hash of everything that goes into the package: the sources, this file, and the versions of all dependencies. */
function fingerprint(program: string): string {
  const sources = globSync("*.ts", { cwd: join(HERE, program) }).sort();
  const hash = createHash("sha256");
  for (const file of [
    ...sources.map((name) => join(HERE, program, name)),
    import.meta.filename,
    join(ROOT, "package-lock.json"),
  ]) {
    hash.update(readFileSync(file)).update("\0");
  }
  return hash.digest("hex");
}

/**
 * Bundles and zips a function. esbuild and fflate are pinned, unlike the machine's zlib, so the bytes do not depend on
 * the machine. They are loaded only on a cache miss.
 */
export function bundle(program: string): Uint8Array {
  const require = createRequire(import.meta.url);
  const { buildSync } = require("esbuild") as typeof import("esbuild");
  const { zipSync } = require("fflate") as typeof import("fflate");
  const { outputFiles } = buildSync({
    absWorkingDir: join(HERE, program),
    entryPoints: [join(HERE, program, "handler.ts")],
    bundle: true,
    // Module paths are in the output. Those of a linked node_modules, as in a preview, would change its bytes.
    preserveSymlinks: true,
    platform: "node",
    target: "node22",
    // CommonJS loads a third faster than ESM and can include dependencies of both kinds.
    format: "cjs",
    mainFields: ["module", "main"],
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: "none",
    write: false,
  });
  const [code] = outputFiles;
  if (!code) {
    throw new Error(`esbuild returned no output for ${program}`);
  }
  return zipSync({
    "index.js": [code.contents, { mtime: FIXED_TIME, os: UNIX, attrs: READABLE, level: 9 }],
  });
}
