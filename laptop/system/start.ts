import { setTimeout as pause } from "node:timers/promises";

/** Thrown when something cannot start; the message says why and what to do. */
export class StartError extends Error {
  override readonly name: string = "StartError";
}

/** Milliseconds until a program must have passed its first health check. */
export const START_LIMIT = 30_000;

/**
 * Waits until a program is ready. Throws a {@link StartError} if it fails or takes too long.
 * @param ready Resolves once the program accepts requests.
 * @param failed Resolves with the problem, such as "ended with exit code 1".
 * @param limit Milliseconds.
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
