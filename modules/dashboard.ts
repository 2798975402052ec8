import { Construct } from "constructs";
import { CloudwatchDashboard } from "#aws/cloudwatch-dashboard";
import {
  type Dashboard as DashboardSpec,
  layOut,
  type MetricWidget,
  type Widget,
} from "../model/monitoring/dashboard.ts";
import type { Metric } from "../model/monitoring/metric.ts";
import { metricMath } from "../model/monitoring/metric-math.ts";
import { environmentOf } from "./environment.ts";

export interface DashboardProps {
  readonly name: string;
  readonly dashboard: DashboardSpec;
  /** ARNs by the names that widgets use. */
  readonly alarmArns: Readonly<Record<string, string>>;
}

/** A CloudWatch dashboard. */
export class Dashboard extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    const { region } = environmentOf(this);
    this.name = new CloudwatchDashboard(this, "dashboard", {
      dashboardName: props.name,
      dashboardBody: JSON.stringify({
        start: "-PT3H",
        // By default, CloudWatch replaces a widget's period with one that fits the time range.
        periodOverride: "inherit",
        widgets: layOut(props.dashboard).map(({ widget, ...place }) => ({
          ...place,
          ...contentOf(widget, region, props.alarmArns),
        })),
      }),
    }).dashboardName;
  }
}

function contentOf(widget: Widget, region: string, alarmArns: DashboardProps["alarmArns"]) {
  switch (widget.kind) {
    case "line":
    case "number":
      return { type: "metric", properties: metricProperties(widget, region) };
    case "alarms":
      return {
        type: "alarm",
        properties: {
          title: widget.title,
          alarms: widget.alarms.map((name) => alarmArns[name]),
          sortBy: "stateUpdatedTimestamp",
        },
      };
    case "log": {
      const { title, logGroups, text } = widget.query;
      const query = [...logGroups.map((group) => `SOURCE '${group}'`), text].join(" | ");
      return { type: "log", properties: { title, region, query, view: "table" } };
    }
    case "text":
      return { type: "text", properties: { markdown: widget.markdown } };
  }
}

function metricProperties({ kind, title, series, unit, limit }: MetricWidget, region: string) {
  const { metrics, expressions } = metricMath(series.map(({ value }) => value));
  const labels = new Map(series.map(({ label }, index) => [expressions[index] as string, label]));
  return {
    title,
    region,
    view: kind === "line" ? "timeSeries" : "singleValue",
    stat: "Average",
    metrics: [
      ...metrics.map(({ id, metric }) => {
        const label = labels.get(id);
        return metricEntry(metric, label === undefined ? { id, visible: false } : { id, label });
      }),
      ...series.flatMap(({ label, value }, index) =>
        value.kind === "metric" ? [] : [[{ id: `e${index + 1}`, expression: expressions[index], label }]],
      ),
    ],
    ...(kind === "line" && { yAxis: { left: { label: unit, min: 0, showUnits: false } } }),
    ...(limit !== undefined && { annotations: { horizontal: [{ label: "alarm", value: limit }] } }),
  };
}

function metricEntry({ namespace, name, dimensions, statistic, period }: Metric, options: object) {
  return [namespace, name, ...Object.entries(dimensions).flat(), { ...options, stat: statistic, period }];
}
