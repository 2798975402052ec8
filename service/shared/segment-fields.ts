import { randomBytes } from "node:crypto";
import { isIP } from "node:net";
import { relative } from "node:path";
import type { Context } from "koa";
import { causeChain } from "./cause-chain.ts";

// Fields of a segment document, cut to X-Ray's limits.
// Source: "AWS X-Ray segment documents" in the X-Ray Developer Guide.

const LONGEST_STRING = 250;

const MAX_FRAMES = 10;

const FRAME = /^\s*at (?:(.+?) \()?(?:async )?(?:file:\/\/)?([^()]+):(\d+):\d+\)?$/;

export function cut(text: string): string {
  return text.slice(0, LONGEST_STRING).toWellFormed();
}

/** X-Ray's flags for a status: error for 4xx, also throttle for 429, and fault for 5xx. */
export function flagsOf(status: number) {
  return {
    ...(status >= 400 && status < 500 && { error: true }),
    ...(status === 429 && { throttle: true }),
    ...(status >= 500 && { fault: true }),
  };
}

export function requestFields(ctx: Context) {
  const forwardedFor = ctx.get("x-forwarded-for").split(",", 1)[0]?.trim() ?? "";
  const forwarded = isIP(forwardedFor) !== 0;
  return {
    method: cut(ctx.method),
    url: cut(`${ctx.protocol}://${ctx.host}${ctx.path}`),
    user_agent: cut(ctx.get("user-agent")),
    client_ip: forwarded ? forwardedFor : ctx.ip,
    ...(forwarded && { x_forwarded_for: true }),
  };
}

export function responseFields({ res }: Context) {
  const length = Number(res.getHeader("content-length"));
  return { status: res.statusCode, ...(Number.isInteger(length) && { content_length: length }) };
}

/**
 * The `cause` of a segment: an error with its stack, and its chain of causes.
 * @param remote True if the called service reported the error.
 */
export function causeOf(error: unknown, remote = false) {
  const chain = causeChain(error);
  const ids = chain.map(() => randomBytes(8).toString("hex"));
  return {
    working_directory: process.cwd(),
    exceptions: chain.map((link, index) => ({
      id: ids[index],
      type: cut(link.name),
      message: cut(link.message || String((link as NodeJS.ErrnoException).code ?? "")),
      remote,
      stack: framesOf(link),
      ...(ids[index + 1] !== undefined && { cause: ids[index + 1] }),
    })),
  };
}

function framesOf({ stack = "" }: Error) {
  return stack
    .split("\n")
    .flatMap((line) => {
      const [, label = "anonymous", path, lineNumber] = FRAME.exec(line) ?? [];
      return path === undefined ? [] : [{ path: cut(pathOf(path)), line: Number(lineNumber), label: cut(label) }];
    })
    .slice(0, MAX_FRAMES);
}

function pathOf(path: string): string {
  return path.startsWith("/") ? relative(process.cwd(), path) : path;
}
