import test from "ava";
import { type Condition, evaluationRange, fires } from "../../model/monitoring/alarm.ts";
import type { Metric } from "../../model/monitoring/metric.ts";

// The tables of "Configuring how CloudWatch alarms treat missing data" in the CloudWatch User Guide, section "How alarm state
// is evaluated when data is missing", and the question about 3 of 5. 0 is a good datapoint, X a breaching one, - a missing one;
// the newest is on the right.

const metric: Metric = { kind: "metric", namespace: "N", name: "M", dimensions: {}, statistic: "Sum", period: 60 };

function alarm(datapoints: number, periods: number, missing: Condition["missing"]): Condition {
  return { value: metric, comparison: ">", threshold: 0, datapoints, periods, missing };
}

function evaluate(condition: Condition, row: string): "ALARM" | "OK" {
  const newestFirst = row.split(" ").reverse();
  const value = (ago: number) => ({ "0": 0, X: 1 })[newestFirst[ago] ?? "-"];
  return fires(condition, (_, ago) => value(ago)) ? "ALARM" : "OK";
}

for (const [datapoints, periods, row, breaching, notBreaching] of [
  [3, 3, "0 - X - X", "OK", "OK"],
  [3, 3, "0 - - - -", "OK", "OK"],
  [3, 3, "- - - - 0", "OK", "OK"],
  [3, 3, "- - - - -", "ALARM", "OK"],
  [3, 3, "0 X X - X", "ALARM", "ALARM"],
  [3, 3, "- - X - -", "ALARM", "OK"],
  [2, 3, "0 - X - X", "ALARM", "ALARM"],
  [2, 3, "0 0 X 0 X", "ALARM", "ALARM"],
  [2, 3, "0 - X - -", "ALARM", "OK"],
  [2, 3, "- - - - 0", "ALARM", "OK"],
  [2, 3, "- - - - X", "ALARM", "OK"],
  [2, 3, "- - - X -", "ALARM", "OK"],
  [3, 5, "X X X - - - -", "ALARM", "ALARM"],
  [3, 5, "0 X X - - - X", "ALARM", "ALARM"],
  [3, 5, "- - X X - - -", "ALARM", "OK"],
  [3, 5, "X X X 0 0 0 0", "OK", "OK"],
  [3, 5, "X X X 0 0 0 -", "OK", "OK"],
  [5, 5, "- X X - X X X", "ALARM", "ALARM"],
  [1, 1, "X - -", "ALARM", "ALARM"],
  [1, 1, "X X 0", "OK", "OK"],
  [1, 1, "- - -", "ALARM", "OK"],
] as const) {
  test(`${datapoints} of ${periods}: ${row}`, (t) => {
    t.is(evaluate(alarm(datapoints, periods, "breaching"), row), breaching, "breaching");
    t.is(evaluate(alarm(datapoints, periods, "notBreaching"), row), notBreaching, "notBreaching");
  });
}

test("a good datapoint keeps an alarm from firing until it leaves the evaluation range", (t) => {
  const condition = alarm(3, 3, "breaching");
  t.is(evaluationRange(condition), 5);
  t.deepEqual(
    ["0", "0 -", "0 - -", "0 - - -", "0 - - - -", "0 - - - - -"].map((row) => evaluate(condition, row)),
    ["OK", "OK", "OK", "OK", "OK", "ALARM"],
  );
});
