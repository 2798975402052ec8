import { scaleLinear, scaleLog } from "d3-scale";
import { dollars, duration, short } from "../format.ts";
import { costSoFar, type ScenarioResult } from "../scenario-result.ts";
import type { Period } from "../simulation.ts";
import type { Scale } from "./scale.ts";

/** A figure over time. */
export interface Curve {
  /** CSS class, which sets the color. */
  readonly kind: string;
  readonly label?: string;
  readonly of: (period: Period, result: ScenarioResult) => number | undefined;
  readonly drawn: "line" | "area";
  /** Step style: `until` for means over a period, `after` for values at its end, `never` for running totals. */
  readonly holds: "until" | "after" | "never";
  /** May exceed the panel: the axis ignores this curve. */
  readonly clipped?: boolean;
}

/** Curves that share an axis. */
export interface ChartRow {
  readonly title: string;
  readonly height: number;
  readonly curves: readonly Curve[];
  readonly scale: (values: readonly number[]) => Scale;
  readonly tick: (value: number) => string;
  /** Horizontal line. */
  readonly level?: (result: ScenarioResult) => { readonly value: number; readonly label: string } | undefined;
  /** Changes labeled next to the curves. */
  readonly change?: (period: Period) => { readonly from: number; readonly to: number } | undefined;
}

export const ROWS: readonly ChartRow[] = [
  {
    title: "Requests per second",
    height: 110,
    scale: linear,
    tick: short,
    curves: [
      {
        kind: "offered",
        label: "offered",
        of: (period) => perSecond(period, "arrived"),
        drawn: "area",
        holds: "until",
      },
      { kind: "failed", label: "failed", of: (period) => perSecond(period, "failed"), drawn: "area", holds: "until" },
      {
        kind: "capacity",
        label: "capacity of the tasks",
        of: ({ capacity }) => capacity,
        drawn: "line",
        holds: "after",
        clipped: true,
      },
    ],
  },
  {
    title: "Tasks",
    height: 110,
    scale: linear,
    tick: short,
    level: ({ service: { tasks } }) => ({ value: tasks.max, label: `max ${tasks.max}` }),
    change: ({ decision }) => decision,
    curves: [
      { kind: "running", label: "running", of: ({ serving }) => serving, drawn: "area", holds: "after" },
      { kind: "desired", label: "desired", of: ({ desired }) => desired, drawn: "line", holds: "after" },
    ],
  },
  {
    title: "Average CPU per task",
    height: 64,
    scale: () => scaleLinear().domain([0, 100]),
    tick: (value) => `${value}%`,
    level: ({ service: { scaling } }) =>
      scaling?.kind === "cpu" ? { value: scaling.target, label: `target ${scaling.target}%` } : undefined,
    curves: [{ kind: "cpu", of: ({ cpu }) => cpu, drawn: "line", holds: "until" }],
  },
  {
    title: "Response time",
    height: 90,
    scale: logarithmic,
    tick: duration,
    curves: [
      { kind: "p99", label: "p99", of: ({ p99 }) => p99, drawn: "line", holds: "until" },
      { kind: "p50", label: "p50", of: ({ p50 }) => p50, drawn: "line", holds: "until" },
    ],
  },
  {
    title: "Requests waiting in tasks",
    height: 56,
    scale: linear,
    tick: short,
    curves: [{ kind: "waiting", of: ({ waiting }) => waiting, drawn: "area", holds: "after" }],
  },
  {
    title: "Cost of the tasks so far",
    height: 56,
    scale: linear,
    tick: (value) => (Number.isInteger(value) ? `$${value}` : dollars(value)),
    curves: [{ kind: "cost", of: costSoFar, drawn: "line", holds: "never" }],
  },
];

/** Time ranges in which a condition held, from one alarm evaluation to the next. */
export interface Lane {
  readonly kind: string;
  readonly label: string;
  readonly when: (period: Period) => boolean;
}

export const LANES: readonly Lane[] = [
  { kind: "out", label: "scale-out alarm", when: ({ alarms }) => alarms.out },
  { kind: "in", label: "scale-in alarm", when: ({ alarms }) => alarms.in },
  { kind: "cooldown", label: "held by cooldown", when: ({ decision }) => decision?.limit === "cooldown" },
  { kind: "max", label: "held by maximum", when: ({ decision }) => decision?.limit === "max" },
];

function linear(values: readonly number[]): Scale {
  return scaleLinear()
    .domain([0, Math.max(...values, 1e-6) * 1.08])
    .nice(5);
}

/** Covers at least 0.1 to 0.2 s, so that small variations do not look dramatic. */
function logarithmic(values: readonly number[]): Scale {
  const above = values.filter((value) => value > 0);
  return scaleLog()
    .domain([Math.min(...above, 0.1), Math.max(...above, 0.2)])
    .nice()
    .clamp(true);
}

function perSecond(period: Period, figure: "arrived" | "failed"): number {
  return period[figure] / (period.end - period.start);
}
