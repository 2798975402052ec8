import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Figures, MapEdge, MapNode, ServiceMap } from "../../messages/overview.ts";
import { duration, percent, rate } from "../../parts/format.ts";
import { HEALTH_SHAPES } from "../../parts/health.tsx";
import { type Layout, layOut, MOST_TASKS, type Place, TASK } from "./layout.ts";

/** The system as a drawing, with what went over it in the past minute. */
export function DrawnMap({ map }: { readonly map: ServiceMap }) {
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
      <InWords map={map} />
    </div>
  );
}

function Drawing({ map, layout }: { readonly map: ServiceMap; readonly layout: Layout }) {
  const { width, height } = layout;
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      <defs>
        {(["well", "warned", "ill", "idle"] as const).map((health) => (
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
  const { path, label, place } = layout.edge(from, to);
  const { health } = figures;
  return (
    <g class={`edge ${health}`}>
      <path
        d={path}
        marker-end={`url(#arrow-${health})`}
        style={{ strokeWidth: `${1.5 + Math.min(Math.log10(1 + figures.rate), 2.5)}px` }}
      />
      <Label lines={linesOf(figures)} {...label} place={place} />
    </g>
  );
}

interface LabelProps {
  readonly lines: readonly string[];
  readonly x: number;
  readonly y: number;
  readonly place: Place;
}

function Label({ lines, x, y, place }: LabelProps) {
  if (place === "below") {
    return <Text x={x} y={y} anchor="middle" text={lines.filter((text) => text !== "").join(" · ")} />;
  }
  const [anchor, top] = place === "around" ? (["middle", y - 22] as const) : (["start", y - 18] as const);
  // The line itself runs through the middle of what stands around it.
  const gap = (index: number) => (place === "around" && index > 1 ? 14 : 0);
  return (
    <>
      {lines.map((text, index) => (
        <Text key={index} x={x} y={top + index * LINE + gap(index)} anchor={anchor} text={text} />
      ))}
    </>
  );
}

/** Pixels. */
const LINE = 14;

/** Always four, so that each stands where it stood before. */
function linesOf({ rate: perSecond, errors, estimated, p50, p99 }: Figures): readonly string[] {
  return [
    perSecond === 0 ? "" : errors === 0 ? "" : `${percent(errors)} fail`,
    perSecond === 0 ? "no requests" : `${estimated ? "≈ " : ""}${rate(perSecond)}`,
    p50 === undefined ? "" : `p50 ${duration(p50)}`,
    p99 === undefined ? "" : `p99 ${duration(p99)}`,
  ];
}

interface TextProps {
  readonly x: number;
  readonly y: number;
  readonly anchor: "start" | "middle" | "end";
  readonly text: string | undefined;
}

function Text({ x, y, anchor, text }: TextProps) {
  return text ? (
    <text x={x} y={y} text-anchor={anchor}>
      {text}
    </text>
  ) : null;
}

function Node({ node: { id, label, figures, tasks }, layout }: { readonly node: MapNode; readonly layout: Layout }) {
  const { x, y, width, height } = layout.boxes[id];
  const health = figures?.health ?? "idle";
  const shown = tasks?.slice(0, MOST_TASKS) ?? [];
  return (
    <g class={`node ${health}`} transform={`translate(${x} ${y})`}>
      <rect class="box" width={width} height={height} rx="6" />
      <rect class="stripe" width="4" height={height} rx="2" />
      <g class={`health ${health}`} transform="translate(14 13) scale(1.1)">
        {HEALTH_SHAPES[health]}
      </g>
      <text class="name" x="31" y="23">
        {label}
      </text>
      {figures && figures.rate > 0 ? (
        <>
          <Text x={14} y={40} anchor="start" text={load(figures)} />
          <Text x={14} y={55} anchor="start" text={latency(figures)} />
        </>
      ) : (
        <Text x={14} y={40} anchor="start" text={id === "browser" ? "visitors and load" : "no requests"} />
      )}
      {tasks && <line x1="10" x2={width - 10} y1="64" y2="64" />}
      {shown.map((task, index) => (
        <g key={task.id} class={`task ${task.figures.health}`} transform={`translate(14 ${81 + index * TASK})`}>
          <g class={`health ${task.figures.health}`} transform="translate(0 -8) scale(.8)">
            {HEALTH_SHAPES[task.figures.health]}
          </g>
          <text x="14" class="mono">
            {task.id.slice(0, 4)}
          </text>
          <Text
            x={width - 24}
            y={0}
            anchor="end"
            text={
              task.status === "RUNNING"
                ? task.figures.rate === 0
                  ? "–"
                  : rate(task.figures.rate)
                : task.status.toLowerCase()
            }
          />
        </g>
      ))}
      {tasks && tasks.length > MOST_TASKS && (
        <Text x={28} y={81 + MOST_TASKS * TASK} anchor="start" text={`and ${tasks.length - MOST_TASKS} more`} />
      )}
    </g>
  );
}

/** The same for those who do not see it. */
function InWords({ map }: { readonly map: ServiceMap }) {
  const rows = [
    ...map.edges.map(({ from, to, figures }) => ({ name: `${from} to ${to}`, figures })),
    ...map.nodes.flatMap(({ label, tasks = [] }) =>
      tasks.map(({ id, figures }) => ({ name: `task ${id.slice(0, 4)} of ${label}`, figures })),
    ),
  ];
  return (
    <table class="visually-hidden">
      <caption>Requests of the past minute</caption>
      <thead>
        <tr>
          {["From whom to whom", "Rate", "Errors", "p50", "p99"].map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, figures: { rate: perSecond, errors, p50, p99 } }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{rate(perSecond)}</td>
            <td>{percent(errors)}</td>
            <td>{p50 === undefined ? "none" : duration(p50)}</td>
            <td>{p99 === undefined ? "none" : duration(p99)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function load({ rate: perSecond, errors, estimated }: Figures): string {
  const failed = errors === 0 ? "" : ` · ${percent(errors)} fail`;
  return `${estimated ? "≈ " : ""}${rate(perSecond)}${failed}`;
}

function latency({ p50, p99 }: Figures): string {
  return p50 === undefined || p99 === undefined ? "" : `${duration(p50)} · p99 ${duration(p99)}`;
}
