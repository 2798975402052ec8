import { z } from "zod";
import type { MetricWidget, TextWidget } from "../../../../model/monitoring/dashboard.ts";
import type { Metric } from "../../../../model/monitoring/metric.ts";
import type { AlarmState, Call } from "../../parts/messages.ts";
import type { SavedLogQuery } from "../logs/messages.ts";

export interface DashboardCalls {
  readonly "GET /api/dashboard": Call<z.infer<typeof dashboardRange>, Dashboard>;
}

/** Seconds that metrics are kept. */
export const MAX_RANGE = 24 * 3600;

export const dashboardRange = z.object({
  /** Length of the time range that ends now. */
  seconds: z.coerce
    .number("a number of seconds")
    .int("whole seconds")
    .min(60, "60 seconds or more")
    .max(MAX_RANGE, "a day or less"),
});

/** The monitoring stack's dashboard with this machine's values. */
export interface Dashboard {
  /** Epoch seconds. The end is exclusive. */
  readonly from: number;
  readonly to: number;
  readonly widgets: readonly PlacedContent[];
}

/** A widget on CloudWatch's grid of 24 columns. */
export interface PlacedContent {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly content: Chart | AlarmList | LogQuery | TextWidget;
}

/** A line or number widget with its values. */
export interface Chart extends Pick<MetricWidget, "kind" | "title" | "unit"> {
  readonly limit?: number | undefined;
  /** Seconds per point. */
  readonly period: number;
  /** Epoch seconds of the first point. The points are contiguous. */
  readonly start: number;
  readonly series: readonly ChartSeries[];
  readonly metrics: readonly ChartMetric[];
}

export interface ChartSeries {
  readonly label: string;
  /** CloudWatch metric math on the IDs of the chart's metrics. */
  readonly expression: string;
  /** `null` for periods without data. */
  readonly values: readonly (number | null)[];
}

export interface ChartMetric extends Omit<Metric, "kind"> {
  readonly id: string;
  /** False for metrics that exist only in AWS. */
  readonly measured: boolean;
}

export interface AlarmList {
  readonly kind: "alarms";
  readonly title: string;
  readonly alarms: readonly AlarmState[];
}

/** A saved query, which the page runs with `GET /api/logs/insights`. */
export interface LogQuery extends SavedLogQuery {
  readonly kind: "log";
}
