/** Aborts on SIGINT or SIGTERM instead of ending the process, so that the command can finish cleanly. */
export function abortOnInterrupt(cleanup: AsyncDisposableStack, message: string): AbortSignal {
  const interruption = new AbortController();
  const interrupt = () => interruption.abort(new Error(message));
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  cleanup.defer(() => {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  });
  return interruption.signal;
}
