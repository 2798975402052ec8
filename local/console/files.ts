import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { build, stop } from "esbuild";
import type { Middleware } from "koa";
import { CONTENT_TYPES } from "../../specs/site.ts";

const ROOM = join(import.meta.dirname, "../../console");

interface File {
  readonly type: string;
  readonly etag: string;
  readonly contents: Uint8Array;
}

/** Answers with the console's own files. They are bundled when the first tab opens: whoever opens none waits for nothing. */
export function consoleFiles(): Middleware {
  let bundled: Promise<ReadonlyMap<string, File>> | undefined;
  return async (ctx, next) => {
    if (ctx.method !== "GET" && ctx.method !== "HEAD") {
      return next();
    }
    bundled ??= bundle();
    const files = await bundled;
    // The address of every page leads to the same document, which finds out by itself which page that is.
    const file = files.get(ctx.path) ?? (extname(ctx.path) === "" ? files.get("/index.html") : undefined);
    if (file === undefined) {
      return next();
    }
    ctx.set("cache-control", "no-cache");
    ctx.set("etag", file.etag);
    ctx.type = file.type;
    ctx.status = 200;
    if (ctx.fresh) {
      ctx.status = 304;
    } else {
      ctx.body = Buffer.from(file.contents);
    }
  };
}

async function bundle(): Promise<ReadonlyMap<string, File>> {
  const { outputFiles } = await build({
    absWorkingDir: ROOM,
    entryPoints: { app: "main.tsx" },
    bundle: true,
    format: "esm",
    target: "es2023",
    jsx: "automatic",
    jsxImportSource: "preact",
    minify: true,
    sourcemap: "linked",
    outdir: ROOM,
    write: false,
    // Whoever reads a failed bundling reads the error that is thrown.
    logLevel: "silent",
  });
  // Its process would stay, with tens of megabytes, for a second bundling that never comes.
  await stop();
  const own = ["index.html", "favicon.svg"].map((name) => ({ path: name, contents: readFileSync(join(ROOM, name)) }));
  return new Map([...outputFiles, ...own].map(({ path, contents }) => [`/${basename(path)}`, file(path, contents)]));
}

function file(path: string, contents: Uint8Array): File {
  return {
    type: CONTENT_TYPES[extname(path)] ?? "application/json",
    etag: `"${createHash("sha256").update(contents).digest("base64url").slice(0, 20)}"`,
    contents,
  };
}
