import type { Rule } from "../rule.ts";

/** Every log group forgets. Without a period CloudWatch Logs keeps, and bills, everything for ever; so it does with 0. */
export const logRetention = {
  name: "log-retention",
  types: ["aws_cloudwatch_log_group"],
  check({ arguments: { retention_in_days } }) {
    return Number(retention_in_days) === 0 || retention_in_days === undefined
      ? [
          `retention_in_days is ${retention_in_days ?? "missing"}, for ever: take it from the settings, logs.retentionDays`,
        ]
      : [];
  },
} as const satisfies Rule;
