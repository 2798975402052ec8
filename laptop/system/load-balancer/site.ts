import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import { extname } from "node:path";
import send from "send";
import { CONTENT_TYPES, SITE_HEADERS } from "../../../model/site.ts";

const METHODS = ["GET", "HEAD"];

/** Serves the files of a folder as CloudFront does, except that browsers revalidate every file on each use. */
export function serveSite(folder: string) {
  return (request: IncomingMessage, response: ServerResponse, path: string): void => {
    for (const [name, value] of Object.entries(SITE_HEADERS)) {
      response.setHeader(name, value);
    }
    if (!METHODS.includes(request.method ?? "")) {
      response.setHeader("allow", METHODS.join(", "));
      respondWithError(response, 405, `the site does not accept ${request.method}`);
      return;
    }
    send(request, path === "/" ? "/index.html" : path, { root: folder, index: false, cacheControl: false })
      .on("headers", (_response: ServerResponse, file: string) => {
        response.setHeader("cache-control", "no-cache");
        response.setHeader("content-type", CONTENT_TYPES[extname(file)] ?? "application/octet-stream");
      })
      .on("directory", () => respondWithError(response, 404, STATUS_CODES[404]))
      // The error message would expose a local path.
      .on("error", ({ status }: { status: number }) => respondWithError(response, status, STATUS_CODES[status]))
      .pipe(response);
  };
}

function respondWithError(response: ServerResponse, status: number, reason = ""): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${reason}\n`);
}
