import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { build, stop } from "esbuild";
import type { Middleware } from "koa";
import { CONTENT_TYPES } from "../../../model/site.ts";
import { withTitle } from "../../../model/site-folder.ts";

const BROWSER = join(import.meta.dirname, "../browser");

interface File {
  readonly type: string;
  readonly etag: string;
  readonly contents: Uint8Array;
}

/** Serves the console's own files. They are bundled when the first tab opens, which keeps the start fast. */
export function consoleFiles(title: string): Middleware {
  let bundled: Promise<ReadonlyMap<string, File>> | undefined;
  return async (ctx, next) => {
    if (ctx.method !== "GET" && ctx.method !== "HEAD") {
      return next();
    }
    bundled ??= bundle(title);
    const files = await bundled;
    // All pages share one document; its router picks the page.
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

async function bundle(title: string): Promise<ReadonlyMap<string, File>> {
  const { outputFiles } = await build({
    absWorkingDir: BROWSER,
    entryPoints: { app: "main.tsx" },
    bundle: true,
    format: "esm",
    target: "es2023",
    jsx: "automatic",
    jsxImportSource: "preact",
    minify: true,
    sourcemap: "linked",
    outdir: BROWSER,
    write: false,
    // The thrown error has the details.
    logLevel: "silent",
  });
  // esbuild would keep a process of tens of megabytes for further builds.
  await stop();
  const own = ["index.html", "favicon.svg"].map((name) => ({
    path: name,
    contents: Buffer.from(withTitle(readFileSync(join(BROWSER, name), "utf8"), title)),
  }));
  return new Map([...outputFiles, ...own].map(({ path, contents }) => [`/${basename(path)}`, file(path, contents)]));
}

function file(path: string, contents: Uint8Array): File {
  return {
    type: CONTENT_TYPES[extname(path)] ?? "application/json",
    etag: `"${createHash("sha256").update(contents).digest("base64url").slice(0, 20)}"`,
    contents,
  };
}
