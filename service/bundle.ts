import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { build, type Plugin } from "esbuild";
import { PROGRAMS } from "../model/programs.ts";

// node service/bundle.ts PROGRAM FOLDER
//
// Bundles a program with its dependencies. The output is the same on every machine, because it depends only on the
// sources and the lock file. An image is a base image with Node.js plus this folder.

const ROOT = join(import.meta.dirname, "..");

/** Optional dependencies of bunyan, debug, and piscina: native modules, log rotation, colors. */
const OPTIONAL = ["dtrace-provider", "mv", "source-map-support", "supports-color", "@napi-rs/nice"];

/** Globals that CommonJS packages expect. */
const COMMONJS = `
import { createRequire } from "node:module";
const require = createRequire(import.meta.url), { filename: __filename, dirname: __dirname } = import.meta;`;

/** Reference to a file that runs in a worker thread. */
const THREAD = /new URL\("\.\/([\w-]+\.ts)", import\.meta\.url\)/g;

/**
 * Takes node:http as a CommonJS module. An import would read every export, and three of them load Node's own copy of undici,
 * which takes longer than the start of Node itself. The health check of a container starts several times a minute.
 */
const COMMONJS_HTTP: Plugin = {
  name: "commonjs-http",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(node:)?http$/ }, () => ({ path: "node:http", namespace: "commonjs" }));
    onLoad({ filter: /^node:http$/, namespace: "commonjs" }, () => ({
      contents: `module.exports = process.getBuiltinModule("node:http");`,
    }));
  },
};

/** A source map that names only the file. */
const FILE_ONLY = Buffer.from('{"version":3,"sources":[""],"mappings":"AAAA"}').toString("base64");

/**
 * Leaves dependencies out of the source map. Node.js parses the whole map at the first stream that fails, such as a connection
 * that a client resets, and keeps it: with the dependencies that takes 29 MiB.
 */
const OWN_SOURCE_MAP: Plugin = {
  name: "own-source-map",
  setup({ onLoad }) {
    onLoad({ filter: /\/node_modules\/.*\.[cm]?js$/ }, ({ path }) => ({
      contents: `${readFileSync(path, "utf8")}\n//# sourceMappingURL=data:application/json;base64,${FILE_ONLY}`,
      loader: "default",
    }));
  },
};

const [program = "", folder = ""] = process.argv.slice(2);
const programs = PROGRAMS.map(({ name }) => name as string).sort();
if (!programs.includes(program)) {
  throw new Error(`program is "${program}": expected one of ${programs.join(", ")}`);
}
if (folder === "") {
  throw new Error("folder is missing: expected the output folder");
}

mkdirSync(folder, { recursive: true });
const sources = await bundle({ main: `service/${program}/main.ts`, healthy: "service/shared/healthy.ts" });
const threads = sources.flatMap(threadsOf);
if (threads.length > 0) {
  // Piscina's worker, which loads the file to run.
  await bundle({ worker: join(dirname(createRequire(import.meta.url).resolve("piscina")), "worker.js") });
}
for (const thread of threads) {
  cpSync(thread, join(folder, basename(thread)));
}
writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');

/** @returns the project's source files in the bundle */
async function bundle(entryPoints: Record<string, string>): Promise<string[]> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints,
    bundle: true,
    platform: "node",
    target: "node26",
    format: "esm",
    mainFields: ["module", "main"],
    external: OPTIONAL,
    plugins: [COMMONJS_HTTP, OWN_SOURCE_MAP],
    // tsconfig.json is for type checking only.
    tsconfigRaw: {},
    banner: { js: COMMONJS },
    // Identifiers are kept: with short ones, startup on a quarter of a vCPU takes longer.
    minifyWhitespace: true,
    minifySyntax: true,
    // For stack traces with the project's files and lines.
    sourcemap: "linked",
    sourcesContent: false,
    // Makes the paths in the source map relative to the repository.
    outdir: ROOT,
    write: false,
    metafile: true,
  });
  for (const { path, contents } of outputFiles) {
    writeFileSync(join(folder, basename(path)), contents);
  }
  return Object.keys(metafile.inputs)
    .filter((file) => !/node_modules\/|^commonjs:/.test(file))
    .map((file) => resolve(ROOT, file));
}

function threadsOf(source: string): string[] {
  return [...readFileSync(source, "utf8").matchAll(THREAD)].map(([, name]) => join(dirname(source), name as string));
}
