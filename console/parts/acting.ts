import { type ReadonlySignal, signal } from "@preact/signals";
import { CallError } from "../call.ts";

/** Something that a page has asked for: whether it is under way, and why it did not work. */
export interface Acting {
  readonly busy: ReadonlySignal<boolean>;
  readonly problem: ReadonlySignal<string | undefined>;
  /** Does it; what comes of it, the page sees by itself. */
  act(call: () => Promise<unknown>): Promise<void>;
}

export function acting(): Acting {
  const busy = signal(false);
  const problem = signal<string | undefined>(undefined);
  return {
    busy,
    problem,
    async act(call) {
      busy.value = true;
      problem.value = undefined;
      try {
        await call();
      } catch (error) {
        if (!(error instanceof CallError)) {
          throw error;
        }
        problem.value = error.message;
      } finally {
        busy.value = false;
      }
    },
  };
}
