import "uplot/dist/uPlot.min.css";
import "./line-chart.css";
import { useEffect, useRef } from "preact/hooks";
import UPlot from "uplot";
import { dark } from "../theme.ts";
import { digits } from "./format.ts";

export interface Line {
  readonly label: string;
  /** One for each time; null where there is none. */
  readonly values: readonly (number | null)[];
}

export interface LineChartProps {
  /** What it shows, for those who cannot see it. */
  readonly label: string;
  /** Seconds since 1970. */
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  /** What the axis counts. */
  readonly unit?: string;
  /** Drawn as a line across. */
  readonly limit?: number | undefined;
  /** Pixels. */
  readonly height?: number;
  /** First and last second that the axis shows; those of the times when left out. */
  readonly span?: readonly [from: number, to: number];
  /** Charts with the same name here show the same moment when the pointer is over one of them. */
  readonly sync?: string;
}

/** Characters of a unit that a legend has room for; what is counted in words, the title says. */
const LONGEST_UNIT = 3;

/** Lines over time, with the values under the pointer in the legend; the newest while it is elsewhere. */
export function LineChart(props: LineChartProps) {
  const { label, times, lines, height = 160 } = props;
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<UPlot>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const labels = lines.map((line) => line.label).join("\n");

  // Another theme, other lines: another chart. Other values are put into the one that is there.
  useEffect(() => {
    const element = box.current;
    if (!element) {
      return;
    }
    const drawn = new UPlot(optionsOf(props, element, latest), dataOf(props), element);
    chart.current = drawn;
    const resized = new ResizeObserver(() => drawn.setSize({ width: element.clientWidth, height }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      drawn.destroy();
    };
  }, [labels, dark.value, props.unit, props.limit, height]);

  useEffect(() => {
    chart.current?.setData(dataOf(props));
  }, [times, lines]);

  return <div class="line-chart" role="img" aria-label={label} ref={box} />;
}

function dataOf({ times, lines, limit }: LineChartProps): UPlot.AlignedData {
  return [
    times as number[],
    ...lines.map(({ values }) => values as (number | null)[]),
    ...(limit === undefined ? [] : [times.map(() => limit)]),
  ];
}

/** @param latest what to draw when it draws, which changes with the time that goes by */
function optionsOf(
  { lines, unit = "", limit, height = 160, sync }: LineChartProps,
  element: HTMLElement,
  latest: { readonly current: LineChartProps },
): UPlot.Options {
  const style = colours(element);
  const value = said((number) => (unit.length > LONGEST_UNIT ? digits(number) : `${digits(number)} ${unit}`));
  const axis = { stroke: style("--muted"), grid: { stroke: style("--line"), width: 1 }, ticks: { show: false } };
  return {
    width: element.clientWidth,
    height,
    scales: {
      y: { range: (_chart, _least, most) => [0, Math.max(most * 1.1, limit ?? 0) || 1] },
      x: { range: (_chart, first, last) => [...(latest.current.span ?? [first, last])] },
    },
    // The last label of the times stands around the last time.
    padding: [null, 28, null, null],
    axes: [
      { ...axis, size: 28, space: 70, values: (_chart, splits) => timesOfDay(splits) },
      { ...axis, size: 52, values: (_chart, splits) => splits.map(digits) },
    ],
    cursor: { points: { size: 5 }, ...(sync && { sync: { key: sync, scales: ["x", null] } }) },
    legend: { live: true },
    series: [
      { label: "", value: said(timeOfDay) },
      ...lines.map(({ label }, index) => ({
        label,
        value,
        stroke: style(`--series-${(index % 5) + 1}`),
        width: 1.5,
        // Those who do not tell the colours apart tell the dashes apart.
        ...(index > 0 && {
          dash: [
            [6, 3],
            [2, 2],
            [8, 3, 2, 3],
            [12, 3],
          ][(index - 1) % 4] as number[],
        }),
        // Left to itself it shows points where there is room: one between two gaps makes no line.
        points: { size: 4 },
        spanGaps: false,
      })),
      ...(limit === undefined
        ? []
        : [{ label: "alarm", value, stroke: style("--ill"), width: 1, dash: [4, 4], points: { show: false } }]),
    ],
  };
}

/** A value of the legend. */
function said(format: (number: number) => string) {
  return ({ data }: UPlot, _value: number | null, line: number, index: number | null): string => {
    const number = data[line]?.at(index ?? -1) ?? null;
    return number === null ? "–" : format(number);
  };
}

/** With seconds where they tell one from the next. */
function timesOfDay(times: readonly number[]): string[] {
  const [first = 0, second = first + 60] = times;
  return times.map((seconds) => timeOfDay(seconds).slice(0, second - first < 60 ? 8 : 5));
}

function timeOfDay(seconds: number): string {
  return new Date(seconds * 1000).toLocaleTimeString("en-GB");
}

/** A canvas knows no variables: they are computed by an element that has them as its colour. */
function colours(within: HTMLElement): (variable: string) => string {
  return (variable) => {
    const probe = document.createElement("i");
    probe.style.color = `var(${variable})`;
    within.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  };
}
