import type { PriceList } from "../../../prices/schema.ts";
import { blocks, type Context, type Family, type Item, type Values } from "../family.ts";

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
        ? [{ what: "metrics of Container Insights", quantity: undefined, price: undefined }]
        : [],
  },
  once: {
    aws_cloudwatch_log_group: ({ usage: { logGb, keptLogGb }, prices: { cloudwatch } }) => [
      { what: "GB of logs taken in", quantity: logGb, price: cloudwatch.logIngestion, assumed: "from the settings" },
      {
        what: "GB of logs kept",
        quantity: keptLogGb,
        price: cloudwatch.logStorage,
        assumed: "the retention is full, and nothing compressed",
      },
    ],
    aws_xray_sampling_rule: ({ usage: { traces }, prices: { xray } }) => [
      {
        what: "million traces",
        quantity: traces / 1e6,
        price: xray.recorded,
        assumed: "requests come evenly, and the sampling rules take their share",
      },
    ],
  },
  free: [
    "aws_cloudwatch_log_resource_policy",
    "aws_cloudwatch_log_subscription_filter",
    "aws_cloudwatch_query_definition",
    "aws_xray_group",
  ],
};

/** An alarm is billed by the metrics that it looks at. One that looks more than once a minute costs three times as much. */
function alarmMetrics({ metric_query, period }: Values, { alarm }: PriceList["cloudwatch"]): Item {
  const metrics = blocks(metric_query).flatMap(({ metric }) => blocks(metric));
  const isFast = [{ period }, ...metrics].some((metric) => Number(metric.period) > 0 && Number(metric.period) < 60);
  return isFast
    ? { what: "metrics of alarms faster than a minute", quantity: Math.max(1, metrics.length), price: undefined }
    : { what: "metrics of alarms", quantity: Math.max(1, metrics.length), price: alarm };
}

/** Target tracking makes an alarm for each direction by itself. Source: Application Auto Scaling's user guide. */
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
  return [{ what: "metrics of alarms", quantity: 2 * Math.max(1, metrics.length), price: cloudwatch.alarm }];
}
