import { setTimeout as pause } from "node:timers/promises";

/** Milliseconds until a test gives up; long enough for a busy machine. */
const LIMIT = 60_000;

/** Polls until the result is neither false nor missing, and resolves with it. For changes that emit no event. */
export async function until<Answer>(
  ask: () => Answer | Promise<Answer>,
): Promise<Exclude<Answer, false | null | undefined>> {
  const deadline = Date.now() + LIMIT;
  for (;;) {
    const answer = await ask();
    if (answer !== false && answer !== null && answer !== undefined) {
      return answer as Exclude<Answer, false | null | undefined>;
    }
    if (Date.now() > deadline) {
      throw new Error(`gave up waiting for ${ask}`);
    }
    await pause(20);
  }
}
