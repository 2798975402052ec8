import { useEffect, useState } from "preact/hooks";
import { CallError } from "../browser/call.ts";

interface Handlers<Response> {
  onResponse(response: Response): void;
  /** @param problem error message of the last call; undefined after a success */
  onProblem(problem: string | undefined): void;
}

/**
 * Calls immediately, then at an interval while the tab is visible. The next interval retries a failed call.
 * @param interval milliseconds
 * @returns a function that stops polling
 */
export function poll<Response>(
  interval: number,
  send: (signal: AbortSignal) => Promise<Response>,
  { onResponse, onProblem }: Handlers<Response>,
): () => void {
  const stopped = new AbortController();
  const update = async () => {
    try {
      onResponse(await send(stopped.signal));
      onProblem(undefined);
    } catch (error) {
      if (error instanceof CallError) {
        onProblem(error.message);
      }
    }
  };
  update();
  const timer = setInterval(() => document.hidden || update(), interval);
  return () => {
    stopped.abort();
    clearInterval(timer);
  };
}

/** Polls for a component and returns the newest response. Starts over when one of `inputs` changes. */
export function usePolling<Response>(
  interval: number,
  send: (signal: AbortSignal) => Promise<Response>,
  inputs: readonly unknown[],
): { readonly response: Response | undefined; readonly problem: string | undefined } {
  const [response, setResponse] = useState<Response>();
  const [problem, onProblem] = useState<string>();
  useEffect(
    () => poll(interval, send, { onResponse: (newest) => setResponse(() => newest), onProblem }),
    [interval, ...inputs],
  );
  return { response, problem };
}
