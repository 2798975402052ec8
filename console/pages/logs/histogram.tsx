import { useRef, useState } from "preact/hooks";
import { count } from "../../parts/format.ts";
import { changeQuery } from "../../route.ts";
import type { Counts, Question, Results } from "./results.ts";

const KINDS = ["debug", "info", "warnings", "errors"] as const;

const HEIGHT = 64;

/** Pixels that a pointer moves before it is meant to choose. */
const DRAG = 5;

/** Two points in time: where choosing began, and where it has come to. */
type Choice = readonly [anchor: number, head: number];

/** How many lines there are over time, by level. A span of time that is chosen is looked at alone. */
export function Histogram({ results, question }: { readonly results: Results; readonly question: Question }) {
  const svg = useRef<SVGSVGElement>(null);
  const [choice, setChoice] = useState<Choice>();
  const { bar, bars } = results;
  const [first, end] = spanOf(results, question);
  const slots = Math.max(1, Math.round((end - first) / bar));
  const most = Math.max(1, ...[...bars.values()].map(total));
  const chosen = choice && barsBetween(choice, bar);

  const within = (time: number) => Math.min(Math.max(time, first), end - 1);
  const timeAt = ({ clientX }: PointerEvent) => {
    const { left, width } = (svg.current as SVGSVGElement).getBoundingClientRect();
    return within(first + ((clientX - left) / width) * (end - first));
  };
  const look = () => {
    if (chosen) {
      changeQuery({ from: String(chosen[0]), to: String(chosen[1]) });
    }
    setChoice(undefined);
  };
  const onPointerUp = () => {
    const width = svg.current?.clientWidth ?? 0;
    if (choice && (Math.abs(choice[1] - choice[0]) / (end - first)) * width > DRAG) {
      look();
    }
    setChoice(undefined);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      event.preventDefault();
      const head = within(choice ? choice[1] + (event.key === "ArrowLeft" ? -bar : bar) : end - bar);
      setChoice([choice && event.shiftKey ? choice[0] : head, head]);
    } else if (event.key === "Enter") {
      look();
    } else if (event.key === "Escape") {
      setChoice(undefined);
    }
  };

  return (
    <figure
      class="histogram"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse chooses a span of time with the keys
      tabIndex={0}
      aria-label="Lines over time"
      aria-describedby="histogram-help"
      onKeyDown={onKeyDown}
      onBlur={() => setChoice(undefined)}
    >
      <svg
        ref={svg}
        role="img"
        aria-label={`${count(results.matched)} lines over time: ${inWords([...bars.values()])}`}
        viewBox={`0 0 ${slots} ${HEIGHT}`}
        preserveAspectRatio="none"
        onPointerDown={(event) => {
          svg.current?.setPointerCapture(event.pointerId);
          setChoice([timeAt(event), timeAt(event)]);
        }}
        onPointerMove={(event) => choice && event.buttons > 0 && setChoice([choice[0], timeAt(event)])}
        onPointerUp={onPointerUp}
      >
        {[...bars].map(([start, counts]) => (
          <Bar
            key={start}
            x={(start - first) / bar}
            counts={counts}
            most={most}
            title={`${timeOf(start)}: ${inWords([counts])}`}
          />
        ))}
        {chosen && (
          <rect
            class="chosen"
            x={(chosen[0] - first) / bar}
            width={(chosen[1] - chosen[0]) / bar}
            y={0}
            height={HEIGHT}
          />
        )}
      </svg>
      <figcaption>
        <span>{timeOf(first)}</span>
        {!chosen && (
          <span class="legend">
            {KINDS.map((kind) => (
              <span key={kind} class={kind}>
                {kind}
              </span>
            ))}
          </span>
        )}
        <span role="status">{chosen && spanInWords(chosen, bars)}</span>
        <span>{timeOf(end)}</span>
      </figcaption>
      <p id="histogram-help" class="visually-hidden">
        The arrow keys choose a span of time, with Shift a longer one. Enter looks at it alone.
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

/** From the beginning of the first bar that a choice touches to the end of the last. */
function barsBetween(choice: Choice, bar: number): readonly [from: number, to: number] {
  return [Math.floor(Math.min(...choice) / bar) * bar, (Math.floor(Math.max(...choice) / bar) + 1) * bar];
}

function spanInWords([from, to]: readonly [number, number], bars: Results["bars"]): string {
  const inside = [...bars].flatMap(([start, counts]) => (start >= from && start < to ? [counts] : []));
  return `${timeOf(from)} – ${timeOf(to)}: ${inWords(inside)}`;
}

/** Such as `120 info, 1 error`. */
function inWords(bars: readonly Counts[]): string {
  const words = KINDS.flatMap((name, kind) => {
    const lines = bars.reduce((sum, counts) => sum + (counts[kind] ?? 0), 0);
    return lines > 0 ? `${count(lines)} ${lines === 1 ? name.replace(/s$/, "") : name}` : [];
  });
  return words.join(", ") || "no lines";
}

function timeOf(time: number): string {
  return new Date(time).toLocaleTimeString("en-GB");
}
