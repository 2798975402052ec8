import { effect, type Signal, signal } from "@preact/signals";
import { connection } from "../browser/events.ts";

interface LiveSearch<Results> {
  /** The search criteria as a string. A change starts a new search. */
  readonly criteria: () => string;
  /** True when the server has data that the results lack. */
  readonly outdated: () => boolean;
  /** @param more true to add only what is new since the current results */
  readonly search: (more: boolean, signal: AbortSignal) => Promise<void>;
  readonly results: Signal<Results | undefined>;
  /** Error of the last search. */
  readonly problem: Signal<unknown>;
  /** True while new results are added as they arrive. */
  readonly live: Signal<boolean>;
}

/** Milliseconds without a key press before a search starts. */
const TYPING_PAUSE = 200;

/**
 * Searches whenever the criteria change, and adds new results while `live` is true; one search runs at a time. A search that
 * failed because the runner was gone is repeated after the reconnect.
 * @returns a function that stops and resets the search
 */
export function liveSearch<Results>({
  criteria,
  outdated,
  search,
  results,
  problem,
  live,
}: LiveSearch<Results>): () => void {
  const busy = signal(false);
  let searched: string | undefined;
  let current = new AbortController();
  let lost = false;

  const run = async (more: boolean, { signal }: AbortController) => {
    busy.value = true;
    try {
      await search(more, signal);
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
    const now = criteria();
    const goOn = !busy.value && problem.value === undefined && live.value && outdated();
    const reconnected = lost && connection.value === "live";
    lost = connection.value === "lost";
    if (now !== searched || (reconnected && problem.peek() !== undefined)) {
      const wait = searched === undefined ? 0 : TYPING_PAUSE;
      searched = now;
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
