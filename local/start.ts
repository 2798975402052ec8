import { setTimeout as pause } from "node:timers/promises";

/** Thrown when something cannot start; the message says why and what to do. */
export class StartError extends Error {
  override readonly name = "StartError";
}

/** Milliseconds that a program may take until it passes its first health check. */
export const START_LIMIT = 30_000;

/**
 * Waits for what has been started. Throws a {@link StartError} when it fails or takes too long.
 * @param ready Resolves once it takes requests.
 * @param failed Resolves with what went wrong, as in "ended with exit code 1".
 * @param limit Milliseconds that it may take.
 */
export async function started(
  name: string,
  ready: (signal: AbortSignal) => Promise<unknown>,
  failed: (signal: AbortSignal) => Promise<string>,
  limit = START_LIMIT,
): Promise<void> {
  const settled = new AbortController();
  const { signal } = settled;
  const outcomes = [
    ready(signal).then(() => undefined),
    failed(signal),
    pause(limit, `passed no health check within ${limit / 1000} s`, { signal }),
  ];
  try {
    const problem = await Promise.race(outcomes);
    if (problem !== undefined) {
      throw new StartError(`${name} ${problem}: its last lines say why`);
    }
  } finally {
    settled.abort();
    await Promise.allSettled(outcomes);
  }
}
