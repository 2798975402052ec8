import { useRef, useState } from "preact/hooks";
import { count } from "../../parts/format.ts";
import { changeQuery } from "../../route.ts";
import type { Counts, Question, Results } from "./results.ts";

const KINDS = ["debug", "info", "warnings", "errors"] as const;

const HEIGHT = 64;

/** Pixels that a pointer moves before it is meant to select. */
const DRAG = 5;

/** How many lines there are over time, by level. A span of time that is drawn over with the pointer is looked at alone. */
export function Histogram({ results, question }: { readonly results: Results; readonly question: Question }) {
  const svg = useRef<SVGSVGElement>(null);
  const [drag, setDrag] = useState<readonly [from: number, to: number]>();
  const { bar, bars } = results;
  const [first, end] = spanOf(results, question);
  const slots = Math.max(1, Math.round((end - first) / bar));
  const most = Math.max(1, ...[...bars.values()].map(total));

  const fraction = ({ clientX }: PointerEvent) => {
    const { left, width } = (svg.current as SVGSVGElement).getBoundingClientRect();
    return Math.min(Math.max((clientX - left) / width, 0), 1);
  };
  const onPointerUp = () => {
    const width = svg.current?.clientWidth ?? 0;
    if (drag && Math.abs(drag[1] - drag[0]) * width > DRAG) {
      const [from, to] = [Math.min(...drag), Math.max(...drag)].map((part) => first + part * (end - first));
      changeQuery({
        from: String(Math.floor((from as number) / bar) * bar),
        to: String(Math.ceil((to as number) / bar) * bar),
      });
    }
    setDrag(undefined);
  };

  return (
    <figure class="histogram">
      <svg
        ref={svg}
        role="img"
        aria-label={`${count(results.matched)} lines over time: ${summary(bars)}`}
        viewBox={`0 0 ${slots} ${HEIGHT}`}
        preserveAspectRatio="none"
        onPointerDown={(event) => {
          svg.current?.setPointerCapture(event.pointerId);
          setDrag([fraction(event), fraction(event)]);
        }}
        onPointerMove={(event) => drag && setDrag([drag[0], fraction(event)])}
        onPointerUp={onPointerUp}
      >
        {[...bars].map(([start, counts]) => (
          <Bar key={start} x={(start - first) / bar} counts={counts} most={most} title={titleOf(start, counts)} />
        ))}
        {drag && (
          <rect
            class="drag"
            x={Math.min(...drag) * slots}
            width={Math.abs(drag[1] - drag[0]) * slots}
            y={0}
            height={HEIGHT}
          />
        )}
      </svg>
      <figcaption>
        <span>{timeOf(first)}</span>
        <span class="legend">
          {KINDS.map((kind) => (
            <span key={kind} class={kind}>
              {kind}
            </span>
          ))}
        </span>
        <span>{timeOf(end)}</span>
      </figcaption>
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
        // However many others there are, a single line is to be seen.
        const height = lines === 0 ? 0 : Math.max(1.5, (lines / most) * HEIGHT);
        y -= height;
        return <rect key={KINDS[kind]} class={KINDS[kind]} x={x + 0.08} y={y} width={0.84} height={height} />;
      })}
    </g>
  );
}

function spanOf({ bar, bars }: Results, { from, to, minutes }: Question): readonly [number, number] {
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

function summary(bars: Results["bars"]): string {
  return KINDS.map((name, kind) => {
    const lines = [...bars.values()].reduce((sum, counts) => sum + (counts[kind] ?? 0), 0);
    return `${count(lines)} ${name}`;
  }).join(", ");
}

function titleOf(start: number, counts: Counts): string {
  const kinds = counts.flatMap((lines, kind) => (lines > 0 ? `${count(lines)} ${KINDS[kind]}` : []));
  return `${timeOf(start)}: ${kinds.join(", ")}`;
}

function timeOf(time: number): string {
  return new Date(time).toLocaleTimeString("en-GB");
}
