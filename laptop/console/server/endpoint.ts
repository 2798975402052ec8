import type { IncomingMessage } from "node:http";
import type Router from "@koa/router";
import createError, { type HttpError } from "http-errors";
import type { Context } from "koa";
import { z } from "zod";
import { check } from "../../../settings/check.ts";
import type { Calls } from "../messages.ts";

/** Schema of a request without fields. */
export const empty = z.object({});

/** Maximum bytes of a request body. */
const MAX_BODY = 64 * 1024;

/**
 * Adds a route for one of the {@link Calls}. A request that does not match the schema gets a 400; a message in the schema
 * completes the sentence "expected …". The handler may throw a {@link HttpError}, or a
 * {@link import("../../telemetry/syntax/tokens.ts").QueryError} that points at a character of a query.
 * @param handle Its signal is aborted when the tab closes the connection.
 */
export function endpoint<Name extends keyof Calls>(
  router: Router,
  name: Name,
  schema: z.ZodType<Calls[Name]["request"]>,
  handle: (
    request: Calls[Name]["request"],
    signal: AbortSignal,
  ) => Calls[Name]["response"] | Promise<Calls[Name]["response"]>,
): void {
  const [method = "", path = ""] = name.split(" ");
  router.register(path, [method], async (ctx: Context) => {
    const fields = method === "GET" ? { ...ctx.query } : await readBody(ctx.req);
    const { data, problems } = check(schema, fields, { whole: "the request", unknownKey: "no such field" });
    if (problems) {
      throw createError(400, problems[0] as string);
    }
    const closed = new AbortController();
    ctx.res.once("close", () => closed.abort());
    ctx.set("cache-control", "no-store");
    ctx.body = await handle(data, closed.signal);
  });
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
    text += chunk;
    if (text.length > MAX_BODY) {
      throw createError(413, `the request body is too long: expected ${MAX_BODY} characters or less`);
    }
  }
  try {
    return JSON.parse(text || "{}");
  } catch {
    throw createError(400, "the request body is not valid JSON");
  }
}
