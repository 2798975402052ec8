type Listener = (signal: NodeJS.Signals) => void;

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Milliseconds within which another signal counts as the same interruption: a terminal signals both the program and npm, and
 * npm forwards its own.
 */
const SAME_INTERRUPTION = 500;

/** Behind one listener of the process, because Node.js warns of more than ten. */
const listeners = new Set<Listener>();

function notify(signal: NodeJS.Signals): void {
  for (const listener of listeners) {
    listener(signal);
  }
}

/**
 * Calls `interrupt` for Ctrl-C (SIGINT), SIGTERM, and SIGHUP, which would otherwise end the process. SIGHUP says that the terminal or
 * npm has ended, often because of another signal, so it never repeats an interruption.
 *
 * @param interrupt Its argument is true from the second interruption on.
 * @returns a function that ends this
 */
export function onInterruption(interrupt: (isRepeated: boolean) => void): () => void {
  let first: number | undefined;
  const listener: Listener = (signal) => {
    if (first === undefined) {
      first = performance.now();
      interrupt(false);
    } else if (signal !== "SIGHUP" && performance.now() - first > SAME_INTERRUPTION) {
      interrupt(true);
    }
  };
  listeners.add(listener);
  for (const signal of SIGNALS) {
    process.off(signal, notify).on(signal, notify);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      for (const signal of SIGNALS) {
        process.off(signal, notify);
      }
    }
  };
}

/** Calls `stop` at the first interruption. A second one ends the process immediately. */
export function stopOnInterruption(stop: () => void): void {
  onInterruption((isRepeated) => (isRepeated ? endNow() : stop()));
}

/** Not with process.exit(), which can wait forever for a compilation in the background: nodejs/node issue 54918. */
function endNow(): void {
  process.removeAllListeners("SIGINT");
  process.kill(process.pid, "SIGINT");
}
