import { scaleLinear } from "d3-scale";
import { nameOf, type Outcome, summarize } from "../outcome.ts";
import { clock, count, dollars, duration, percent } from "../words.ts";
import { drawLanes, LANES_HEIGHT } from "./lanes.ts";
import { drawLegend, drawPanel, type Scale, valuesOf } from "./panel.ts";
import { ROWS } from "./rows.ts";
import { STYLE } from "./style.ts";
import { element, escapeText, text } from "./svg.ts";

// Pixels.
const LEFT = 118;
const GAP = 36;
const HEAD = 116;
const ROW_HEAD = 34;
/** Of a panel, when there are one, two, three of them side by side. */
const WIDTHS = [760, 500, 420];

/** Seconds between two labels of the time axis. */
const TIME_STEPS = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800];

/** Small multiples as one SVG: a column for each outcome, a row for each figure, and one axis of time for all. */
export function chart(title: string, subtitle: string, outcomes: readonly Outcome[]): string {
  const width = WIDTHS[outcomes.length - 1] ?? 420;
  const lefts = outcomes.map((_, column) => LEFT + column * (width + GAP));
  const end = Math.max(...outcomes.map(({ simulation }) => simulation.periods.at(-1)?.end ?? 0));
  const x = scaleLinear().domain([0, end]).range([0, width]);
  const { rows, bottom } = drawRows(lefts, x, outcomes);
  const size = { width: LEFT + outcomes.length * (width + GAP), height: bottom + 44 };
  return element(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${size.width} ${size.height}`, ...size, role: "img" },
    element("title", {}, escapeText(title)),
    element(
      "desc",
      {},
      escapeText(outcomes.map((outcome) => `${nameOf(outcome.service)}: ${inShort(outcome)}.`).join(" ")),
    ),
    element("style", {}, STYLE),
    element("rect", { class: "paper", ...size }),
    text(20, 34, title, "title"),
    text(20, 56, subtitle, "muted"),
    ...outcomes.map((outcome, column) => drawHead(lefts[column] ?? 0, outcome)),
    ...lefts.map((left) => drawTime(left, HEAD + ROW_HEAD, bottom, x)),
    rows,
    text(
      LEFT,
      bottom + 36,
      end < 300 ? "seconds since the beginning" : "hours and minutes since the beginning",
      "muted",
    ),
  );
}

function drawRows(lefts: readonly number[], x: Scale, outcomes: readonly Outcome[]) {
  const [left = 0] = lefts;
  let rows = "";
  let top = HEAD;
  for (const [index, row] of ROWS.entries()) {
    const base = top + ROW_HEAD + row.height;
    const y = row.scale(valuesOf(row, outcomes)).range([base, top + ROW_HEAD]);
    rows += drawLegend(row, left, top + ROW_HEAD - 10);
    rows += outcomes.map((outcome, column) => drawPanel(row, outcome, lefts[column] ?? 0, x, y, column === 0)).join("");
    top = base;
    if (index === 0) {
      rows += drawLanes(top + 12, lefts, x, outcomes);
      top += 12 + LANES_HEIGHT;
    }
  }
  return { rows, bottom: top };
}

function drawHead(left: number, outcome: Outcome): string {
  const { failed } = summarize(outcome);
  return (
    text(left, 84, nameOf(outcome.service), "column") +
    text(left, 102, inShort(outcome), failed > 0.1 ? "bad" : "muted")
  );
}

function inShort(outcome: Outcome): string {
  const { failed, worstP99, mostTasks, cost } = summarize(outcome);
  return `${percent(failed)} failed · worst p99 ${duration(worstP99)} · up to ${count(mostTasks)} tasks · ${dollars(cost)}`;
}

/** Lines behind all panels, and the times below. */
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
