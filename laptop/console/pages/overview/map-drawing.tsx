import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { shortId } from "../../../system/processes/short-id.ts";
import { HEALTH_SHAPES } from "../../parts/health.tsx";
import { reasonForNone, textsOf } from "./figure-texts.ts";
import { HEAD, type Layout, type Line, layOut, type Point, TASK, TITLES } from "./map-layout.ts";
import { MapTable } from "./map-table.tsx";
import type { Figures, MapEdge, MapNode, MapTask, ServiceMap } from "./messages.ts";

/** Draws the service map. */
export function ServiceMapDrawing({ map }: { readonly map: ServiceMap }) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(box.current as HTMLDivElement);
    return () => observer.disconnect();
  }, []);
  return (
    <div class="map" ref={box}>
      {width > 0 && <Drawing map={map} layout={layOut(map, width)} />}
      <MapTable map={map} />
    </div>
  );
}

function Drawing({ map, layout }: { readonly map: ServiceMap; readonly layout: Layout }) {
  const { width, height } = layout;
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      <defs>
        {(["healthy", "degraded", "failing", "idle"] as const).map((health) => (
          <marker
            key={health}
            id={`arrow-${health}`}
            class={`arrow ${health}`}
            viewBox="0 0 8 8"
            refX="1"
            refY="4"
            markerWidth="8"
            markerHeight="8"
            markerUnits="userSpaceOnUse"
            orient="auto"
          >
            <path d="M0 0l8 4-8 4z" />
          </marker>
        ))}
      </defs>
      {map.edges.map((edge) => (
        <Edge key={`${edge.from} ${edge.to}`} edge={edge} layout={layout} />
      ))}
      {map.nodes.map((node) => (
        <Node key={node.id} node={node} layout={layout} />
      ))}
    </svg>
  );
}

function Edge({ edge: { from, to, figures }, layout }: { readonly edge: MapEdge; readonly layout: Layout }) {
  const { points, label, place } = layout.edge(from, to);
  const { health } = figures;
  return (
    <g class={`edge ${health}`}>
      <path
        d={rounded(points)}
        marker-end={`url(#arrow-${health})`}
        style={{ strokeWidth: `${1.5 + Math.min(Math.log10(1 + figures.rate), 2.5)}px` }}
      />
      <Label figures={figures} at={label} place={place} />
    </g>
  );
}

/** Pixels. */
const CORNER = 16;

/** SVG path along horizontal and vertical lines, with rounded corners. */
function rounded(points: readonly Point[]): string {
  const near = (corner: Point, other: Point) => {
    const [x, y] = [other.x - corner.x, other.y - corner.y].map((way) => Math.max(-CORNER, Math.min(CORNER, way)));
    return `${corner.x + (x ?? 0)} ${corner.y + (y ?? 0)}`;
  };
  return points
    .map((point, index) => {
      const [before, after] = [points[index - 1], points[index + 1]];
      return before && after
        ? `L${near(point, before)}Q${point.x} ${point.y} ${near(point, after)}`
        : `${before ? "L" : "M"}${point.x} ${point.y}`;
    })
    .join("");
}

/** Pixels. */
const LINE = 14;

interface LabelProps {
  readonly figures: Figures;
  readonly at: Point;
  readonly place: Line["place"];
}

function Label({ figures, at: { x, y }, place }: LabelProps) {
  const [anchor, top] = place === "around" ? (["middle", y - 22] as const) : (["start", y - 17] as const);
  // The line runs between the second and third row of its label.
  const gap = (index: number) => (place === "around" && index > 1 ? 14 : 0);
  return (
    <>
      {linesOf(figures).map((text, index) => (
        <Text key={index} x={x} y={top + index * LINE + gap(index)} anchor={anchor} text={text} />
      ))}
    </>
  );
}

/** Always four lines, so that their positions are fixed; without figures, the reason. */
function linesOf(figures: Figures): readonly string[] {
  const { rate, errors, p50, p99 } = textsOf(figures);
  return rate === undefined ? ["", reasonForNone(figures)] : [rate, `${errors} fail`, `p50 ${p50}`, `p99 ${p99}`];
}

