import createError from "http-errors";
import type { Middleware } from "koa";

/** Pages load only from this server and cannot be framed. */
const HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
} as const;

/**
 * Rejects requests from other sites in the same browser. Another site's host name may resolve to 127.0.0.1 (DNS rebinding), so
 * the Host header must be the console's own; and another site's page may send requests here, which browsers mark in
 * Origin and Sec-Fetch-Site.
 */
export const guard: Middleware = (ctx, next) => {
  ctx.set(HEADERS);
  const port = ctx.req.socket.localPort;
  const ownHosts = [`localhost:${port}`, `127.0.0.1:${port}`];
  if (!ownHosts.includes(ctx.host)) {
    throw createError(421, `the host is ${ctx.host || "missing"}: expected ${ownHosts.join(" or ")}`);
  }
  const origin = ctx.get("origin");
  const site = ctx.get("sec-fetch-site");
  const foreign = origin !== "" && !ownHosts.some((host) => origin === `http://${host}`);
  const linked = ctx.method === "GET" && ctx.get("sec-fetch-mode") === "navigate";
  if (foreign || !["", "none", "same-origin"].includes(site)) {
    if (!linked || ctx.path.startsWith("/api/")) {
      throw createError(403, "requests from other sites are not allowed");
    }
  }
  return next();
};
