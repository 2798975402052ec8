import type { ServiceName } from "../service-name.ts";

/** A query of the services' logs in CloudWatch Logs Insights. */
export interface SavedQuery {
  readonly name: string;
  readonly title: string;
  readonly logGroups: readonly string[];
  readonly text: string;
}

/** Returns the queries that the runbook uses, for the log groups of all services. service/shared/log.ts writes their fields. */
export function savedQueries(logGroups: Readonly<Record<ServiceName, string>>) {
  const { like } = logGroups;
  const all = Object.values(logGroups);
  return {
    errorsByRoute: {
      name: "errors-by-route",
      title: "Failed requests by route",
      logGroups: all,
      text: `filter status >= 400
| parse path /^\\/mysfits\\/[^\\/]+\\/(?<action>[a-z-]+)$/
| stats count(*) as responses by name, method, action, status
| sort responses desc
| limit 50`,
    },
    slowLikes: {
      name: "slow-likes",
      title: "Likes that took more than a second",
      logGroups: [like],
      text: `filter path like /\\/like$/ and durationMs > 1000
| fields @timestamp, durationMs, status, requestId, traceId
| sort durationMs desc
| limit 50`,
    },
    chaosLines: {
      name: "chaos-lines",
      title: "What chaos mode did",
      logGroups: [like],
      text: `filter ispresent(chaos)
| fields @timestamp, chaos, msg, traceId
| sort @timestamp desc
| limit 100`,
    },
    oneTrace: {
      name: "one-trace",
      title: "All lines of one trace",
      logGroups: all,
      text: `# Put the trace's id in place of this one.
filter traceId = "1-00000000-000000000000000000000000"
| fields @timestamp, name, level, msg, status, durationMs, requestId
| sort @timestamp asc
| limit 1000`,
    },
  } as const satisfies Readonly<Record<string, SavedQuery>>;
}
