import type { MapNode, NodeId, ServiceMap } from "../../messages/overview.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/** A connection's line, corner by corner, and where its figures stand: above and below that point, or to its right. */
export interface Line {
  readonly points: readonly Point[];
  readonly label: Point;
  readonly place: "around" | "beside";
}

/** Where everything is drawn, in pixels. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: Readonly<Record<NodeId, Box>>;
  edge(from: NodeId, to: NodeId): Line;
}

/** Pixels: what stands over a service's tasks, the titles over their figures, and the line of one of them. */
export const HEAD = 62;
export const TITLES = 24;
export const TASK = 18;

const FOOT = 6;

/** Pixels; a service's tasks have a table in its box. */
const WIDTH = { node: 180, service: 292 };
const GAP = { across: 84, down: 70 };

/** Pixels that the head of an arrow takes. */
const ARROW = 7;

/**
 * From left to right where there is room for it, from top to bottom where there is not. The like service, whose tasks come and go,
 * stands where nothing else has to move for them.
 */
export function layOut({ nodes }: ServiceMap, width: number): Layout {
  const heights = new Map(nodes.map((node) => [node.id, heightOf(node)]));
  const height = (id: NodeId) => heights.get(id) ?? HEAD;
  return width >= 3 * (WIDTH.node + GAP.across) + WIDTH.service + 2 ? across(width, height) : down(width, height);
}

function heightOf({ tasks }: MapNode): number {
  return tasks === undefined ? HEAD : HEAD + TITLES + Math.max(tasks.length, 1) * TASK + FOOT;
}

function across(width: number, height: (id: NodeId) => number): Layout {
  const step = WIDTH.node + (width - 2 - 3 * WIDTH.node - WIDTH.service) / 3;
  // Figures around a line need a little more than the head of the box that it leads to.
  const y = 6;
  const node = (id: NodeId, x: number) => ({ x, y, width: WIDTH.node, height: height(id) });
  const monolith = { x: 1 + 2 * step, y, width: WIDTH.service, height: height("monolith") };
  const boxes = {
    browser: node("browser", 1),
    router: node("router", 1 + step),
    monolith,
    like: { ...monolith, y: monolith.y + monolith.height + GAP.down, height: height("like") },
    table: node("table", width - 1 - WIDTH.node),
  };
  return {
    width,
    height: boxes.like.y + boxes.like.height + 1,
    boxes,
    edge(from, to) {
      const [start, end] = [boxes[from], boxes[to]];
      if (start.x === end.x) {
        return upright(start, end);
      }
      const y = middleOfHead(end);
      const right = start.x + start.width;
      const middle = start.x + start.width / 2;
      const begin =
        start.y === end.y
          ? [{ x: right, y }]
          : [
              { x: middle, y: start.y + start.height },
              { x: middle, y },
            ];
      return {
        points: [...begin, { x: end.x - ARROW, y }],
        label: { x: (right + end.x - ARROW) / 2, y },
        place: "around",
      };
    },
  };
}

const ORDER: readonly NodeId[] = ["browser", "router", "like", "monolith", "table"];

function down(width: number, height: (id: NodeId) => number): Layout {
  const gutter = 26;
  let y = 1;
  const placed = ORDER.map((id) => {
    const box = { x: gutter, y, width: Math.min(width - gutter - 1, 320), height: height(id) };
    y += box.height + GAP.down;
    return [id, box] as const;
  });
  const boxes = Object.fromEntries(placed) as Record<NodeId, Box>;
  return {
    width,
    height: y - GAP.down + 1,
    boxes,
    edge(from, to) {
      const [start, end] = [boxes[from], boxes[to]];
      if (ORDER.indexOf(to) - ORDER.indexOf(from) === 1) {
        return upright(start, end);
      }
      // It goes around what stands between.
      const [out, into] = [middleOfHead(start), middleOfHead(end)];
      return {
        points: [
          { x: gutter, y: out },
          { x: 8, y: out },
          { x: 8, y: into },
          { x: gutter - ARROW, y: into },
        ],
        label: { x: 20, y: end.y - GAP.down / 2 },
        place: "beside",
      };
    },
  };
}

/** Between two boxes, one above the other. */
function upright(start: Box, end: Box): Line {
  const x = start.x + start.width / 2;
  const [out, into] = start.y < end.y ? [start.y + start.height, end.y - ARROW] : [start.y, end.y + end.height + ARROW];
  return {
    points: [
      { x, y: out },
      { x, y: into },
    ],
    label: { x: x + 12, y: (out + into) / 2 },
    place: "beside",
  };
}

function middleOfHead({ y }: Box): number {
  return y + HEAD / 2;
}
