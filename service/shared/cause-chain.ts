/** Limit for a log line and a segment; a chain could even be a cycle. */
const LONGEST_CHAIN = 3;

/** An error and its causes, up to three; empty for a value that is not an error. */
export function causeChain(error: unknown): Error[] {
  const chain: Error[] = [];
  for (let link = error; link instanceof Error && chain.length < LONGEST_CHAIN; link = link.cause) {
    chain.push(link);
  }
  return chain;
}
