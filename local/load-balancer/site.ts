import type { IncomingMessage, ServerResponse } from "node:http";
import { extname } from "node:path";
import send from "send";
import { CONTENT_TYPES, SITE_HEADERS } from "../../specs/site.ts";

const METHODS = ["GET", "HEAD"];

/** Answers with the files of a folder as CloudFront would, except that a browser asks every time whether a file has changed. */
export function serveSite(folder: string) {
  return (request: IncomingMessage, response: ServerResponse, path: string): void => {
    for (const [name, value] of Object.entries(SITE_HEADERS)) {
      response.setHeader(name, value);
    }
    if (!METHODS.includes(request.method ?? "")) {
      response.setHeader("allow", METHODS.join(", "));
      refuse(response, 405, `the site takes no ${request.method}`);
      return;
    }
    send(request, path === "/" ? "/index.html" : path, { root: folder, index: false, cacheControl: false })
      .on("headers", (_response: ServerResponse, file: string) => {
        response.setHeader("cache-control", "no-cache");
        response.setHeader("content-type", CONTENT_TYPES[extname(file)] ?? "application/octet-stream");
      })
      .on("directory", () => refuse(response, 404, "no such file"))
      .on("error", (error: { status: number; message: string }) => refuse(response, error.status, error.message))
      .pipe(response);
  };
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${reason}\n`);
}
