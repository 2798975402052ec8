import { effect, type Signal, signal } from "@preact/signals";
import { connection } from "../live.ts";

interface Followed<Results> {
  /** What is asked; another text is another question. */
  readonly question: () => string;
  /** Whether there is more by now than the answer has. */
  readonly behind: () => boolean;
  /** @param more whether only that is asked for */
  readonly ask: (more: boolean, signal: AbortSignal) => Promise<void>;
  readonly results: Signal<Results | undefined>;
  /** Why there is no answer. */
  readonly problem: Signal<unknown>;
  /** Whether what is new comes in by itself. */
  readonly live: Signal<boolean>;
}

/** Milliseconds without a key before a question is asked. */
const TYPING = 200;

/**
 * Asks anew whenever the question changes, and goes on with what comes in while it is live; one at a time. What got no answer
 * while the runner was gone is asked again when it is back.
 * @returns what ends it, and leaves all as it was before
 */
export function follow<Results>({ question, behind, ask, results, problem, live }: Followed<Results>): () => void {
  const busy = signal(false);
  let asked: string | undefined;
  let current = new AbortController();
  let lost = false;

  const run = async (more: boolean, { signal }: AbortController) => {
    busy.value = true;
    try {
      await ask(more, signal);
      problem.value = undefined;
    } catch (error) {
      if (!signal.aborted) {
        problem.value = error;
      }
    }
    if (!signal.aborted) {
      busy.value = false;
    }
  };

  const stop = effect(() => {
    const now = question();
    const goOn = !busy.value && problem.value === undefined && live.value && behind();
    const back = lost && connection.value === "live";
    lost = connection.value === "lost";
    if (now !== asked || (back && problem.peek() !== undefined)) {
      const wait = asked === undefined ? 0 : TYPING;
      asked = now;
      current.abort();
      current = new AbortController();
      const timer = setTimeout(run, wait, false, current);
      current.signal.addEventListener("abort", () => clearTimeout(timer));
    } else if (goOn) {
      run(true, current);
    }
  });
  return () => {
    stop();
    current.abort();
    results.value = undefined;
    problem.value = undefined;
    live.value = true;
  };
}
