import type { MetricWidget, TextWidget } from "../../specs/monitoring/dashboard.ts";
import type { Metric } from "../../specs/monitoring/metric.ts";
import type { AlarmState } from "../messages.ts";
import type { SavedLogQuery } from "./logs.ts";

/** The dashboard of the monitoring stack, with the figures of this machine. */
export interface Dashboard {
  /** Seconds since 1970, the end excluded. */
  readonly from: number;
  readonly to: number;
  readonly widgets: readonly PlacedContent[];
}

/** In CloudWatch's grid of 24 columns. */
export interface PlacedContent {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly content: Chart | AlarmList | LogQuestion | TextWidget;
}

/** A line or number widget with its figures. */
export interface Chart extends Pick<MetricWidget, "kind" | "title" | "unit"> {
  readonly limit?: number | undefined;
  /** Seconds of each point. */
  readonly period: number;
  /** When the first point begins, in seconds since 1970; the others follow without a hole. */
  readonly start: number;
  readonly series: readonly ChartSeries[];
  readonly metrics: readonly ChartMetric[];
}

export interface ChartSeries {
  readonly label: string;
  /** As CloudWatch takes it, over the ids of the chart's metrics. */
  readonly expression: string;
  /** `null` where there was nothing to be measured. */
  readonly values: readonly (number | null)[];
}

export interface ChartMetric extends Omit<Metric, "kind"> {
  readonly id: string;
  /** False for what AWS measures and this machine does not. */
  readonly measured: boolean;
}

export interface AlarmList {
  readonly kind: "alarms";
  readonly title: string;
  readonly alarms: readonly AlarmState[];
}

/** A saved query, for the page to ask: see `GET /api/logs/ask`. */
export interface LogQuestion extends SavedLogQuery {
  readonly kind: "log";
}
