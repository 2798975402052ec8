import { useRef, useState } from "preact/hooks";
import { changeQuery } from "../../browser/router.ts";
import { count } from "../../parts/format.ts";
import type { Counts, Criteria, Results } from "./results.ts";

const KINDS = ["debug", "info", "warnings", "errors"] as const;

const HEIGHT = 64;

/** Pixels that the pointer must move to start a selection. */
const DRAG = 5;

/** Start and current end of a selection, in epoch milliseconds. */
type Selection = readonly [anchor: number, head: number];

/** Line counts over time, by level. Selecting a time range limits the search to it. */
export function Histogram({ results, criteria }: { readonly results: Results; readonly criteria: Criteria }) {
  const svg = useRef<SVGSVGElement>(null);
  const [selection, setSelection] = useState<Selection>();
  const { bar, bars } = results;
  const [first, end] = timeRangeOf(results, criteria);
  const slots = Math.max(1, Math.round((end - first) / bar));
  const most = Math.max(1, ...[...bars.values()].map(total));
  const selected = selection && barsBetween(selection, bar);

  const within = (time: number) => Math.min(Math.max(time, first), end - 1);
  const timeAt = ({ clientX }: PointerEvent) => {
    const { left, width } = (svg.current as SVGSVGElement).getBoundingClientRect();
    return within(first + ((clientX - left) / width) * (end - first));
  };
  const apply = () => {
    if (selected) {
      changeQuery({ from: String(selected[0]), to: String(selected[1]) });
    }
    setSelection(undefined);
  };
  const onPointerUp = () => {
    const width = svg.current?.clientWidth ?? 0;
    if (selection && (Math.abs(selection[1] - selection[0]) / (end - first)) * width > DRAG) {
      apply();
    }
    setSelection(undefined);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      event.preventDefault();
      const head = within(selection ? selection[1] + (event.key === "ArrowLeft" ? -bar : bar) : end - bar);
      setSelection([selection && event.shiftKey ? selection[0] : head, head]);
    } else if (event.key === "Enter") {
      apply();
    } else if (event.key === "Escape") {
      setSelection(undefined);
    }
  };

  return (
    <figure
      class="histogram"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys select a time range
      tabIndex={0}
      aria-label="Lines over time"
      aria-describedby="histogram-help"
      onKeyDown={onKeyDown}
      onBlur={() => setSelection(undefined)}
    >
      <svg
        ref={svg}
        role="img"
        aria-label={`${count(results.matched)} lines over time: ${describeCounts([...bars.values()])}`}
        viewBox={`0 0 ${slots} ${HEIGHT}`}
        preserveAspectRatio="none"
        onPointerDown={(event) => {
          svg.current?.setPointerCapture(event.pointerId);
          setSelection([timeAt(event), timeAt(event)]);
        }}
        onPointerMove={(event) => selection && event.buttons > 0 && setSelection([selection[0], timeAt(event)])}
        onPointerUp={onPointerUp}
      >
        {[...bars].map(([start, counts]) => (
          <Bar
            key={start}
            x={(start - first) / bar}
            counts={counts}
            most={most}
            title={`${timeOf(start)}: ${describeCounts([counts])}`}
          />
        ))}
        {selected && (
          <rect
            class="selected"
            x={(selected[0] - first) / bar}
            width={(selected[1] - selected[0]) / bar}
            y={0}
            height={HEIGHT}
          />
        )}
      </svg>
      <figcaption>
        <span>{timeOf(first)}</span>
        {!selected && (
          <span class="legend">
            {KINDS.map((kind) => (
              <span key={kind} class={kind}>
                {kind}
              </span>
            ))}
          </span>
        )}
        <span role="status">{selected && describeSelection(selected, bars)}</span>
        <span>{timeOf(end)}</span>
      </figcaption>
      <p id="histogram-help" class="visually-hidden">
        The arrow keys select a time range, and extend it with Shift. Enter searches only that time range.
      </p>
    </figure>
  );
}

interface BarProps {
  readonly x: number;
  readonly counts: Counts;
  readonly most: number;
  readonly title: string;
}

function Bar({ x, counts, most, title }: BarProps) {
  let y = HEIGHT;
  return (
    <g>
      <title>{title}</title>
      {counts.map((lines, kind) => {
        // A single line stays visible next to any number of others.
        const height = lines === 0 ? 0 : Math.max(1.5, (lines / most) * HEIGHT);
        y -= height;
        return <rect key={KINDS[kind]} class={KINDS[kind]} x={x + 0.08} y={y} width={0.84} height={height} />;
      })}
    </g>
  );
}

function timeRangeOf({ bar, bars }: Results, { from, to, minutes }: Criteria): readonly [number, number] {
  if (from !== undefined && to !== undefined) {
    return [from, to];
  }
  const end = (Math.floor(Date.now() / bar) + 1) * bar;
  if (minutes !== undefined) {
    return [end - minutes * 60_000, end];
  }
  return [Math.min(end - 30 * bar, ...bars.keys()), end];
}

function total(counts: Counts): number {
  return counts[0] + counts[1] + counts[2] + counts[3];
}

/** Extends a selection to whole bars. */
function barsBetween(selection: Selection, bar: number): readonly [from: number, to: number] {
  return [Math.floor(Math.min(...selection) / bar) * bar, (Math.floor(Math.max(...selection) / bar) + 1) * bar];
}

function describeSelection([from, to]: readonly [number, number], bars: Results["bars"]): string {
  const inside = [...bars].flatMap(([start, counts]) => (start >= from && start < to ? [counts] : []));
  return `${timeOf(from)} – ${timeOf(to)}: ${describeCounts(inside)}`;
}

/** For example `120 info, 1 error`. */
function describeCounts(bars: readonly Counts[]): string {
  const words = KINDS.flatMap((name, kind) => {
    const lines = bars.reduce((sum, counts) => sum + (counts[kind] ?? 0), 0);
    return lines > 0 ? `${count(lines)} ${lines === 1 ? name.replace(/s$/, "") : name}` : [];
  });
  return words.join(", ") || "no lines";
}

function timeOf(time: number): string {
  return new Date(time).toLocaleTimeString("en-GB");
}
