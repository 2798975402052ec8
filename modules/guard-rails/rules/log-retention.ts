import type { Rule } from "../rule.ts";

/** Every log group has a retention period. Without one, or with 0, CloudWatch Logs keeps and bills everything forever. */
export const logRetention: Rule = {
  name: "log-retention",
  types: ["aws_cloudwatch_log_group"],
  check({ arguments: { retention_in_days } }) {
    return Number(retention_in_days) === 0 || retention_in_days === undefined
      ? [
          `retention_in_days is ${retention_in_days ?? "missing"}, which means forever: use the setting logs.retentionDays`,
        ]
      : [];
  },
};
