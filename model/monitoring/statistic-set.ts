/** Aggregate of measurements that CloudWatch calls a statistic set. */
export interface StatisticSet {
  readonly samples: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** Aggregates measurements one at a time or a set at a time. */
export class Statistics implements StatisticSet {
  samples = 0;
  sum = 0;
  minimum = Number.POSITIVE_INFINITY;
  maximum = Number.NEGATIVE_INFINITY;

  add(value: number): void {
    this.addAll({ samples: 1, sum: value, minimum: value, maximum: value });
  }

  addAll({ samples, sum, minimum, maximum }: StatisticSet): void {
    this.samples += samples;
    this.sum += sum;
    this.minimum = Math.min(this.minimum, minimum);
    this.maximum = Math.max(this.maximum, maximum);
  }
}
