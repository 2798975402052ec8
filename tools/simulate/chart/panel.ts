import { area, curveLinear, curveStepAfter, curveStepBefore, line } from "d3-shape";
import type { ScenarioResult } from "../scenario-result.ts";
import type { ChartRow, Curve } from "./rows.ts";
import type { Scale } from "./scale.ts";
import { element, escapeText, text } from "./svg.ts";

/** Width of a change label in pixels. */
const CHANGE_WIDTH = 30;

/** Draws the title and color key of a row. */
export function drawLegend({ title, curves }: ChartRow, x: number, y: number): string {
  const keys = curves
    .filter(({ label }) => label !== undefined)
    .map(({ kind, label }) => element("tspan", { class: `key ${kind}`, dx: 14 }, escapeText(`■ ${label}`)));
  return element("text", { x, y }, element("tspan", { class: "row" }, escapeText(title)), ...keys);
}

/** Values that the axis of a row has to cover. */
export function valuesOf({ curves }: ChartRow, results: readonly ScenarioResult[]): readonly number[] {
  return results.flatMap((result) =>
    result.simulation.periods
      .flatMap((period) => curves.map(({ clipped, of }) => (clipped ? undefined : of(period, result))))
      .filter((value) => value !== undefined),
  );
}

/** Draws one row of one result. @param labeled true to label the ticks */
export function drawPanel(
  row: ChartRow,
  result: ScenarioResult,
  left: number,
  x: Scale,
  y: Scale,
  labeled: boolean,
): string {
  const [, width = 0] = x.range();
  const [base = 0, top = 0] = y.range();
  const [, most = 0] = y.domain();
  const ticks = ticksOf(y, row.height);
  const clip = `panel-${Math.round(left)}-${Math.round(top)}`;
  const level = row.level?.(result);
  return element(
    "g",
    { transform: `translate(${left} 0)` },
    element("clipPath", { id: clip }, element("rect", { x: 0, y: top - 1, width, height: base - top + 2 })),
    ...ticks.map((tick) => element("line", { class: "grid", x1: 0, x2: width, y1: y(tick), y2: y(tick) })),
    ...(labeled ? ticks.map((tick) => text(-8, y(tick) + 4, row.tick(tick), "tick", "end")) : []),
    element("g", { "clip-path": `url(#${clip})` }, ...row.curves.map((curve) => drawCurve(curve, result, x, y))),
    ...(level && level.value <= most ? [drawLevel(y(level.value), width, level.label)] : []),
    ...drawChanges(row, result, x, y),
  );
}

/** Ticks of an axis; a logarithmic one is reduced to powers of ten. */
function ticksOf(y: Scale, height: number): number[] {
  const ticks = y.ticks(Math.max(2, Math.round(height / 30)));
  return y.domain()[0] === 0 ? ticks : ticks.filter((tick) => /^1e/.test(tick.toExponential()));
}

const CURVES = { until: curveStepBefore, after: curveStepAfter, never: curveLinear };

function drawCurve({ kind, of, drawn, holds }: Curve, result: ScenarioResult, x: Scale, y: Scale): string {
  type Point = readonly [time: number, value: number | undefined];
  const points = result.simulation.periods.map((period): Point => [period.end, of(period, result)]);
  const [first] = points;
  const at = ([time]: Point) => x(time);
  const height = ([, value]: Point) => y(value ?? 0);
  const shape = drawn === "area" ? area<Point>(at, y.range()[0] ?? 0, height) : line<Point>(at, height);
  const d = shape
    .defined(([, value]) => value !== undefined)
    .curve(CURVES[holds])
    .digits(1)(first ? [[0, first[1]], ...points] : []);
  return d === null ? "" : element("path", { class: `${drawn} ${kind}`, d });
}

function drawLevel(y: number, width: number, label: string): string {
  return element("line", { class: "level", x1: 0, x2: width, y1: y, y2: y }) + text(4, y - 4, label, "level");
}

/** Labels each change where there is space. */
function drawChanges({ change }: ChartRow, { simulation: { periods } }: ScenarioResult, x: Scale, y: Scale): string[] {
  const marks: string[] = [];
  let free = 0;
  for (const period of periods) {
    const { from, to } = change?.(period) ?? { from: 0, to: 0 };
    const at = x(period.end);
    if (from !== to && at >= free) {
      const size = `${to > from ? "+" : "−"}${Math.abs(to - from)}`;
      const above = y(Math.max(from, to));
      // A rise has space on its left, except at the very start.
      const before = to > from && at > CHANGE_WIDTH;
      marks.push(before ? text(at - 3, above - 2, size, "change", "end") : text(at + 3, above - 4, size, "change"));
      free = at + CHANGE_WIDTH;
    }
  }
  return marks;
}
