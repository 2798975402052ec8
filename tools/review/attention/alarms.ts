import type { Finding } from "../model.ts";
import type { Subject } from "../subject.ts";
import { at, isNothing, UNKNOWN, type Value } from "../value.ts";
import { oncePerPlan, type PlanContext, reading } from "./context.ts";
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
} from "./table.ts";
import { text } from "./text.ts";

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
  ...rows("caution", "The alarm goes off in other cases.", changed, {
    [METRIC]: "comparison_operator",
    [COMPOSITE]: "alarm_rule",
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
  const isBelow = /^LessThan/.test(String(at(alarm, "comparison_operator")));
  return isBelow ? larger(after, before) : larger(before, after);
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
