import { useEffect, useState } from "preact/hooks";
import { CallError } from "../call.ts";

/** What to do with answers: with each that comes, and with what the server has against the last question, if anything. */
interface Taken<Answer> {
  answered(answer: Answer): void;
  refused(problem: string | undefined): void;
}

/**
 * Asks at once, and then again and again while the tab can be seen. What gets lost on the way is asked again.
 * @param every milliseconds
 * @returns what ends it
 */
export function askRepeatedly<Answer>(
  every: number,
  ask: (signal: AbortSignal) => Promise<Answer>,
  { answered, refused }: Taken<Answer>,
): () => void {
  const left = new AbortController();
  const look = async () => {
    try {
      answered(await ask(left.signal));
      refused(undefined);
    } catch (error) {
      if (error instanceof CallError) {
        refused(error.message);
      }
    }
  };
  look();
  const looks = setInterval(() => document.hidden || look(), every);
  return () => {
    left.abort();
    clearInterval(looks);
  };
}

/** The newest answer, for a component; the question is another when one of `inputs` is. */
export function useRepeated<Answer>(
  every: number,
  ask: (signal: AbortSignal) => Promise<Answer>,
  inputs: readonly unknown[],
): { readonly answer: Answer | undefined; readonly problem: string | undefined } {
  const [answer, answered] = useState<Answer>();
  const [problem, refused] = useState<string>();
  useEffect(
    () => askRepeatedly(every, ask, { answered: (found) => answered(() => found), refused }),
    [every, ...inputs],
  );
  return { answer, problem };
}
