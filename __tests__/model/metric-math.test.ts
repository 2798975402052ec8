import test from "ava";
import fc from "fast-check";
import { compute, type Formula, type Metric } from "../../model/monitoring/metric.ts";
import { metricMath } from "../../model/monitoring/metric-math.ts";

const NAMES = ["a", "b", "c"];

function metric(name: string): Metric {
  return { kind: "metric", namespace: "Test", name, dimensions: { Of: "test" }, statistic: "Sum", period: 60 };
}

const metrics = fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1 }).map((names) => names.map(metric));
const sum = metrics.map((of) => ({ kind: "sum", of }) as const);
const highest = metrics.map((of) => ({ kind: "maximum", of }) as const);
const percent = fc.record({ kind: fc.constant("percent" as const), part: sum, of: sum });
const whenBusy = fc.record({
  kind: fc.constant("when-busy" as const),
  value: fc.oneof(highest, percent),
  traffic: sum,
  atLeast: fc.integer({ min: 1, max: 50 }),
});
const formula: fc.Arbitrary<Formula> = fc.oneof(fc.constantFrom(...NAMES).map(metric), sum, highest, percent, whenBusy);

/** Counts of one minute by metric name. A metric that is not listed has no data. */
const minute = fc.dictionary(fc.constantFrom(...NAMES), fc.nat({ max: 100 }));

test("CloudWatch's expression and our formula give the same result", (t) => {
  fc.assert(
    fc.property(formula, minute, (value, data) => {
      const ours = compute(value, ({ name }) => data[name]);
      t.is(cloudWatch(value, data), ours);
    }),
    { numRuns: 2000 },
  );
});

test("a metric of several formulas is requested once", (t) => {
  const { metrics, expressions } = metricMath([
    metric("a"),
    { kind: "sum", of: [metric("a"), metric("b")] },
    { kind: "maximum", of: [metric("b")] },
  ]);
  t.deepEqual(
    metrics.map(({ id, metric: { name } }) => `${id} ${name}`),
    ["m1 a", "m2 b"],
  );
  t.deepEqual(expressions, ["m1", "(FILL(m1, 0) + FILL(m2, 0))", "MAX([m2])"]);
});

test("metrics with different statistics, periods, or dimensions have different IDs", (t) => {
  const one = metric("a");
  const { metrics } = metricMath([
    one,
    { ...one, statistic: "Average" },
    { ...one, period: 10 },
    { ...one, dimensions: { Of: "another" } },
  ]);
  t.is(metrics.length, 4);
});

/**
 * Evaluates a formula's expression for one minute as CloudWatch does. The operators that we use behave as in JavaScript. The
 * functions, and the missing result of a division by zero, follow "Using metric math" in the CloudWatch User Guide.
 */
function cloudWatch(value: Formula, data: Readonly<Record<string, number>>): number | undefined {
  const {
    metrics,
    expressions: [expression],
  } = metricMath([value]);
  type Point = number | undefined;
  const functions = {
    FILL: (series: Point | readonly Point[], filler: number) =>
      Array.isArray(series) ? series.map((point) => point ?? filler) : (series ?? filler),
    MAX: (series: readonly Point[]) => Math.max(...series.filter((point) => point !== undefined)),
    IF: (condition: boolean, yes: number, no: number) => (condition ? (Number.isFinite(yes) ? yes : 0) : no),
  };
  const result = new Function(...Object.keys(functions), ...metrics.map(({ id }) => id), `return ${expression}`)(
    ...Object.values(functions),
    ...metrics.map(({ metric: { name } }) => data[name]),
  );
  return Number.isFinite(result) ? result : undefined;
}
