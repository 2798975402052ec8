import type { RouterMiddleware } from "@koa/router";
import createError, { type HttpError } from "http-errors";
import type { RequestState } from "./request-identity.ts";

const MYSFIT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** First middleware of a route with `:id`: rejects an id that no mysfit can have. `router.param` would create a WeakMap per request. */
export const requireMysfitId: RouterMiddleware<RequestState> = (ctx, next) => {
  const id = ctx.params.id as string;
  if (!MYSFIT_ID.test(id)) {
    throw noSuchMysfit(id);
  }
  return next();
};

export function noSuchMysfit(id: string): HttpError {
  return createError(404, `no mysfit has the id ${JSON.stringify(id.length <= 36 ? id : `${id.slice(0, 36)}...`)}`);
}
