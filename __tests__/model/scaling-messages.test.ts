import test from "ava";
import type { Decision } from "../../model/auto-scaling.ts";
import { scalingLimit, scalingReason } from "../../model/scaling-messages.ts";

const STEPS: Decision = {
  time: 0,
  policy: "steps",
  direction: "out",
  value: 4_500.27,
  threshold: 1_000,
  step: { from: 4_000, to: Number.POSITIVE_INFINITY, change: 25 },
  from: 2,
  to: 27,
};

test("the cause of a step names the metric value, the alarm, and the step", (t) => {
  t.is(scalingReason(STEPS), "4,500.3 requests a minute, at or above 1,000 (step 4,000 to ∞: +25)");
  const step = { from: 100, to: Number.NEGATIVE_INFINITY, change: -5 };
  t.is(
    scalingReason({ ...STEPS, direction: "in", value: 40, step, from: 27, to: 22 }),
    "40 requests a minute, at or below 1,000 (step 100 to -∞: -5)",
  );
});

test("the cause of target tracking names the metric value and the target", (t) => {
  const { step: _, ...decision } = STEPS;
  t.is(scalingReason({ ...decision, policy: "cpu", value: 80, threshold: 50 }), "80% CPU, above 50 (in proportion)");
});

test("the message names the limit that held a decision back", (t) => {
  t.is(scalingLimit(STEPS, 100), undefined);
  t.is(scalingLimit({ ...STEPS, limit: "max" }, 100), "100 tasks is the maximum");
  t.is(scalingLimit({ ...STEPS, limit: "min" }, 100), "the minimum number of tasks is reached");
  t.is(scalingLimit({ ...STEPS, limit: "cooldown" }, 100), "the cooldown of the last change is not over");
});
