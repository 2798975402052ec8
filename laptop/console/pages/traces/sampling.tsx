/** The requests that are traced. */
export function Sampling() {
  return <>Sampled are 5 likes per second and 10% of the rest; health checks are never traced.</>;
}
