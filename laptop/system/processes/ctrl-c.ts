/**
 * Milliseconds within which a second signal counts as the same Ctrl-C: the terminal signals both the program and npm, and
 * npm forwards its own.
 */
const SAME_CTRL_C = 500;

/** Milliseconds between checks whether npm still runs. */
const NPM_CHECK = 1_000;

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
  if (process.env.npm_lifecycle_event !== undefined) {
    whenParentEnds(() => first === undefined && onSignal());
  }
}

/** npm passes SIGTERM on to its shell, which ends without passing it on to this process. */
function whenParentEnds(act: () => void): void {
  const { ppid } = process;
  const check = setInterval(() => {
    if (process.ppid !== ppid) {
      clearInterval(check);
      act();
    }
  }, NPM_CHECK).unref();
}
