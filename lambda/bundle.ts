import { createHash } from "node:crypto";
import { copyFileSync, existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** What to tell Lambda about a bundle. */
export const HANDLER = "index.handler";
export const RUNTIME = "nodejs22.x";

/** A zip has no time zone: this moment, taken as local, is the same two fields everywhere. */
const FIXED_TIME = new Date(1980, 0, 1);

/** Unix, and a file that everyone may read: Lambda's own user has to. */
const UNIX = 3;
const READABLE = 0o100644 << 16;

const HERE = import.meta.dirname;
const ROOT = join(HERE, "..");
const CACHE = join(ROOT, "node_modules", ".cache", "lambda");

/**
 * Writes a function's deployment package. The same source gives the same bytes on every machine, so an unchanged
 * source plans no change; and it is bundled only once, because every synth asks for it.
 *
 * @param program the function's folder in lambda/, whose handler.ts exports `handler`
 * @returns the package's SHA-256 in base64, which Terraform calls `source_code_hash`
 */
export function writeBundle(program: string, outFile: string): string {
  const cached = join(CACHE, `${program}-${fingerprint(program)}.zip`);
  if (!existsSync(cached)) {
    mkdirSync(CACHE, { recursive: true });
    const unfinished = `${cached}.${process.pid}`;
    writeFileSync(unfinished, bundle(program));
    renameSync(unfinished, cached);
  }
  mkdirSync(dirname(outFile), { recursive: true });
  copyFileSync(cached, outFile);
  return createHash("sha256").update(readFileSync(outFile)).digest("base64");
}

/** Of everything that the package is made from: the sources, this file, and the versions of all packages. */
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

/** Both the compiler and the zip are pinned JavaScript, not the machine's own zlib. They load only when they are needed. */
export function bundle(program: string): Uint8Array {
  const require = createRequire(import.meta.url);
  const { buildSync } = require("esbuild") as typeof import("esbuild");
  const { zipSync } = require("fflate") as typeof import("fflate");
  const { outputFiles } = buildSync({
    absWorkingDir: join(HERE, program),
    entryPoints: [join(HERE, program, "handler.ts")],
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
  const [code] = outputFiles;
  if (!code) {
    throw new Error(`esbuild gave no bundle of ${program}`);
  }
  return zipSync({
    "index.js": [code.contents, { mtime: FIXED_TIME, os: UNIX, attrs: READABLE, level: 9 }],
  });
}
