import createError, { type HttpError } from "http-errors";
import type { Middleware } from "koa";
import type { RequestState } from "./request-identity.ts";

/**
 * Koa middleware that answers errors as JSON: `{"error": "..."}`. An HTTP error's message goes to the client and its
 * cause to the log; any other error becomes a 500.
 */
export const handleErrors: Middleware<RequestState> = async (ctx, next) => {
  try {
    await next();
    if (ctx.status >= 400 && ctx.body == null) {
      throw unroutedError(ctx.status, ctx.method, ctx.response.get("Allow"));
    }
  } catch (error) {
    const { status, message, cause } = createError.isHttpError(error)
      ? error
      : createError(500, "internal error", { cause: error });
    if (status >= 500) {
      ctx.state.log.error({ err: cause }, `${message}: ${reasonOf(cause)}`);
    }
    ctx.status = status;
    ctx.body = { error: message };
  }
};

function unroutedError(status: number, method: string, allowed: string): HttpError {
  return status === 405
    ? createError(405, `${method} is not allowed here: expected ${allowed}`)
    : createError(status, "there is nothing at this address");
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}
