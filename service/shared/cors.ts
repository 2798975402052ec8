import type { Middleware } from "koa";

/** Headers of every response: any origin may read it, including its request ID. */
export const CORS_HEADERS = { "access-control-allow-origin": "*", "access-control-expose-headers": "x-request-id" };

/** Koa middleware that allows every origin and answers preflight requests. */
export const allowEveryOrigin: Middleware = (ctx, next) => {
  for (const name in CORS_HEADERS) {
    ctx.res.setHeader(name, CORS_HEADERS[name as keyof typeof CORS_HEADERS]);
  }
  if (ctx.method !== "OPTIONS" || ctx.get("access-control-request-method") === "") {
    return next();
  }
  ctx.set("access-control-allow-methods", "GET, HEAD, POST");
  const headers = ctx.get("access-control-request-headers");
  if (headers !== "") {
    ctx.set("access-control-allow-headers", headers);
  }
  ctx.status = 204;
};
