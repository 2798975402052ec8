/**
 * Milliseconds in which a further signal is taken for the same Ctrl-C: the terminal sends it to the program, and npm,
 * which got it too, passes its own on.
 */
const SAME_CTRL_C = 500;

/** Calls `stop` at the first Ctrl-C or SIGTERM; a second one ends the program, and with it, at once, whatever still runs. */
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
