import { Construct } from "constructs";
import { CloudwatchCompositeAlarm } from "#aws/cloudwatch-composite-alarm";
import { CloudwatchMetricAlarm } from "#aws/cloudwatch-metric-alarm";
import { type Alarm, alarmDescription, type Condition } from "../model/monitoring/alarm.ts";
import type { Formula, Metric } from "../model/monitoring/metric.ts";
import { metricMath } from "../model/monitoring/metric-math.ts";
import { environmentOf } from "./environment.ts";
import { UPDATE_USERS_FIRST } from "./update-users-first.ts";

export interface AlarmsProps {
  readonly alarms: readonly Alarm[];
  /** SNS topic that receives the notifications. */
  readonly topicArn: string;
}

/**
 * The alarms, plus a composite alarm over those that page. It alone sends notifications for them, so ten alarms at
 * once page the on-call engineer once. An alarm that does not page sends its own notifications.
 */
export class Alarms extends Construct {
  /** ARNs by the names in the model. */
  readonly arns: Readonly<Record<string, string>>;
  /** CloudWatch names by the names in the model. */
  readonly names: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, { alarms, topicArn }: AlarmsProps) {
    super(scope, id);
    const { prefix } = environmentOf(this);
    const created = alarms.map((alarm) => ({
      alarm,
      resource: new CloudwatchMetricAlarm(this, alarm.name, {
        alarmName: `${prefix}-${alarm.name}`,
        alarmDescription: alarmDescription(alarm),
        ...conditionOf(alarm, alarm.title),
        ...(alarm.severity === "notify" && { alarmActions: [topicArn], okActions: [topicArn] }),
        // Only for the alarms in the rule below. If a replacement, as after `terraform taint`, is created first, it overwrites
        // the old alarm, because both have the same name, and is then deleted in its place.
        ...(alarm.severity === "page" && { lifecycle: UPDATE_USERS_FIRST }),
      }),
    }));
    const paging = created.filter(({ alarm }) => alarm.severity === "page");
    new CloudwatchCompositeAlarm(this, "pager", {
      alarmName: `${prefix}-on-call`,
      alarmDescription: `Visitors are affected: one or more of ${paging.map(({ alarm }) => alarm.name).join(", ")}. First: read the first row of the dashboard ${prefix}. Runbook: docs/runbook/README.md`,
      alarmRule: paging.map(({ resource }) => `ALARM("${resource.alarmName}")`).join(" OR "),
      alarmActions: [topicArn],
      okActions: [topicArn],
    });
    this.names = Object.fromEntries(created.map(({ alarm, resource }) => [alarm.name, resource.alarmName]));
    this.arns = Object.fromEntries(created.map(({ alarm, resource }) => [alarm.name, resource.arn]));
  }
}

const COMPARISONS = {
  ">": "GreaterThanThreshold",
  ">=": "GreaterThanOrEqualToThreshold",
  "<": "LessThanThreshold",
  "<=": "LessThanOrEqualToThreshold",
} as const;

/** Arguments of a CloudWatch alarm that define when it fires. */
export function conditionOf({ value, comparison, threshold, periods, datapoints, missing }: Condition, label: string) {
  return {
    ...(value.kind === "metric" ? metricOf(value) : { metricQuery: queriesOf(value, label) }),
    comparisonOperator: COMPARISONS[comparison],
    threshold,
    evaluationPeriods: periods,
    datapointsToAlarm: datapoints,
    treatMissingData: missing,
  };
}

function metricOf({ namespace, name, dimensions, statistic, period }: Metric) {
  return {
    namespace,
    metricName: name,
    dimensions: { ...dimensions },
    period,
    ...(statistic.startsWith("p") ? { extendedStatistic: statistic } : { statistic }),
  };
}

function queriesOf(value: Formula, label: string) {
  const {
    metrics,
    expressions: [expression],
  } = metricMath([value]);
  return [
    { id: "value", expression: expression as string, label, returnData: true },
    ...metrics.map(({ id, metric: { namespace, name, dimensions, statistic, period } }) => ({
      id,
      metric: { namespace, metricName: name, dimensions: { ...dimensions }, stat: statistic, period },
    })),
  ];
}
