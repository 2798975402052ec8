import test from "ava";
import fc from "fast-check";
import type { ServiceMap } from "../../../../console/messages/overview.ts";
import { type Box, HEAD, layOut, type Point, TASK, TITLES } from "../../../../console/pages/overview/layout.ts";

const FIGURES = { rate: 1, errors: 0, p50: 1, p99: 1, estimated: false, health: "well" } as const;

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

/** Windows from a phone's to a wall's, and as many tasks as the settings allow. */
const MAPS = [
  fc.integer({ min: 0, max: 100 }),
  fc.integer({ min: 0, max: 2 }),
  fc.integer({ min: 330, max: 3_000 }),
] as const;

/** Where four lines of figures stand around a point, or to its right. */
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

/** What a line from corner to corner covers. */
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

test("everything is within the drawing, and no box, line or figure is over another", (t) => {
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

test("a line begins at the box of who asks and ends, with its arrow, at that of who is asked", (t) => {
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

test("every task has a line of its own in its service's box", (t) => {
  fc.assert(
    fc.property(...MAPS, (likes, monoliths, width) => {
      const { boxes } = layOut(mapOf(likes, monoliths), width);
      t.true(boxes.like.height >= HEAD + TITLES + likes * TASK);
      t.true(boxes.monolith.height >= HEAD + TITLES + monoliths * TASK);
    }),
  );
});

test("nothing moves when like tasks come or go in a wide window, but what ends with them", (t) => {
  const [few, many] = [layOut(mapOf(1), 1_200), layOut(mapOf(12), 1_200)];
  t.deepEqual(few.boxes, { ...many.boxes, like: { ...many.boxes.like, height: few.boxes.like.height } });
  for (const { from, to } of mapOf(1).edges) {
    t.deepEqual(few.edge(from, to), many.edge(from, to));
  }
});

test("a wide window is filled from left to right, a narrow one from top to bottom", (t) => {
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
