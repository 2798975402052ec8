import { type ReadonlySignal, signal } from "@preact/signals";
import { CallError } from "../browser/call.ts";

/** A call that the user triggers, with its progress and error. */
export interface Action {
  readonly busy: ReadonlySignal<boolean>;
  readonly problem: ReadonlySignal<string | undefined>;
  /** Runs the call. Its effect shows in the page's channel. */
  run(call: () => Promise<unknown>): Promise<void>;
}

export function createAction(): Action {
  const busy = signal(false);
  const problem = signal<string | undefined>(undefined);
  return {
    busy,
    problem,
    async run(call) {
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
