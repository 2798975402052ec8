import type { MapNode, NodeId, ServiceMap } from "./messages.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/** Corners of a connection, and the position of its label: centered around a point, or to the right of it. */
export interface Line {
  readonly points: readonly Point[];
  readonly label: Point;
  readonly place: "around" | "beside";
}

/** Positions in pixels. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: Readonly<Record<NodeId, Box>>;
  edge(from: NodeId, to: NodeId): Line;
}

/** Pixels: head of a box, column titles of its tasks, and height of a task. */
export const HEAD = 62;
export const TITLES = 24;
export const TASK = 18;

const FOOT = 6;

/** Pixels. A service's box contains the table of its tasks. */
const WIDTH = { node: 192, service: 304 };
const GAP = { across: 84, down: 70 };

/** Length of an arrowhead, in pixels. */
const ARROW = 7;

/**
 * Lays out the map from left to right if the width allows, otherwise from top to bottom. Called services are above their
 * callers, whose task counts change more often, so that fewer boxes move.
 */
export function layOut({ nodes, edges }: ServiceMap, width: number): Layout {
  const heights = new Map(nodes.map((node) => [node.id, heightOf(node)]));
  const height = (id: NodeId) => heights.get(id) ?? HEAD;
  const services = nodes.filter(({ tasks }) => tasks !== undefined).map(({ id }) => id);
  const isCalled = (id: NodeId) => edges.some(({ from, to }) => to === id && services.includes(from));
  const { called = [], others = [] } = Object.groupBy(services, (id) => (isCalled(id) ? "called" : "others"));
  return width >= 3 * (WIDTH.node + GAP.across) + WIDTH.service + 2
    ? across(width, height, [...called, ...others])
    : down(
        width,
        height,
        nodes.map(({ id }) => id),
      );
}

function heightOf({ tasks, others }: MapNode): number {
  const rows = Math.max(tasks?.length ?? 0, 1) + (others ? 1 : 0);
  return tasks === undefined ? HEAD : HEAD + TITLES + rows * TASK + FOOT;
}

function across(width: number, height: (id: NodeId) => number, services: readonly NodeId[]): Layout {
  const step = WIDTH.node + (width - 2 - 3 * WIDTH.node - WIDTH.service) / 3;
  // The label around a line is slightly higher than the head of a box.
  const y = 6;
  const node = (id: NodeId, x: number) => ({ x, y, width: WIDTH.node, height: height(id) });
  let bottom = y - GAP.down;
  const column = services.map((id) => {
    const box = { x: 1 + 2 * step, y: bottom + GAP.down, width: WIDTH.service, height: height(id) };
    bottom = box.y + box.height;
    return [id, box] as const;
  });
  const boxes = {
    browser: node("browser", 1),
    router: node("router", 1 + step),
    table: node("table", width - 1 - WIDTH.node),
    ...Object.fromEntries(column),
  } as Record<NodeId, Box>;
  return {
    width,
    height: bottom + 1,
    boxes,
    edge(from, to) {
      const [start, end] = [boxes[from], boxes[to]];
      if (start.x === end.x) {
        const adjacent = Math.abs(services.indexOf(from) - services.indexOf(to)) === 1;
        return adjacent ? vertical(start, end) : around(start, end);
      }
      if (start.y > end.y) {
        return upInto(start, end);
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

function down(width: number, height: (id: NodeId) => number, order: readonly NodeId[]): Layout {
  const gutter = 26;
  let y = 1;
  const placed = order.map((id) => {
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
      if (order.indexOf(to) - order.indexOf(from) === 1) {
        return vertical(start, end);
      }
      // Around the boxes in between.
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

/** A line between two boxes of a column that passes the boxes between them on the right. */
function around(start: Box, end: Box): Line {
  const right = start.x + start.width;
  const [out, into] = [middleOfHead(start), middleOfHead(end)];
  const x = right + GAP.across / 4;
  return {
    points: [
      { x: right, y: out },
      { x, y: out },
      { x, y: into },
      { x: right + ARROW, y: into },
    ],
    label: { x: x + 12, y: out - HEAD },
    place: "beside",
  };
}

/** A line from a box to the bottom of another that is higher up and further to the right. */
function upInto(start: Box, end: Box): Line {
  const y = middleOfHead(start);
  const [right, x] = [start.x + start.width, end.x + end.width / 2];
  return {
    points: [
      { x: right, y },
      { x, y },
      { x, y: end.y + end.height + ARROW },
    ],
    label: { x: (right + x) / 2, y },
    place: "around",
  };
}

/** A line between two neighboring boxes of a column. */
function vertical(start: Box, end: Box): Line {
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
