import type { IncomingMessage } from "node:http";
import type Router from "@koa/router";
import type { Context } from "koa";
import type { z } from "zod";
import type { Calls } from "../../console/messages.ts";
import { Refusal } from "../../service/shared/refusal.ts";

/** Bytes of a question. */
const LONGEST = 64 * 1024;

/**
 * Adds an answer to the router. A question that does not fit its schema is refused with 400. Throw a
 * {@link import("../insights/tokens.ts").QueryError} for one that cannot be understood from some character on, and a
 * {@link Refusal} for anything else that the tab should hear.
 * @param reply Its signal tells when the tab no longer waits.
 */
export function answer<Name extends keyof Calls>(
  router: Router,
  name: Name,
  schema: z.ZodType<Calls[Name]["asks"]>,
  reply: (asked: Calls[Name]["asks"], signal: AbortSignal) => Calls[Name]["answer"] | Promise<Calls[Name]["answer"]>,
): void {
  const [method = "", path = ""] = name.split(" ");
  router.register(path, [method], async (ctx: Context) => {
    const checked = schema.safeParse(method === "GET" ? { ...ctx.query } : await bodyOf(ctx.req));
    if (!checked.success) {
      const [
        {
          path: [parameter = "question"],
          message,
        } = { path: [], message: "" },
      ] = checked.error.issues;
      throw new Refusal(400, `${String(parameter)}: ${message}`);
    }
    const gone = new AbortController();
    ctx.res.once("close", () => gone.abort());
    ctx.set("cache-control", "no-store");
    ctx.body = await reply(checked.data, gone.signal);
  });
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
    text += chunk;
    if (text.length > LONGEST) {
      throw new Refusal(413, `the question is too long: expected ${LONGEST} characters at most`);
    }
  }
  try {
    return JSON.parse(text || "{}");
  } catch {
    throw new Refusal(400, "the question is no JSON");
  }
}
