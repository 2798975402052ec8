import type { Summary } from "./shipper.ts";

/** Where the shipper's own figures stand in CloudWatch, by `FunctionName`. */
export const NAMESPACE = "Mysfits/LogShipper";

/** The figures of one invocation: lines received, documents written, found written, sent again, and dead letters. */
export const METRICS = {
  events: "Events",
  created: "DocumentsCreated",
  existing: "DocumentsExisting",
  retried: "DocumentsRetried",
  deadLetters: "DeadLetters",
} as const satisfies Record<keyof Summary, string>;

/** A log line that CloudWatch Logs turns into metrics by itself (embedded metric format), so that none costs a call. */
export function asMetrics(summary: Summary, functionName: string): string {
  const names = Object.keys(METRICS) as (keyof Summary)[];
  return JSON.stringify({
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [
        {
          Namespace: NAMESPACE,
          Dimensions: [["FunctionName"]],
          Metrics: names.map((name) => ({ Name: METRICS[name], Unit: "Count" })),
        },
      ],
    },
    FunctionName: functionName,
    ...Object.fromEntries(names.map((name) => [METRICS[name], summary[name]])),
  });
}
