import type { Summary } from "./shipper.ts";

/** CloudWatch namespace of the shipper's metrics, such as `Mysfits/LogShipper`. Their dimension is `FunctionName`. */
export function namespaceOf(project: string): string {
  return `${project.charAt(0).toUpperCase()}${project.slice(1)}/LogShipper`;
}

/** Metrics of one invocation: lines received, documents written, already present, and retried, and dead letters. */
export const METRICS = {
  events: "Events",
  created: "DocumentsCreated",
  existing: "DocumentsExisting",
  retried: "DocumentsRetried",
  deadLetters: "DeadLetters",
} as const satisfies Record<keyof Summary, string>;

/** A log line in the embedded metric format: CloudWatch Logs turns it into metrics without an API call. */
export function asMetrics(summary: Summary, project: string, functionName: string): string {
  const names = Object.keys(METRICS) as (keyof Summary)[];
  return JSON.stringify({
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [
        {
          Namespace: namespaceOf(project),
          Dimensions: [["FunctionName"]],
          Metrics: names.map((name) => ({ Name: METRICS[name], Unit: "Count" })),
        },
      ],
    },
    FunctionName: functionName,
    ...Object.fromEntries(names.map((name) => [METRICS[name], summary[name]])),
  });
}
