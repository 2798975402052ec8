import { cpSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { build } from "esbuild";

// node service/bundle.ts PROGRAM FOLDER
//
// Writes a program with all that it needs, and nothing else: JavaScript that is the same on every machine, because it
// depends on the sources and the lock file alone. An image is a base with Node.js and this folder.

const ROOT = join(import.meta.dirname, "..");

/** What bunyan, debug and piscina use only where it happens to be installed: native modules, log files, colours. */
const LEFT_OUT = ["dtrace-provider", "mv", "source-map-support", "supports-color", "@napi-rs/nice"];

/** What packages written for CommonJS take for granted. */
const COMMONJS = `
import { createRequire } from "node:module";
const require = createRequire(import.meta.url), { filename: __filename, dirname: __dirname } = import.meta;`;

/** A file that the code around it runs in a thread of its own. */
const THREAD = /new URL\("\.\/([\w-]+\.ts)", import\.meta\.url\)/g;

const [program = "", folder = ""] = process.argv.slice(2);
const programs = globSync("*/main.ts", { cwd: import.meta.dirname })
  .map(dirname)
  .sort();
if (!programs.includes(program)) {
  throw new Error(`program is "${program}": expected one of ${programs.join(", ")}`);
}
if (folder === "") {
  throw new Error("folder is missing: expected where to write the bundle");
}

mkdirSync(folder, { recursive: true });
const sources = await bundle({ main: `service/${program}/main.ts`, healthy: "service/shared/healthy.ts" });
const threads = sources.flatMap(threadsOf);
if (threads.length > 0) {
  // The thread that piscina starts first, and which then loads ours.
  await bundle({ worker: join(dirname(createRequire(import.meta.url).resolve("piscina")), "worker.js") });
}
for (const thread of threads) {
  cpSync(thread, join(folder, basename(thread)));
}
writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');

/** @returns our own files among all that went into the bundle */
async function bundle(entryPoints: Record<string, string>): Promise<string[]> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints,
    bundle: true,
    platform: "node",
    target: "node26",
    format: "esm",
    mainFields: ["module", "main"],
    external: LEFT_OUT,
    // What type checking wants changes nothing of what runs.
    tsconfigRaw: {},
    banner: { js: COMMONJS },
    // Names stay as they are: without them a quarter of a core takes longer to start, not shorter.
    minifyWhitespace: true,
    minifySyntax: true,
    // Stack traces name our files and lines.
    sourcemap: "linked",
    sourcesContent: false,
    // As if it stood in the root: the source map then names each file from there.
    outdir: ROOT,
    write: false,
    metafile: true,
  });
  for (const { path, contents } of outputFiles) {
    writeFileSync(join(folder, basename(path)), contents);
  }
  return Object.keys(metafile.inputs)
    .filter((file) => !file.includes("node_modules/"))
    .map((file) => resolve(ROOT, file));
}

function threadsOf(source: string): string[] {
  return [...readFileSync(source, "utf8").matchAll(THREAD)].map(([, name]) => join(dirname(source), name as string));
}
