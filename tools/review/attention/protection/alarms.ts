import type { Finding } from "../../model.ts";
import type { Subject } from "../../subject.ts";
import { at, isNothing, UNKNOWN, type Value } from "../../values/value.ts";
import { oncePerPlan, type PlanContext, reading } from "../context.ts";
import {
  becomes,
  changed,
  created,
  existing,
  fewer,
  gone,
  larger,
  off,
  type Row,
  rows,
  type Side,
  weaker,
} from "../table.ts";
import { text } from "../text.ts";

// Alarms that no longer notify anyone, or go off later than before.

const METRIC = "aws_cloudwatch_metric_alarm";
const COMPOSITE = "aws_cloudwatch_composite_alarm";

const NO_ALARM = "The alarm no longer notifies anyone.";
const LATER = "The alarm goes off later.";

export const ALARMS: readonly Row[] = [
  ...rows("danger", NO_ALARM, off, { [METRIC]: "actions_enabled", [COMPOSITE]: "actions_enabled" }),
  ...rows("danger", NO_ALARM, gone, { [METRIC]: "alarm_actions", [COMPOSITE]: "alarm_actions" }),
  ...rows("caution", "The alarm notifies no one.", created(becomes(false)), {
    [METRIC]: "actions_enabled",
    [COMPOSITE]: "actions_enabled",
  }),
  ...rows("caution", "Someone is no longer notified.", (before, after) => fewer(before, after) && !isNothing(after), {
    [METRIC]: "alarm_actions",
    [COMPOSITE]: "alarm_actions",
  }),
  ...rows("caution", "The alarm goes off only at worse values.", isFurther, { [METRIC]: "threshold" }),
  ...rows("caution", "The alarm goes off in other cases.", changed, { [METRIC]: "comparison_operator" }),
  ...rows("caution", "The alarm goes off in other cases.", isOtherRule, { [COMPOSITE]: "alarm_rule" }),
  ...rows("caution", "The metric does not reach such values, so the alarm never goes off.", neverFires, {
    [METRIC]: "threshold",
  }),
  ...rows("caution", LATER, larger, { [METRIC]: ["evaluation_periods", "period", "datapoints_to_alarm"] }),
  ...rows(
    "caution",
    "The alarm goes off less often when data is missing, for example because a service is down.",
    weaker("notBreaching", "ignore", "missing", "breaching"),
    { [METRIC]: "treat_missing_data" },
  ),
  ...rows("caution", "The alarm watches something else.", existing(changed), {
    [METRIC]: ["metric_name", "namespace", "dimensions", "statistic", "extended_statistic", "metric_query"],
  }),
  ...rows(
    "caution",
    "Its actions do not run while another alarm is on.",
    existing((before, after) => gone(after, before)),
    {
      [COMPOSITE]: "actions_suppressor",
    },
  ),
  ...rows("caution", "The metric counts other log lines, so alarms on it may not go off.", changed, {
    aws_cloudwatch_log_metric_filter: "pattern",
  }),
];

/** A threshold that is further away in the direction of the comparison. */
function isFurther(before: Side, after: Side, { after: alarm }: Subject): boolean {
  if (isOutOfReach(alarm)) {
    return false;
  }
  const isBelow = /^LessThan/.test(String(at(alarm, "comparison_operator")));
  return isBelow ? larger(after, before) : larger(before, after);
}

/** Another rule than one that only names more alarms, any of which suffices. */
function isOtherRule(before: Side, after: Side): boolean {
  const [was, is] = [alternatives(before), alternatives(after)];
  return changed(before, after) && !(was.length > 0 && was.every((alternative) => is.includes(alternative)));
}

/** The alarms of a rule such as `ALARM(a) OR ALARM(b)`; none of any other rule. */
function alternatives(rule: Side): readonly string[] {
  const parts = String(rule)
    .split(/\s+OR\s+/i)
    .map((part) => part.trim());
  return parts.every((part) => /^ALARM\s*\(("[^"]*"|[^\s()"]+)\)$/i.test(part)) ? parts : [];
}

/** Metrics in percent of something that cannot be exceeded. That of ECS can: tasks may use more than they reserve. */
const PERCENTAGES = [
  "CPUUtilization",
  "DatabaseMemoryUsagePercentage",
  "FreeableMemoryPercentage",
  "JVMMemoryPressure",
];
const BURSTING = "AWS/ECS";

/** Values beyond 100 percent, or below zero of a metric of AWS; a lag of -1 means that there is no replication. */
function neverFires(_before: Side, _after: Side, { after: alarm, before: old }: Subject): boolean {
  return isOutOfReach(alarm) && !isOutOfReach(old);
}

function isOutOfReach(alarm: Value | undefined): boolean {
  const [threshold, metric, namespace] = ["threshold", "metric_name", "namespace"].map((name) => at(alarm, name));
  const isOfAws = typeof namespace === "string" && namespace.startsWith("AWS/");
  const operator = at(alarm, "comparison_operator");
  if (typeof threshold !== "number" || !isOfAws || typeof metric !== "string" || metric.includes("Lag")) {
    return false;
  }
  const isPercentage = namespace !== BURSTING && PERCENTAGES.includes(metric);
  return (
    (operator === "LessThanThreshold" && threshold <= 0) ||
    (operator === "LessThanOrEqualToThreshold" && threshold < 0) ||
    (operator === "GreaterThanThreshold" && isPercentage && threshold >= 100) ||
    (operator === "GreaterThanOrEqualToThreshold" && isPercentage && threshold > 100)
  );
}

/** A new alarm that starts no action, neither on its own nor through a composite alarm in the plan. */
export function silentAlarm({ type, action, after }: Subject, context: PlanContext): readonly Finding[] {
  const isSilent =
    (type === METRIC || type === COMPOSITE) &&
    action === "create" &&
    ["alarm_actions", "ok_actions", "insufficient_data_actions"].every((name) => isNothing(at(after, name))) &&
    !isInComposite(at(after, "alarm_name"), context);
  return isSilent
    ? [{ severity: "note", text: text`The alarm has no ${"alarm_actions"}: no one is notified when it goes off.` }]
    : [];
}

/** Also true for a composite alarm whose rule is known only after apply. */
function isInComposite(alarm: Value | undefined, context: PlanContext): boolean {
  return compositeRules(context).some((rule) =>
    typeof rule === "string" ? typeof alarm === "string" && rule.includes(alarm) : rule === UNKNOWN,
  );
}

const compositeRules = oncePerPlan((context) =>
  context.ofType(COMPOSITE).map(reading(({ after }) => at(after, "alarm_rule"))),
);
