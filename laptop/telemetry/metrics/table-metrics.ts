import type { TableMetrics } from "../../system/table/table-meter.ts";
import type { Metrics } from "./metrics.ts";

/** Records the table's figures under CloudWatch's metric names. @param now Milliseconds since 1970. */
export function recordTableMetrics({ table, latency, errors }: TableMetrics, metrics: Metrics, now = Date.now()): void {
  const series = (name: string, Operation: string) =>
    metrics.series({
      kind: "metric",
      namespace: "AWS/DynamoDB",
      name,
      dimensions: { TableName: table, Operation },
      statistic: "Sum",
      period: 60,
    });
  for (const [operation, statistics] of Object.entries(latency)) {
    series("SuccessfulRequestLatency", operation).recordAll(statistics, now);
  }
  for (const [operation, count] of Object.entries(errors)) {
    series("SystemErrors", operation).record(count, now);
    // The embedded database never throttles.
    series("ThrottledRequests", operation).record(0, now);
  }
}
