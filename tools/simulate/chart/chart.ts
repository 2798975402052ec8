import { scaleLinear } from "d3-scale";
import { clock, count, dollars, duration, percent } from "../format.ts";
import { nameOf, type ScenarioResult, summarize } from "../scenario-result.ts";
import { drawLanes, LANES_HEIGHT } from "./lanes.ts";
import { drawLegend, drawPanel, valuesOf } from "./panel.ts";
import { ROWS } from "./rows.ts";
import type { Scale } from "./scale.ts";
import { STYLE } from "./style.ts";
import { element, escapeText, text } from "./svg.ts";

// Pixels.
const LEFT = 118;
const GAP = 36;
const HEAD = 116;
const ROW_HEAD = 34;
/** Panel width for one, two, and three results side by side. */
const WIDTHS = [760, 500, 420];

/** Time axis intervals in seconds. */
const TIME_STEPS = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800];

/** Draws small multiples as one SVG: a column per result, a row per figure, and a shared time axis. */
export function chart(title: string, subtitle: string, results: readonly ScenarioResult[]): string {
  const width = WIDTHS[results.length - 1] ?? 420;
  const lefts = results.map((_, column) => LEFT + column * (width + GAP));
  const end = Math.max(...results.map(({ simulation }) => simulation.periods.at(-1)?.end ?? 0));
  const x = scaleLinear().domain([0, end]).range([0, width]);
  const { rows, bottom } = drawRows(lefts, x, results);
  const size = { width: LEFT + results.length * (width + GAP), height: bottom + 44 };
  return element(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${size.width} ${size.height}`, ...size, role: "img" },
    element("title", {}, escapeText(title)),
    element(
      "desc",
      {},
      escapeText(results.map((result) => `${nameOf(result.service)}: ${summaryLine(result)}.`).join(" ")),
    ),
    element("style", {}, STYLE),
    element("rect", { class: "paper", ...size }),
    text(20, 34, title, "title"),
    text(20, 56, subtitle, "muted"),
    ...results.map((result, column) => drawHead(lefts[column] ?? 0, result)),
    ...lefts.map((left) => drawTime(left, HEAD + ROW_HEAD, bottom, x)),
    rows,
    text(LEFT, bottom + 36, end < 300 ? "seconds since the start" : "hours and minutes since the start", "muted"),
  );
}

function drawRows(lefts: readonly number[], x: Scale, results: readonly ScenarioResult[]) {
  const [left = 0] = lefts;
  let rows = "";
  let top = HEAD;
  for (const [index, row] of ROWS.entries()) {
    const base = top + ROW_HEAD + row.height;
    const y = row.scale(valuesOf(row, results)).range([base, top + ROW_HEAD]);
    rows += drawLegend(row, left, top + ROW_HEAD - 10);
    rows += results.map((result, column) => drawPanel(row, result, lefts[column] ?? 0, x, y, column === 0)).join("");
    top = base;
    if (index === 0) {
      rows += drawLanes(top + 12, lefts, x, results);
      top += 12 + LANES_HEIGHT;
    }
  }
  return { rows, bottom: top };
}

function drawHead(left: number, result: ScenarioResult): string {
  const { failed } = summarize(result);
  return (
    text(left, 84, nameOf(result.service), "column") +
    text(left, 102, summaryLine(result), failed > 0.1 ? "bad" : "muted")
  );
}

function summaryLine(result: ScenarioResult): string {
  const { failed, worstP99, mostTasks, cost } = summarize(result);
  return `${percent(failed)} failed · worst p99 ${duration(worstP99)} · up to ${count(mostTasks)} tasks · ${dollars(cost)}`;
}

/** Draws the time axis: grid lines behind all panels and labels below them. */
function drawTime(left: number, top: number, bottom: number, x: Scale): string {
  const [, end = 0] = x.domain();
  const step = TIME_STEPS.find((seconds) => end / seconds <= 6) ?? 43_200;
  const moments = Array.from({ length: Math.floor(end / step) + 1 }, (_, index) => index * step);
  return moments
    .map((moment) => {
      const at = left + x(moment);
      const label = end < 300 ? String(moment) : clock(moment).slice(0, 5).replace(/^0/, "");
      return (
        element("line", { class: "grid", x1: at, x2: at, y1: top, y2: bottom }) +
        text(at, bottom + 16, label, "tick", "middle")
      );
    })
    .join("");
}
