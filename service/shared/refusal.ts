import type { Middleware } from "koa";
import type { RequestState } from "./request-identity.ts";

/** An answer other than success. The message goes to the client, the cause to the log alone. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

/** Turns whatever goes wrong further in into JSON: `{"error": "..."}`. */
export const answerErrors: Middleware<RequestState> = async (ctx, next) => {
  try {
    await next();
    if (ctx.status >= 400 && ctx.body == null) {
      throw unrouted(ctx.status, ctx.method, ctx.response.get("Allow"));
    }
  } catch (error) {
    const refusal = error instanceof Refusal ? error : new Refusal(500, "internal error", { cause: error });
    if (refusal.status >= 500) {
      ctx.state.log.error({ err: refusal.cause }, `${refusal.message}: ${reason(refusal.cause)}`);
    }
    ctx.status = refusal.status;
    ctx.body = { error: refusal.message };
  }
};

function unrouted(status: number, method: string, allowed: string): Refusal {
  return status === 405
    ? new Refusal(405, `${method} is not allowed here: expected ${allowed}`)
    : new Refusal(status, "there is nothing at this address");
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}
