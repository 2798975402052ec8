import type { DDSketch } from "@datadog/sketches-js";

/**
 * Returns a percentile by the nearest rank, as CloudWatch defines it: the smallest value that is greater than or equal
 * to this share of all values. `getValueAtQuantile` of @datadog/sketches-js 2.1.1 rounds its rank down instead, so that its p99
 * of fewer than 100 values is the second largest.
 * Source: "CloudWatch statistics definitions" in the CloudWatch User Guide.
 * @param share From 0 to 1, such as 0.99.
 */
export function percentile(sketch: DDSketch, share: number): number {
  const { count, min, max } = sketch;
  // Rounded first, so that 0.07 * 100 does not become 7.000000000000001 and the next rank.
  const rank = Math.max(1, Math.ceil(Number((share * count).toFixed(6))));
  // The sketch takes the value at index `quantile * (count - 1)`, counted from 0 and rounded down.
  const value = rank >= count ? max : rank === 1 ? min : sketch.getValueAtQuantile((rank - 0.5) / (count - 1));
  // Its values are estimates: for requests that all take 0.99 s, it would return 0.98 s, or 1.01 s, which exceeds an
  // alarm's one second.
  return Math.min(Math.max(value, min), max);
}
