import "uplot/dist/uPlot.min.css";
import "./line-chart.css";
import { useEffect, useRef } from "preact/hooks";
import UPlot from "uplot";
import { dark } from "../browser/theme.ts";
import { digits, quantity } from "./format.ts";

export interface Line {
  readonly label: string;
  /** One per time; null where there is no value. */
  readonly values: readonly (number | null)[];
}

export interface LineChartProps {
  /** Description for screen readers. */
  readonly label: string;
  /** Epoch seconds. */
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  /** Unit of the values. */
  readonly unit?: string;
  /** Alarm threshold, drawn as a horizontal line. */
  readonly limit?: number | undefined;
  /** Pixels. */
  readonly height?: number;
  /** First and last second of the axis. The default is the first and last time. */
  readonly range?: readonly [from: number, to: number];
  /** Charts with the same key share the cursor. */
  readonly sync?: string;
}

/** Characters of a unit that fit in the legend. Longer ones are in the chart's title. */
const MAX_UNIT = 3;

/** Lines over time. The legend has the values under the pointer, or else the newest. */
export function LineChart(props: LineChartProps) {
  const { label, times, lines, height = 160 } = props;
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<UPlot>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const labels = lines.map((line) => line.label).join("\n");

  // Other lines or another theme need a new chart; new values do not.
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

/** Width of a time label with the gap to the next one, in pixels, without and with seconds. */
const TIME_LABEL = 52;
const LONG_TIME_LABEL = 70;

function dataOf({ times, lines, limit }: LineChartProps): UPlot.AlignedData {
  return [
    times as number[],
    ...lines.map(({ values }) => values as (number | null)[]),
    ...(limit === undefined ? [] : [times.map(() => limit)]),
  ];
}

/** @param latest the current props, because uPlot asks for the range on every redraw */
function optionsOf(
  { lines, unit = "", limit, height = 160, sync }: LineChartProps,
  element: HTMLElement,
  latest: { readonly current: LineChartProps },
): UPlot.Options {
  const style = colorReader(element);
  const value = legendValue((number) => quantity(number, unit.length > MAX_UNIT ? "" : unit));
  const axis = { stroke: style("--muted"), grid: { stroke: style("--line"), width: 1 }, ticks: { show: false } };
  return {
    width: element.clientWidth,
    height,
    scales: {
      y: { range: (_chart, _least, most) => [0, Math.max(most * 1.1, limit ?? 0) || 1] },
      x: { range: (_chart, first, last) => [...(latest.current.range ?? [first, last])] },
    },
    // Room for half of the last time label.
    padding: [null, 28, null, null],
    axes: [
      {
        ...axis,
        size: 28,
        space: spaceOf,
        values: (_chart, splits) => timesOfDay(splits),
        filter: withinTimes,
        grid: { ...axis.grid, filter: withinTimes },
      },
      { ...axis, size: 52, values: (_chart, splits) => splits.map(digits) },
    ],
    cursor: { points: { size: 5 }, ...(sync && { sync: { key: sync, scales: ["x", null] } }) },
    legend: { live: true },
    series: [
      { label: "", value: legendValue(timeOfDay) },
      ...lines.map(({ label }, index) => ({
        label,
        value,
        stroke: style(`--series-${(index % 5) + 1}`),
        width: 1.5,
        // Dashes tell the lines apart without color.
        ...(index > 0 && {
          dash: [
            [6, 3],
            [2, 2],
            [8, 3, 2, 3],
            [12, 3],
          ][(index - 1) % 4] as number[],
        }),
        // uPlot 1.6 draws points only if every time, including those without a value, has 8 px. A value between two
        // gaps has no line, so its point is always drawn.
        points: {
          size: 4,
          filter: ({ data }: UPlot, line: number, all: boolean) => (all ? null : isolated(data[line] ?? [])),
        },
        spanGaps: false,
      })),
      ...(limit === undefined
        ? []
        : [{ label: "alarm", value, stroke: style("--failing"), width: 1, dash: [4, 4], points: { show: false } }]),
    ],
  };
}

/** Pixels per time label, which has seconds if the labels are half a minute apart. */
function spaceOf(_chart: UPlot, _axis: number, first: number, last: number, width: number): number {
  return (width * 30) / (last - first) < TIME_LABEL ? TIME_LABEL : LONG_TIME_LABEL;
}

/** Leaves out a time after the last one, where uPlot 1.6 puts a label if it finds no round time in the range. */
function withinTimes({ scales }: UPlot, times: readonly number[]): (number | null)[] {
  const last = scales.x?.max ?? Number.POSITIVE_INFINITY;
  return times.map((time) => (time <= last ? time : null));
}

/** Indexes of the values between two gaps. */
function isolated(values: ArrayLike<number | null | undefined>): number[] {
  const missing = (index: number) => values[index] === null || values[index] === undefined;
  return Array.from(values, (_, index) => index).filter(
    (index) => !missing(index) && missing(index - 1) && missing(index + 1),
  );
}

/** Formats a value of the legend. */
function legendValue(format: (number: number) => string) {
  return ({ data }: UPlot, _value: number | null, line: number, index: number | null): string => {
    const number = data[line]?.at(index ?? -1) ?? null;
    return number === null ? "–" : format(number);
  };
}

/** Axis labels, with seconds if the labels are less than a minute apart. */
function timesOfDay(times: readonly (number | null)[]): (string | null)[] {
  const [first, second] = times.filter((time) => time !== null);
  const isShort = first !== undefined && second !== undefined && second - first < 60;
  return times.map((seconds) => (seconds === null ? null : timeOfDay(seconds).slice(0, isShort ? 8 : 5)));
}

function timeOfDay(seconds: number): string {
  return new Date(seconds * 1000).toLocaleTimeString("en-GB");
}

/** Returns a function that resolves CSS color variables, which a canvas cannot do. */
function colorReader(within: HTMLElement): (variable: string) => string {
  return (variable) => {
    const probe = document.createElement("i");
    probe.style.color = `var(${variable})`;
    within.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  };
}
