import { randomUUID } from "node:crypto";
import type { Check } from "./checks.ts";

/** Milliseconds that an answer may take. Chaos may burn for seconds on a quarter of a processor. */
const ANSWER_LIMIT = 10_000;

/** How often every check is made, because the load balancer hands out the tasks in turn. */
const ROUNDS = 4;

export interface SmokeTestOptions {
  /** Milliseconds for all checks together. */
  readonly within: number;
  /** Milliseconds for each answer. */
  readonly answerWithin?: number;
}

/** Makes the checks against an origin, one after the other. Throws at the first that fails, and says which and how. */
export async function smokeTest(
  origin: string,
  checks: readonly Check[],
  { within, answerWithin = ANSWER_LIMIT }: SmokeTestOptions,
): Promise<void> {
  const deadline = AbortSignal.timeout(within);
  for (let round = 0; round < ROUNDS; round++) {
    for (const check of checks) {
      try {
        await make(check, origin, AbortSignal.any([deadline, AbortSignal.timeout(answerWithin)]));
      } catch (error) {
        throw new Error(`${check.name}: ${check.method} ${check.path}: ${reason(error)}`, { cause: error });
      }
    }
  }
}

async function make({ method, path, status, error }: Check, origin: string, signal: AbortSignal): Promise<void> {
  const requestId = randomUUID();
  const answer = await fetch(new URL(path, origin), {
    method,
    signal,
    redirect: "manual",
    headers: { "x-request-id": requestId },
  });
  const text = await answer.text();
  expect("status", answer.status, status);
  expect("error", errorIn(text), error);
  // The load balancer answers 404 in JSON too where it has no rule; it does not hand the id back.
  expect("x-request-id", answer.headers.get("x-request-id"), requestId);
}

function expect(what: string, found: unknown, expected: unknown): void {
  if (found !== expected) {
    throw new Error(`${what} is ${JSON.stringify(found)}: expected ${JSON.stringify(expected)}`);
  }
}

function errorIn(text: string): unknown {
  try {
    return (JSON.parse(text) as { error?: unknown } | null)?.error;
  } catch {
    return `${text.slice(0, 100)} (no JSON)`;
  }
}

function reason(error: unknown): string {
  const { name, message, cause } = error as Error;
  if (name === "TimeoutError") {
    return "no answer in time";
  }
  return cause instanceof Error ? `${message} (${cause.message || cause.name})` : message;
}
