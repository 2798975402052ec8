import { setTimeout as pause } from "node:timers/promises";

/** Milliseconds until a test gives up: enough for a busy machine. */
const LIMIT = 60_000;

/** Waits for what no event tells of: asks again and again, and resolves with the first answer that is neither false nor missing. */
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
      throw new Error(`waited in vain for ${ask}`);
    }
    await pause(20);
  }
}