interface TextProps {
  readonly x: number;
  readonly y: number;
  readonly anchor: "start" | "middle" | "end";
  readonly text: string;
  readonly class?: string;
}

function Text({ x, y, anchor, text, class: name }: TextProps) {
  return text === "" ? null : (
    <text x={x} y={y} text-anchor={anchor} class={name}>
      {text}
    </text>
  );
}

function Node({ node, layout }: { readonly node: MapNode; readonly layout: Layout }) {
  const { id, label, figures, tasks, others } = node;
  const { x, y, width, height } = layout.boxes[id];
  const { health } = figures;
  const { rate, errors, p50, p99 } = textsOf(figures);
  return (
    <g class={`node ${health}`} transform={`translate(${x} ${y})`}>
      <rect class="box" width={width} height={height} rx="6" />
      <rect class="stripe" width="4" height={height} rx="2" />
      <g class="head">
        <g class={`health ${health}`} transform="translate(14 13) scale(1.1)">
          {HEALTH_SHAPES[health]}
        </g>
        <Text class="name" x={31} y={23} anchor="start" text={label} />
        <Text
          x={14}
          y={40}
          anchor="start"
          text={rate === undefined ? reasonForNone(figures) : `${rate} · ${errors} fail`}
        />
        <Text x={14} y={55} anchor="start" text={rate === undefined ? "" : `p50 ${p50} · p99 ${p99}`} />
      </g>
      {tasks && <Tasks tasks={tasks} others={others} width={width} />}
    </g>
  );
}

/** Pixels from the right edge of the box to the right edge of each column. */
const COLUMNS = { rate: 174, errors: 132, p50: 71, p99: 10 };

interface TasksProps {
  readonly tasks: readonly MapTask[];
  readonly others: Figures | undefined;
  readonly width: number;
}

function Tasks({ tasks, others, width }: TasksProps) {
  const y = (row: number) => HEAD + TITLES + 12 + row * TASK;
  return (
    <>
      <line x1="10" x2={width - 10} y1={HEAD + 2} y2={HEAD + 2} />
      <g class="titles">
        <Text x={14} y={HEAD + 16} anchor="start" text="task" />
        {(["rate", "errors", "p50", "p99"] as const).map((column) => (
          <Text
            key={column}
            x={width - COLUMNS[column]}
            y={HEAD + 16}
            anchor="end"
            text={column === "errors" ? "fail" : column}
          />
        ))}
      </g>
      {tasks.length === 0 && <Text x={14} y={y(0)} anchor="start" text="no tasks" />}
      {tasks.map(({ id, status, figures }, index) => (
        <Task key={id} name={shortId(id)} status={status} figures={figures} width={width} y={y(index)} />
      ))}
      {others && <Task name="other" figures={others} width={width} y={y(Math.max(tasks.length, 1))} />}
    </>
  );
}

interface TaskProps {
  readonly name: string;
  readonly status?: string;
  readonly figures: Figures;
  readonly width: number;
  readonly y: number;
}

function Task({ name, status = "RUNNING", figures, width, y }: TaskProps) {
  const { health } = figures;
  const texts = textsOf(figures);
  return (
    <g class={`task ${health}`} transform={`translate(14 ${y})`}>
      <g class={`health ${health}`} transform="translate(0 -8) scale(.8)">
        {HEALTH_SHAPES[health]}
      </g>
      <Text class="id" x={14} y={0} anchor="start" text={name} />
      {texts.rate === undefined ? (
        <Text
          x={width - 24}
          y={0}
          anchor="end"
          text={status === "RUNNING" ? reasonForNone(figures) : status.toLowerCase()}
        />
      ) : (
        (["rate", "errors", "p50", "p99"] as const).map((column) => (
          <Text key={column} x={width - 14 - COLUMNS[column]} y={0} anchor="end" text={texts[column] ?? ""} />
        ))
      )}
    </g>
  );
}
