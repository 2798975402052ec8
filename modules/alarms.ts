import { CloudwatchCompositeAlarm } from "@cdktf/provider-aws/lib/cloudwatch-composite-alarm/index.js";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js";
import { Construct } from "constructs";
import { type Alarm, type Condition, describeAlarm } from "../specs/monitoring/alarm.ts";
import type { Formula, Metric } from "../specs/monitoring/metric.ts";
import { metricMath } from "../specs/monitoring/metric-math.ts";

export interface AlarmsProps {
  readonly prefix: string;
  readonly alarms: readonly Alarm[];
  /** The topic that tells people. */
  readonly topicArn: string;
}

/**
 * The alarms, and one over all those that page. Only that one speaks for them, so ten that go off together get one
 * person up once. An alarm that does not page speaks for itself.
 */
export class Alarms extends Construct {
  /** By the alarms' names. */
  readonly arns: Readonly<Record<string, string>>;
  /** What CloudWatch calls each. */
  readonly names: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, { prefix, alarms, topicArn }: AlarmsProps) {
    super(scope, id);
    const made = alarms.map((alarm) => ({
      alarm,
      resource: new CloudwatchMetricAlarm(this, alarm.name, {
        alarmName: `${prefix}-${alarm.name}`,
        alarmDescription: describeAlarm(alarm),
        ...conditionOf(alarm, alarm.title),
        ...(!alarm.pages && { alarmActions: [topicArn], okActions: [topicArn] }),
      }),
    }));
    const paging = made.filter(({ alarm }) => alarm.pages);
    new CloudwatchCompositeAlarm(this, "pager", {
      alarmName: `${prefix}-on-call`,
      alarmDescription: `Visitors feel it: one or more of ${paging.map(({ alarm }) => alarm.name).join(", ")}. First: read the first row of the dashboard ${prefix}. Runbook: docs/runbook/README.md`,
      alarmRule: paging.map(({ resource }) => `ALARM("${resource.alarmName}")`).join(" OR "),
      alarmActions: [topicArn],
      okActions: [topicArn],
    });
    this.names = Object.fromEntries(made.map(({ alarm, resource }) => [alarm.name, resource.alarmName]));
    this.arns = Object.fromEntries(made.map(({ alarm, resource }) => [alarm.name, resource.arn]));
  }
}

const COMPARISONS = {
  ">": "GreaterThanThreshold",
  ">=": "GreaterThanOrEqualToThreshold",
  "<": "LessThanThreshold",
  "<=": "LessThanOrEqualToThreshold",
} as const;

/** The arguments of a CloudWatch alarm that say when it goes off. */
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
