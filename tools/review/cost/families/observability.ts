import type { PriceList } from "../../prices/schema.ts";
import { blocks, type Context, type Family, type Item, unpriced, type Values } from "../family.ts";

export const observability: Family = {
  name: "CloudWatch and X-Ray",
  each: {
    aws_cloudwatch_metric_alarm: (values, { prices: { cloudwatch } }) => [alarmMetrics(values, cloudwatch)],
    aws_cloudwatch_composite_alarm: (_values, { prices: { cloudwatch } }) => [
      { what: "composite alarms", quantity: 1, price: cloudwatch.compositeAlarm },
    ],
    aws_cloudwatch_dashboard: (_values, { prices: { cloudwatch } }) => [
      { what: "dashboards", quantity: 1, price: cloudwatch.dashboard },
    ],
    aws_appautoscaling_policy: trackingAlarms,
    aws_ecs_cluster: ({ setting }) =>
      blocks(setting).some(({ name, value }) => name === "containerInsights" && value !== "disabled")
        ? [unpriced("Container Insights metrics")]
        : [],
    aws_cloudwatch_log_group: (group) => (isStandard(group) ? [] : [unpriced("logs of another class")]),
  },
  once: {
    aws_cloudwatch_log_group: ({ usage: { logGb, keptLogGb }, prices: { cloudwatch } }, groups) =>
      groups.some(isStandard)
        ? [
            {
              what: "GB of logs ingested",
              quantity: logGb,
              price: cloudwatch.logIngestion,
              assumed: "from the settings",
            },
            {
              what: "GB of logs stored",
              quantity: keptLogGb,
              price: cloudwatch.logStorage,
              assumed: "a full retention period, uncompressed",
            },
          ]
        : [],
    aws_xray_sampling_rule: ({ usage: { traces }, prices: { xray } }) => [
      {
        what: "million traces",
        quantity: traces / 1e6,
        price: xray.recorded,
        assumed: "requests come evenly, and the sampling rules take their share",
      },
    ],
  },
  excluded: { aws_xray_sampling_rule: "traces that are read" },
  free: [
    "aws_cloudwatch_log_resource_policy",
    "aws_cloudwatch_log_subscription_filter",
    "aws_cloudwatch_query_definition",
    "aws_xray_group",
  ],
};

function isStandard({ log_group_class }: Values): boolean {
  return (log_group_class || "STANDARD") === "STANDARD";
}

/** Both limits of the band of an anomaly alarm are metrics too. Source: https://aws.amazon.com/cloudwatch/pricing/ */
const BAND_METRICS = 2;

/** Alarms are billed by metric. An alarm that evaluates more than once a minute costs three times as much. */
function alarmMetrics({ metric_query, period, threshold_metric_id }: Values, { alarm }: PriceList["cloudwatch"]): Item {
  const metrics = blocks(metric_query).flatMap(({ metric }) => blocks(metric));
  const quantity = Math.max(1, metrics.length) + (threshold_metric_id ? BAND_METRICS : 0);
  const isFast = [{ period }, ...metrics].some((metric) => Number(metric.period) > 0 && Number(metric.period) < 60);
  // An alarm of a Metrics Insights query is billed by every metric that the query reads.
  if (blocks(metric_query).some(({ expression }) => /^\s*SELECT\b/i.test(String(expression)))) {
    return unpriced("metrics that an alarm's query reads");
  }
  return isFast
    ? unpriced("alarm metrics with periods under a minute", quantity)
    : { what: "alarm metrics", quantity, price: alarm };
}

/** Target tracking creates one alarm per direction. Source: Application Auto Scaling user guide. */
function trackingAlarms(
  { policy_type, target_tracking_scaling_policy_configuration }: Values,
  { prices: { cloudwatch } }: Context,
): Item[] {
  if (policy_type !== "TargetTrackingScaling") {
    return [];
  }
  const metrics = blocks(target_tracking_scaling_policy_configuration)
    .flatMap(({ customized_metric_specification }) => blocks(customized_metric_specification))
    .flatMap(({ metrics }) => blocks(metrics))
    .filter(({ metric_stat }) => blocks(metric_stat).length > 0);
  return [{ what: "alarm metrics", quantity: 2 * Math.max(1, metrics.length), price: cloudwatch.alarm }];
}
