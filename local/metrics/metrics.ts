import { DDSketch } from "@datadog/sketches-js";
import type { Reading } from "../../specs/monitoring/alarm.ts";
import type { Metric, Statistic } from "../../specs/monitoring/metric.ts";
import { type StatisticSet, Summary } from "./summary.ts";

/** Seconds of a point, and how many points there are: as CloudWatch does, fine ones for three hours, coarse ones for longer. */
const RESOLUTIONS = [
  { period: 10, points: 1_080 },
  { period: 60, points: 1_440 },
] as const;

/** The coarsest points that a period can be made of. */
function resolutionOf(period: number): (typeof RESOLUTIONS)[number] {
  const resolution = RESOLUTIONS.findLast((candidate) => period % candidate.period === 0);
  if (resolution === undefined) {
    throw new RangeError(`period is ${period}: expected a multiple of ${RESOLUTIONS[0].period} seconds`);
  }
  return resolution;
}

/** How far a percentile may be off, as a share of its value. */
const ACCURACY = 0.02;

/** What was measured in one period. */
class Point extends Summary {
  readonly #sketch: DDSketch | undefined;

  constructor(percentiles: boolean) {
    super();
    this.#sketch = percentiles ? new DDSketch({ relativeAccuracy: ACCURACY }) : undefined;
  }

  override add(value: number): void {
    super.add(value);
    this.#sketch?.accept(value);
  }

  join(other: Point): void {
    this.addAll(other);
    if (other.#sketch) {
      this.#sketch?.merge(other.#sketch);
    }
  }

  value(statistic: Statistic): number | undefined {
    switch (statistic) {
      case "Average":
        return this.sum / this.samples;
      case "Sum":
        return this.sum;
      case "SampleCount":
        return this.samples;
      case "Minimum":
        return this.minimum;
      case "Maximum":
        return this.maximum;
      default:
        return this.#sketch?.getValueAtQuantile(Number(statistic.slice(1)) / 100);
    }
  }
}

/** Points of one length, the newest; a period in which nothing was measured has none. */
class Points {
  readonly period: number;
  readonly #most: number;
  readonly #byStart = new Map<number, Point>();

  constructor({ period, points }: (typeof RESOLUTIONS)[number]) {
    this.period = period;
    this.#most = points;
  }

  /** The period's point, made if need be. @param seconds since 1970 */
  at(seconds: number, percentiles: boolean): Point {
    const start = seconds - (seconds % this.period);
    let point = this.#byStart.get(start);
    if (point === undefined) {
      point = new Point(percentiles);
      this.#byStart.set(start, point);
      if (this.#byStart.size > this.#most) {
        this.#byStart.delete(Math.min(...this.#byStart.keys()));
      }
    }
    return point;
  }

  /** Those of a span of seconds, its end excluded, joined to longer ones. */
  joined(from: number, to: number, period: number, percentiles: boolean): Map<number, Point> {
    const joined = new Map<number, Point>();
    for (const [start, point] of this.#byStart) {
      if (start < from || start >= to) {
        continue;
      }
      if (period === this.period) {
        joined.set(start, point);
      } else {
        const longer = start - (start % period);
        const whole = joined.get(longer) ?? new Point(percentiles);
        whole.join(point);
        joined.set(longer, whole);
      }
    }
    return joined;
  }
}

/** The measurements of one metric, whichever statistic is asked of them later. */
export class Series {
  readonly #percentiles: boolean;
  readonly #points = RESOLUTIONS.map((resolution) => new Points(resolution));

  /** @param percentiles whether they are asked of it; they take room */
  constructor(percentiles: boolean) {
    this.#percentiles = percentiles;
  }

  /** @param at Milliseconds since 1970. */
  record(value: number, at = Date.now()): void {
    const seconds = Math.floor(at / 1000);
    for (const points of this.#points) {
      points.at(seconds, this.#percentiles).add(value);
    }
  }

  /** Takes measurements of which only these figures are left: no percentile of theirs is known. */
  recordAll(summary: StatisticSet, at = Date.now()): void {
    const seconds = Math.floor(at / 1000);
    for (const points of this.#points) {
      points.at(seconds, this.#percentiles).addAll(summary);
    }
  }

  values({ statistic, period }: Metric, from: number, to: number): readonly Value[] {
    const resolution = RESOLUTIONS.indexOf(resolutionOf(period));
    return [...(this.#points[resolution]?.joined(from, to, period, this.#percentiles) ?? [])]
      .map(([start, point]) => ({ start, value: point.value(statistic) }))
      .filter((point): point is Value => point.value !== undefined)
      .sort((a, b) => a.start - b.start);
  }
}

export interface Value {
  /** Seconds since 1970, at which the period begins. */
  readonly start: number;
  readonly value: number;
}

/** Whose figure it is. */
type Identity = Pick<Metric, "namespace" | "name" | "dimensions">;

/** The figures that CloudWatch would keep: points of ten seconds for three hours, points of a minute for a day. */
export class Metrics {
  readonly #series = new Map<string, Series>();
  readonly #began: number;

  /** @param began When the measuring begins, in seconds since 1970. */
  constructor(began = Math.floor(Date.now() / 1000)) {
    this.#began = began;
  }

  /** Where a metric is recorded. Its percentiles are kept if `metric` is one; every other statistic is there anyway. */
  series(metric: Metric): Series {
    const key = keyOf(metric);
    let series = this.#series.get(key);
    if (series === undefined) {
      series = new Series(metric.statistic.startsWith("p"));
      this.#series.set(key, series);
    }
    return series;
  }

  /** Whether anybody measures it here. */
  has(metric: Identity): boolean {
    return this.#series.has(keyOf(metric));
  }

  /**
   * Since when points of a period are kept, in seconds since 1970: where there is none after that, nothing was measured.
   * @param now Seconds since 1970.
   */
  since(period: number, now: number): number {
    const { period: each, points } = resolutionOf(period);
    return Math.max(this.#began, now - each * points);
  }

  /**
   * The metric's values in the periods that begin in a span of time, oldest first; none for a period without measurements.
   * @param from Seconds since 1970.
   * @param to Seconds since 1970, themselves excluded.
   */
  values(metric: Metric, from: number, to: number): readonly Value[] {
    return this.#series.get(keyOf(metric))?.values(metric, from, to) ?? [];
  }

  /** What alarms look at. @param now Seconds since 1970. */
  reading(now = Math.floor(Date.now() / 1000)): Reading {
    return (metric, periodsAgo) => {
      const start = now - (now % metric.period) - (periodsAgo + 1) * metric.period;
      return this.values(metric, start, start + metric.period)[0]?.value;
    };
  }
}

function keyOf({ namespace, name, dimensions }: Identity): string {
  return JSON.stringify([namespace, name, Object.entries(dimensions).sort()]);
}
