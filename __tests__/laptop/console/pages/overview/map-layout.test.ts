import test from "ava";
import fc from "fast-check";
import {
  type Box,
  HEAD,
  layOut,
  type Point,
  TASK,
  TITLES,
} from "../../../../../laptop/console/pages/overview/map-layout.ts";
import type { ServiceMap } from "../../../../../laptop/console/pages/overview/messages.ts";

const FIGURES = { rate: 1, errors: 0, p50: 1, p99: 1, estimated: false, health: "healthy" } as const;

function mapOf(likes: number, monoliths = 1): ServiceMap {
  const service = (id: "like" | "monolith", tasks: number) => ({
    id,
    label: id,
    figures: FIGURES,
    tasks: Array.from({ length: tasks }, (_, index) => ({ id: `${index}`, status: "RUNNING", figures: FIGURES })),
  });
  const node = (id: "browser" | "router" | "table") => ({ id, label: id, figures: FIGURES });
  return {
    nodes: [node("browser"), node("router"), service("like", likes), service("monolith", monoliths), node("table")],
    edges: [
      { from: "browser", to: "router", figures: FIGURES },
      { from: "router", to: "like", figures: FIGURES },
      { from: "router", to: "monolith", figures: FIGURES },
      { from: "like", to: "monolith", figures: FIGURES },
      { from: "monolith", to: "table", figures: FIGURES },
    ],
  };
}

/** Windows from a phone to a wall display, and up to the maximum number of tasks. */
const MAPS = [
  fc.integer({ min: 0, max: 100 }),
  fc.integer({ min: 0, max: 2 }),
  fc.integer({ min: 330, max: 3_000 }),
] as const;

/** Box of a label of four lines, around a point or to the right of it. */
function labelBox({ x, y }: Point, place: "around" | "beside"): Box {
  return place === "around" ? { x: x - 38, y: y - 32, width: 76, height: 70 } : { x, y: y - 30, width: 76, height: 60 };
}

function overlap(one: Box, other: Box): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}

/** Boxes that a line covers, corner to corner. */
function stretches(points: readonly Point[]): Box[] {
  return points.slice(1).map((end, index) => {
    const start = points[index] as Point;
    const [x, y] = [Math.min(start.x, end.x), Math.min(start.y, end.y)];
    return { x, y, width: Math.abs(start.x - end.x), height: Math.abs(start.y - end.y) };
  });
}

function touches({ x, y, width, height }: Box, point: Point): boolean {
  return point.x >= x && point.x <= x + width && point.y >= y && point.y <= y + height;
}

test("everything fits in the drawing, and no box, line, or label overlaps another", (t) => {
  fc.assert(
    fc.property(...MAPS, (likes, monoliths, width) => {
      const map = mapOf(likes, monoliths);
      const layout = layOut(map, width);
      const boxes = Object.values(layout.boxes);
      const lines = map.edges.map(({ from, to }) => layout.edge(from, to));
      const labels = lines.map(({ label, place }) => labelBox(label, place));
      for (const { x, y, width, height } of [...boxes, ...labels]) {
        t.true(x >= 0 && x + width <= layout.width, `within ${layout.width} pixels: ${x} to ${x + width}`);
        t.true(y >= 0 && y + height <= layout.height + 8, `within ${layout.height} pixels: ${y} to ${y + height}`);
      }
      const solid = [...boxes, ...labels];
      for (const [index, one] of solid.entries()) {
        t.false(
          solid.slice(index + 1).some((other) => overlap(one, other)),
          JSON.stringify(one),
        );
      }
      for (const stretch of lines.flatMap(({ points }) => stretches(points))) {
        t.false(
          boxes.some((box) => overlap(box, stretch)),
          JSON.stringify(stretch),
        );
      }
    }),
    { numRuns: 300 },
  );
});

test("a line leads from the box of the caller to the box of the callee", (t) => {
  fc.assert(
    fc.property(...MAPS, (likes, monoliths, width) => {
      const map = mapOf(likes, monoliths);
      const layout = layOut(map, width);
      for (const { from, to } of map.edges) {
        const { points } = layout.edge(from, to);
        const [before, end] = points.slice(-2) as [Point, Point];
        const arrow = { x: end.x + 7 * Math.sign(end.x - before.x), y: end.y + 7 * Math.sign(end.y - before.y) };
        t.true(touches(layout.boxes[from], points[0] as Point), `${from} to ${to}`);
        t.true(touches(layout.boxes[to], arrow), `${from} to ${to}`);
        t.false(touches(layout.boxes[to], end), `${from} to ${to}`);
        t.true(
          stretches(points).every((stretch) => stretch.width === 0 || stretch.height === 0),
          "corners are square",
        );
      }
    }),
  );
});

test("every task has its own row in the box of its service", (t) => {
  fc.assert(
    fc.property(...MAPS, (likes, monoliths, width) => {
      const { boxes } = layOut(mapOf(likes, monoliths), width);
      t.true(boxes.like.height >= HEAD + TITLES + likes * TASK);
      t.true(boxes.monolith.height >= HEAD + TITLES + monoliths * TASK);
    }),
  );
});

test("in a wide window, starting and stopping like tasks moves nothing else", (t) => {
  const [few, many] = [layOut(mapOf(1), 1_200), layOut(mapOf(12), 1_200)];
  t.deepEqual(few.boxes, { ...many.boxes, like: { ...many.boxes.like, height: few.boxes.like.height } });
  for (const { from, to } of mapOf(1).edges) {
    t.deepEqual(few.edge(from, to), many.edge(from, to));
  }
});

test("the map runs from left to right in a wide window, and from top to bottom in a narrow one", (t) => {
  const wide = layOut(mapOf(2), 1_200);
  t.is(wide.boxes.browser.x, 1);
  t.is(wide.boxes.table.x + wide.boxes.table.width, 1_199);
  const narrow = layOut(mapOf(2), 333);
  t.is(new Set(Object.values(narrow.boxes).map(({ x }) => x)).size, 1);
  const { browser, router, like, monolith, table } = narrow.boxes;
  t.deepEqual(
    [browser, router, like, monolith, table].map(({ y }) => y),
    Object.values(narrow.boxes)
      .map(({ y }) => y)
      .sort((one, other) => one - other),
  );
});
