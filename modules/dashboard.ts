import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard/index.js";
import { Construct } from "constructs";
import type { Dashboard as DashboardSpec, MetricWidget, Widget } from "../specs/monitoring/dashboard.ts";
import type { Metric } from "../specs/monitoring/metric.ts";
import { metricMath } from "./metric-math.ts";

export interface DashboardProps {
  readonly name: string;
  readonly region: string;
  readonly dashboard: DashboardSpec;
  /** ARN of each alarm that a widget names. */
  readonly alarmArns: Readonly<Record<string, string>>;
}

/** CloudWatch's grid has 24 columns; a row of it is as high as a line of text. */
const COLUMNS = 24;
const HEADING_ROWS = 1;
const WIDGET_ROWS = 6;

/** A dashboard in CloudWatch, its sections one below the other, each with its widgets side by side. */
export class Dashboard extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    this.name = new CloudwatchDashboard(this, "dashboard", {
      dashboardName: props.name,
      dashboardBody: JSON.stringify({
        start: "-PT3H",
        // Left to itself, CloudWatch stretches the ten seconds of the labs' widgets.
        periodOverride: "inherit",
        widgets: layOut(props),
      }),
    }).dashboardName;
  }
}

function layOut({ dashboard, region, alarmArns }: DashboardProps) {
  return dashboard.sections.flatMap(({ title, widgets }, section) => {
    const y = section * (HEADING_ROWS + WIDGET_ROWS);
    const width = Math.floor(COLUMNS / widgets.length);
    return [
      { x: 0, y, width: COLUMNS, height: HEADING_ROWS, type: "text", properties: { markdown: `## ${title}` } },
      ...widgets.map((widget, column) => ({
        x: column * width,
        y: y + HEADING_ROWS,
        width,
        height: WIDGET_ROWS,
        ...contentOf(widget, region, alarmArns),
      })),
    ];
  });
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
