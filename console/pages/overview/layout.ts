import type { MapNode, NodeId, ServiceMap } from "../../messages/overview.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

export type Place = "around" | "below" | "beside";

/** Where everything is drawn, in pixels. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: Readonly<Record<NodeId, Box>>;
  /** The line of a connection, and where its figures stand: above and below that point, all below it, or to its right. */
  edge(from: NodeId, to: NodeId): { readonly path: string; readonly label: Point; readonly place: Place };
}

/** Pixels. */
const HEAD = 62;
export const TASK = 18;
const NODE = 148;
const GAP = { across: 112, down: 66 };

/** Tasks of a service that have a line of their own. */
export const MOST_TASKS = 6;

const ORDER: readonly NodeId[] = ["browser", "router", "like", "monolith", "table"];

/** From left to right where there is room for it, from top to bottom where there is not. */
export function layOut(map: ServiceMap, width: number): Layout {
  const heights = new Map(map.nodes.map((node) => [node.id, heightOf(node)]));
  const height = (id: NodeId) => heights.get(id) ?? HEAD;
  return width >= ORDER.length * NODE + (ORDER.length - 1) * GAP.across ? across(width, height) : down(width, height);
}

function heightOf({ tasks }: MapNode): number {
  if (tasks === undefined) {
    return HEAD;
  }
  const lines = Math.min(tasks.length, MOST_TASKS) + (tasks.length > MOST_TASKS ? 1 : 0);
  return HEAD + 8 + Math.max(lines, 1) * TASK;
}

function across(width: number, height: (id: NodeId) => number): Layout {
  const gap = (width - 2 - ORDER.length * NODE) / (ORDER.length - 1);
  const tallest = Math.max(...ORDER.map(height));
  const middle = Math.max(tallest, 110) / 2 + 1;
  const below = middle + tallest / 2 + 26;
  const boxes = boxesOf((id, index) => ({
    x: 1 + index * (NODE + gap),
    y: middle - height(id) / 2,
    width: NODE,
    height: height(id),
  }));
  return {
    width,
    height: below + 24,
    boxes,
    edge(from, to) {
      const [start, end] = [boxes[from], boxes[to]];
      if (passesBy(from, to)) {
        const [out, into] = [start.x + start.width / 2, end.x + end.width / 2];
        const corner = 16;
        return {
          path:
            `M${out} ${start.y + start.height}V${below - corner}q0 ${corner} ${corner} ${corner}` +
            `H${into - corner}q${corner} 0 ${corner} ${-corner}V${end.y + end.height + 7}`,
          label: { x: (out + into) / 2, y: below + 16 },
          place: "below",
        };
      }
      const out = start.x + start.width;
      return {
        path: `M${out} ${middle}H${end.x - 7}`,
        label: { x: (out + end.x) / 2 - 3, y: middle },
        place: "around",
      };
    },
  };
}

function down(width: number, height: (id: NodeId) => number): Layout {
  const left = 128;
  const box = Math.min(width - left - 2, 300);
  let y = 1;
  const boxes = boxesOf((id) => {
    const place = { x: left, y, width: box, height: height(id) };
    y += place.height + GAP.down;
    return place;
  });
  return {
    width,
    height: y - GAP.down + 2,
    boxes,
    edge(from, to) {
      const [start, end] = [boxes[from], boxes[to]];
      if (passesBy(from, to)) {
        const [out, into] = [start.y + start.height / 2, end.y + end.height / 2];
        return {
          path: `M${left} ${out}H${left - 24}q-16 0 -16 16V${into - 16}q0 16 16 16H${left - 7}`,
          label: { x: 0, y: (out + into) / 2 },
          place: "beside",
        };
      }
      const middle = left + box / 4;
      return {
        path: `M${middle} ${start.y + start.height}V${end.y - 7}`,
        label: { x: middle + 12, y: (start.y + start.height + end.y) / 2 },
        place: "beside",
      };
    },
  };
}

/** Whether the line has to go around what stands between. */
function passesBy(from: NodeId, to: NodeId): boolean {
  return ORDER.indexOf(to) - ORDER.indexOf(from) > 1;
}

function boxesOf(place: (id: NodeId, index: number) => Box): Readonly<Record<NodeId, Box>> {
  return Object.fromEntries(ORDER.map((id, index) => [id, place(id, index)])) as Record<NodeId, Box>;
}
