import type { DDSketch } from "@datadog/sketches-js";

/** Part of a request. Without it, 0.07 * 100 would be 7.000000000000001 and reach the next value. */
const TOLERANCE = 1e-6;

/**
 * Returns a percentile by the nearest rank, as CloudWatch defines it: the smallest value that is greater than or equal
 * to this share of all values. `getValueAtQuantile` of @datadog/sketches-js 2.1.1 rounds its rank down instead, so that its p99
 * of fewer than 100 values is the second largest.
 * Source: "CloudWatch statistics definitions" in the CloudWatch User Guide.
 * @param sketch Values with a weight of at least 1, which need not be a whole number.
 * @param share From 0 to 1, such as 0.99.
 */
export function percentile(sketch: DDSketch, share: number): number {
  const { count, min, max } = sketch;
  const rank = share * count - TOLERANCE;
  // The sketch returns the first value whose weight, with those of all smaller ones, exceeds `quantile * (count - 1)`.
  const value = rank > count - 1 ? max : rank <= 1 ? min : sketch.getValueAtQuantile(rank / (count - 1));
  // Its values are estimates: for requests that all take 0.99 s, it would return 0.98 s, or 1.01 s, which exceeds an
  // alarm's one second.
  return Math.min(Math.max(value, min), max);
}
