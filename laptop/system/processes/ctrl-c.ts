/**
 * Milliseconds within which a second signal counts as the same Ctrl-C: the terminal signals both the program and npm, and
 * npm forwards its own.
 */
const SAME_CTRL_C = 500;

/** Calls `stop` at the first Ctrl-C or SIGTERM. A second one ends the process, and everything it started, immediately. */
export function onCtrlC(stop: () => void): void {
  let first: number | undefined;
  const onSignal = () => {
    if (first === undefined) {
      first = performance.now();
      stop();
    } else if (performance.now() - first > SAME_CTRL_C) {
      process.exit(130);
    }
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
}
