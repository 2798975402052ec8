import { randomUUID } from "node:crypto";
import type { Check } from "./checks.ts";

/** Milliseconds that a response may take. Chaos can burn CPU for seconds on a quarter of a vCPU. */
const RESPONSE_LIMIT = 10_000;

/** Number of times each check runs: the load balancer takes the tasks in turn, so several tasks are tested. */
const ROUNDS = 4;

export interface SmokeTestOptions {
  /** Milliseconds for all checks together. */
  readonly within: number;
  /** Milliseconds for each response. */
  readonly responseWithin?: number;
}

/** Runs the checks against an origin, one after the other. Throws at the first failure, naming the check and the reason. */
export async function smokeTest(
  origin: string,
  checks: readonly Check[],
  { within, responseWithin = RESPONSE_LIMIT }: SmokeTestOptions,
): Promise<void> {
  const deadline = AbortSignal.timeout(within);
  for (let round = 0; round < ROUNDS; round++) {
    for (const check of checks) {
      try {
        await run(check, origin, AbortSignal.any([deadline, AbortSignal.timeout(responseWithin)]));
      } catch (error) {
        throw new Error(`${check.name}: ${check.method} ${check.path}: ${reason(error)}`, { cause: error });
      }
    }
  }
}

async function run({ method, path, status, error }: Check, origin: string, signal: AbortSignal): Promise<void> {
  const requestId = randomUUID();
  const response = await fetch(new URL(path, origin), {
    method,
    signal,
    redirect: "manual",
    headers: { "x-request-id": requestId },
  });
  const text = await response.text();
  expect("status", response.status, status);
  expect("error", errorIn(text), error);
  // The load balancer's default 404 is JSON too, but without the request ID.
  expect("x-request-id", response.headers.get("x-request-id"), requestId);
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
    return `${text.slice(0, 100)} (not JSON)`;
  }
}

function reason(error: unknown): string {
  const { name, message, cause } = error as Error;
  if (name === "TimeoutError") {
    return "no response in time";
  }
  return cause instanceof Error ? `${message} (${cause.message || cause.name})` : message;
}
