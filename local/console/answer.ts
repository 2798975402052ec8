import type { IncomingMessage } from "node:http";
import type Router from "@koa/router";
import type { Context } from "koa";
import type { z } from "zod";
import type { Calls } from "../../console/messages.ts";
import { Refusal } from "../../service/shared/refusal.ts";

/** Bytes of a question. */
const LONGEST = 64 * 1024;

/** Characters of a value that a refusal names. */
const LONGEST_VALUE = 100;

/**
 * Adds an answer to the router. A question that does not fit its schema is refused with 400; the schema's own messages, where it
 * has any, complete the sentence "expected …". Throw a
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
    const question = method === "GET" ? { ...ctx.query } : await bodyOf(ctx.req);
    const checked = schema.safeParse(question, { error: expectation });
    if (!checked.success) {
      throw new Refusal(400, describe(checked.error.issues[0] as z.core.$ZodIssue, question));
    }
    const gone = new AbortController();
    ctx.res.once("close", () => gone.abort());
    ctx.set("cache-control", "no-store");
    ctx.body = await reply(checked.data, gone.signal);
  });
}

function describe({ path, message }: z.core.$ZodIssue, question: unknown): string {
  const value = path.reduce<unknown>((tree, name) => (tree as Record<PropertyKey, unknown>)?.[name], question);
  const is = value === undefined ? "missing" : JSON.stringify(value).slice(0, LONGEST_VALUE);
  return `${path.join(".") || "the question"} is ${is}: expected ${message}`;
}

/** What a schema without a message of its own expects. */
function expectation(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return issue.expected === "int" ? "a whole number" : issue.expected;
    case "invalid_value":
      return issue.values.join(" or ");
    case "too_small":
      return `${issue.minimum} or more`;
    case "too_big":
      return `${issue.maximum}${issue.origin === "string" ? " characters" : ""} or less`;
  }
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
