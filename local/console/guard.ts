import type { Middleware } from "koa";
import { Refusal } from "../../service/shared/refusal.ts";

/** Nothing runs or loads but what this server sends, and nobody frames it. */
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
 * Keeps other sites in this person's browser out. A name of theirs may well lead to 127.0.0.1 (DNS rebinding), so the name
 * that was asked for must be one of ours; and a page of theirs may send requests here, which browsers mark as such.
 */
export const guard: Middleware = (ctx, next) => {
  ctx.set(HEADERS);
  const port = ctx.req.socket.localPort;
  const ours = [`localhost:${port}`, `127.0.0.1:${port}`];
  if (!ours.includes(ctx.host)) {
    throw new Refusal(421, `this is not ${ctx.host || "a host without a name"}: expected ${ours.join(" or ")}`);
  }
  const origin = ctx.get("origin");
  const site = ctx.get("sec-fetch-site");
  const foreign = origin !== "" && !ours.some((host) => origin === `http://${host}`);
  const linked = ctx.method === "GET" && ctx.get("sec-fetch-mode") === "navigate";
  if (foreign || !["", "none", "same-origin"].includes(site)) {
    if (!linked || ctx.path.startsWith("/api/")) {
      throw new Refusal(403, "another site's page asked for this");
    }
  }
  return next();
};
