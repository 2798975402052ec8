import type { Alarm } from "./alarm.ts";
import type { Metric, Statistic, Sum } from "./metric.ts";

/** DynamoDB operations that the monolith uses. CloudWatch has separate metrics for each. */
export const TABLE_OPERATIONS = ["GetItem", "Query", "Scan", "UpdateItem"] as const;

export function monitorTable(table: string) {
  const metric = (name: string, operation: string, statistic: Statistic): Metric => ({
    kind: "metric",
    namespace: "AWS/DynamoDB",
    name,
    dimensions: { TableName: table, Operation: operation },
    statistic,
    period: 60,
  });
  const ofOperations = (name: string): Sum => ({
    kind: "sum",
    of: TABLE_OPERATIONS.map((operation) => metric(name, operation, "Sum")),
  });
  const metrics = {
    throttles: ofOperations("ThrottledRequests"),
    errors: ofOperations("SystemErrors"),
    /** Milliseconds inside DynamoDB, for successful requests. */
    latency: TABLE_OPERATIONS.map((operation) => metric("SuccessfulRequestLatency", operation, "Average")),
  };
  const some = {
    comparison: ">",
    threshold: 0,
    periods: 5,
    datapoints: 3,
    missing: "notBreaching",
    severity: "notify",
  } as const;
  const alarms: readonly Alarm[] = [
    {
      ...some,
      name: "table-throttles",
      title: "The table throttles",
      value: metrics.throttles,
      meaning:
        "DynamoDB throttles requests in 3 of 5 minutes: retries make reads, likes, and adoptions slow before they fail.",
      firstStep: "see whether requests rose suddenly: an on-demand table needs minutes to double its capacity.",
    },
    {
      ...some,
      name: "table-errors",
      title: "The table fails",
      value: metrics.errors,
      meaning: "DynamoDB returns 5xx errors in 3 of 5 minutes.",
      firstStep: "look for DynamoDB in the region's health dashboard: nothing here causes these errors.",
    },
  ];
  return { metrics, alarms };
}
