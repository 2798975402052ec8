import type { Alarm } from "./alarm.ts";
import type { Metric, Sum } from "./metric.ts";

/** What the monolith asks of the table. CloudWatch counts what went wrong by operation. */
export const TABLE_OPERATIONS = ["GetItem", "Query", "Scan", "UpdateItem"] as const;

export function watchTable(table: string) {
  const ofOperations = (name: string): Sum => ({
    kind: "sum",
    of: TABLE_OPERATIONS.map(
      (operation): Metric => ({
        kind: "metric",
        namespace: "AWS/DynamoDB",
        name,
        dimensions: { TableName: table, Operation: operation },
        statistic: "Sum",
        period: 60,
      }),
    ),
  });
  const metrics = { throttles: ofOperations("ThrottledRequests"), errors: ofOperations("SystemErrors") };
  const some = {
    comparison: ">",
    threshold: 0,
    periods: 5,
    datapoints: 3,
    missing: "notBreaching",
    pages: false,
  } as const;
  const alarms: readonly Alarm[] = [
    {
      ...some,
      name: "table-throttles",
      title: "The table throttles",
      value: metrics.throttles,
      meaning: "DynamoDB turns requests away in 3 of 5 minutes: reads get slow, likes and adoptions fail at once.",
      firstLook: "see whether requests rose suddenly: a table on demand doubles its room, but takes minutes for it.",
    },
    {
      ...some,
      name: "table-errors",
      title: "The table fails",
      value: metrics.errors,
      meaning: "DynamoDB answers with errors of its own in 3 of 5 minutes.",
      firstLook: "look for DynamoDB in the region's health dashboard: nothing here causes these errors.",
    },
  ];
  return { metrics, alarms };
}
