/**
 * Settles like the call, but rejects with the signal's reason as soon as the signal aborts. For calls that ignore
 * their signal: undici, for one, ignores it until a connection is established (8.12).
 */
export function untilAborted<Result>(signal: AbortSignal, call: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    call.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
