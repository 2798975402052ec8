import type { Queue } from "./queue.ts";
import type { Station } from "./station.ts";

/**
 * How long requests of a while took, from the numbers that they found before them. A request waits for those to be
 * served one after the other: the sum is taken for a gamma distribution with its mean and variance, which is exact for
 * M/M/1.
 */
export class ResponseTimes {
  readonly #station: Station;
  /** Requests that found so many portions before them. */
  readonly #found: number[] = [];

  constructor(station: Station) {
    this.#station = station;
  }

  /** @param requests that arrived while the queue was as it is */
  add(queue: Queue, requests: number): void {
    for (const [n, share] of queue.found.entries()) {
      this.#found[n] = (this.#found[n] ?? 0) + requests * share;
    }
  }

  /** Seconds within which a share of the answers came; undefined when there was none. */
  quantile(share: number): number | undefined {
    const all = this.#found.reduce((sum, requests) => sum + requests, 0);
    // What hardly ever happened moves no percentile, and is most of the list.
    const found = this.#found
      .map((requests, n) => ({ share: requests / all, ...this.#timeBehind(n) }))
      .filter((one) => one.share > 1e-9);
    if (found.length === 0) {
      return undefined;
    }
    const within = (seconds: number) => found.reduce((sum, one) => sum + one.share * gamma(one, seconds), 0);
    let [low, high] = [0, 1];
    while (within(high) < share) {
      high *= 2;
    }
    while (high - low > 1e-4 * high) {
      const middle = (low + high) / 2;
      [low, high] = within(middle) < share ? [middle, high] : [low, middle];
    }
    return this.#station.elsewhere + high;
  }

  /** Mean and variance of the time with the servers of a request that finds so many portions before it. */
  #timeBehind(portions: number): Moments {
    const { servers, rate, spread } = this.#station;
    const ahead = Math.max(0, portions - servers + 1);
    const each = (1 + spread ** 2) / 2 / (servers * rate);
    return { mean: ahead * each + 1 / rate, variance: ahead * each ** 2 + (spread / rate) ** 2 };
  }
}

interface Moments {
  readonly mean: number;
  readonly variance: number;
}

/** Gamma distribution function, by the cube root that Wilson and Hilferty found to be nearly normal. */
function gamma({ mean, variance }: Moments, x: number): number {
  if (variance === 0) {
    return x < mean ? 0 : 1;
  }
  const shape = mean ** 2 / variance;
  const spread = 1 / (9 * shape);
  return normal((Math.cbrt(x / mean) - 1 + spread) / Math.sqrt(spread));
}

/** Normal distribution function to 1e-7: Abramowitz and Stegun, 26.2.17. */
function normal(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return x > 0 ? 1 - tail : tail;
}
