import { DDSketch } from "@datadog/sketches-js";
import type { Reading } from "../../../model/monitoring/alarm.ts";
import type { Metric, Statistic } from "../../../model/monitoring/metric.ts";
import { type StatisticSet, Statistics } from "../../../model/monitoring/statistic-set.ts";
import { percentile } from "./percentile.ts";

/** Seconds per point and number of points. As in CloudWatch, fine points are kept for three hours and coarse ones longer. */
const RESOLUTIONS = [
  { period: 10, points: 1_080 },
  { period: 60, points: 1_440 },
] as const;

/** Finds the coarsest resolution that divides the period. */
function resolutionOf(period: number): (typeof RESOLUTIONS)[number] {
  const resolution = RESOLUTIONS.findLast((candidate) => period % candidate.period === 0);
  if (resolution === undefined) {
    throw new RangeError(`period is ${period}: expected a multiple of ${RESOLUTIONS[0].period} seconds`);
  }
  return resolution;
}

/** Largest relative error of a percentile. */
const ACCURACY = 0.02;

/** Measurements of one period. */
class Point extends Statistics {
  readonly #sketch: DDSketch | undefined;

  constructor(percentiles: boolean) {
    super();
    this.#sketch = percentiles ? new DDSketch({ relativeAccuracy: ACCURACY }) : undefined;
  }

  override add(value: number): void {
    super.add(value);
    this.#sketch?.accept(value);
  }

  merge(other: Point): void {
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
        return this.#sketch && percentile(this.#sketch, Number(statistic.slice(1)) / 100);
    }
  }
}

/** The newest points of one length. A period without measurements has no point. */
class Points {
  readonly period: number;
  readonly #most: number;
  readonly #byStart = new Map<number, Point>();

  constructor({ period, points }: (typeof RESOLUTIONS)[number]) {
    this.period = period;
    this.#most = points;
  }

  /** Returns the point of a time in seconds since 1970, and creates it if necessary. */
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

  /** Returns the points from one time to another, exclusive, merged to a longer period. */
  merged(from: number, to: number, period: number, percentiles: boolean): Map<number, Point> {
    const merged = new Map<number, Point>();
    for (const [start, point] of this.#byStart) {
      if (start < from || start >= to) {
        continue;
      }
      if (period === this.period) {
        merged.set(start, point);
      } else {
        const longer = start - (start % period);
        const whole = merged.get(longer) ?? new Point(percentiles);
        whole.merge(point);
        merged.set(longer, whole);
      }
    }
    return merged;
  }
}

/** Measurements of one metric, for any statistic. */
export class Series {
  readonly #percentiles: boolean;
  readonly #points = RESOLUTIONS.map((resolution) => new Points(resolution));

  /** @param percentiles True to keep percentiles, which take memory. */
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

  /** Records a statistic set, which has no percentiles. */
  recordAll(statistics: StatisticSet, at = Date.now()): void {
    const seconds = Math.floor(at / 1000);
    for (const points of this.#points) {
      points.at(seconds, this.#percentiles).addAll(statistics);
    }
  }

  values({ statistic, period }: Metric, from: number, to: number): readonly Datapoint[] {
    const resolution = RESOLUTIONS.indexOf(resolutionOf(period));
    return [...(this.#points[resolution]?.merged(from, to, period, this.#percentiles) ?? [])]
      .map(([start, point]) => ({ start, value: point.value(statistic) }))
      .filter((point): point is Datapoint => point.value !== undefined)
      .sort((a, b) => a.start - b.start);
  }
}

export interface Datapoint {
  /** Start of the period, in seconds since 1970. */
  readonly start: number;
  readonly value: number;
}

/** The fields of a metric that identify it, without statistic and period. */
type Identity = Pick<Metric, "namespace" | "name" | "dimensions">;

/** Metrics as CloudWatch stores them: points of ten seconds for three hours, points of a minute for a day. */
export class Metrics {
  readonly #series = new Map<string, Series>();
  readonly #began: number;

  /** @param began Start of the measurements, in seconds since 1970. */
  constructor(began = Math.floor(Date.now() / 1000)) {
    this.#began = began;
  }

  /** Returns the series to record a metric in. It keeps percentiles if the metric's statistic is a percentile. */
  series(metric: Metric): Series {
    const key = keyOf(metric);
    let series = this.#series.get(key);
    if (series === undefined) {
      series = new Series(metric.statistic.startsWith("p"));
      this.#series.set(key, series);
    }
    return series;
  }

  /** True if the laptop measures the metric. */
  has(metric: Identity): boolean {
    return this.#series.has(keyOf(metric));
  }

  /**
   * Returns the time from which points of a period are complete, in seconds since 1970.
   * @param now Seconds since 1970.
   */
  since(period: number, now: number): number {
    const { period: each, points } = resolutionOf(period);
    return Math.max(this.#began, now - each * points);
  }

  /**
   * Returns the metric's values in the periods that begin in a time range, oldest first. A period without measurements has none.
   * @param from Seconds since 1970.
   * @param to Seconds since 1970, exclusive.
   */
  values(metric: Metric, from: number, to: number): readonly Datapoint[] {
    return this.#series.get(keyOf(metric))?.values(metric, from, to) ?? [];
  }

  /** Returns the values that alarms evaluate at a time. @param now Seconds since 1970. */
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
