import { onInterruption } from "../../command-line/interruption.ts";

/** Aborts when the command is interrupted, instead of ending the process, so that it can finish cleanly. */
export function abortOnInterrupt(cleanup: AsyncDisposableStack, message: string): AbortSignal {
  const interruption = new AbortController();
  cleanup.defer(onInterruption(() => interruption.abort(new Error(message))));
  return interruption.signal;
}
