import { scaleLinear, scaleLog } from "d3-scale";
import type { Outcome } from "../outcome.ts";
import type { Period } from "../simulation.ts";
import { dollars, duration, short } from "../words.ts";
import type { Scale } from "./panel.ts";

/** A figure over time. */
export interface Curve {
  /** Its class in the style sheet, which has its colour. */
  readonly kind: string;
  readonly label?: string;
  readonly of: (period: Period, outcome: Outcome) => number | undefined;
  readonly drawn: "line" | "area";
  /** The mean of a period held until its end; what is so at its end holds after it; a sum holds never. */
  readonly holds: "until" | "after" | "never";
  /** It may leave the panel, whose axis is made for the others. */
  readonly leaves?: boolean;
}

/** Figures that share an axis. */
export interface Row {
  readonly title: string;
  readonly height: number;
  readonly curves: readonly Curve[];
  readonly scale: (values: readonly number[]) => Scale;
  readonly tick: (value: number) => string;
  /** Drawn across. */
  readonly level?: (outcome: Outcome) => { readonly value: number; readonly label: string } | undefined;
  /** Changes that are written beside the curves. */
  readonly change?: (period: Period) => { readonly from: number; readonly to: number } | undefined;
}

export const ROWS: readonly Row[] = [
  {
    title: "Requests a second",
    height: 110,
    scale: linear,
    tick: short,
    curves: [
      { kind: "asked", label: "asked", of: (period) => perSecond(period, "arrived"), drawn: "area", holds: "until" },
      { kind: "failed", label: "failed", of: (period) => perSecond(period, "failed"), drawn: "area", holds: "until" },
      {
        kind: "capacity",
        label: "what the tasks could serve",
        of: ({ capacity }) => capacity,
        drawn: "line",
        holds: "after",
        leaves: true,
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
    title: "CPU of the average task",
    height: 64,
    scale: () => scaleLinear().domain([0, 100]),
    tick: (value) => `${value} %`,
    level: ({ service: { scaling } }) =>
      scaling?.kind === "cpu" ? { value: scaling.target, label: `target ${scaling.target} %` } : undefined,
    curves: [{ kind: "cpu", of: ({ cpu }) => cpu, drawn: "line", holds: "until" }],
  },
  {
    title: "Answered within",
    height: 90,
    scale: logarithmic,
    tick: duration,
    curves: [
      { kind: "p99", label: "99 of 100 requests", of: ({ p99 }) => p99, drawn: "line", holds: "until" },
      { kind: "p50", label: "half of them", of: ({ p50 }) => p50, drawn: "line", holds: "until" },
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

/** Spans in which something was so, from one look at the alarms to the next. */
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

/** From a tenth of a second at most to a fifth at least, so that a quiet time does not look like a wild one. */
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

function costSoFar({ taskSeconds }: Period, { taskPrice }: Outcome): number | undefined {
  return taskPrice && (taskPrice * taskSeconds) / 3600;
}
