import test from "ava";
import type { Decision } from "../../specs/auto-scaling.ts";
import { causeOf, hindranceOf } from "../../specs/scaling-words.ts";

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

test("the cause of a step names the figure, the alarm and the step", (t) => {
  t.is(causeOf(STEPS), "4,500.3 requests a minute, at or above 1,000 (step 4,000 to ∞: +25)");
  const step = { from: 100, to: Number.NEGATIVE_INFINITY, change: -5 };
  t.is(
    causeOf({ ...STEPS, direction: "in", value: 40, step, from: 27, to: 22 }),
    "40 requests a minute, at or below 1,000 (step 100 to -∞: -5)",
  );
});

test("the cause of target tracking names the figure and its target", (t) => {
  const { step: _, ...decision } = STEPS;
  t.is(causeOf({ ...decision, policy: "cpu", value: 80, threshold: 50 }), "80 % CPU, above 50 (in proportion)");
});

test("what held a decision back is named", (t) => {
  t.is(hindranceOf(STEPS, 100), undefined);
  t.is(hindranceOf({ ...STEPS, limit: "max" }, 100), "100 is the most there may be");
  t.is(hindranceOf({ ...STEPS, limit: "min" }, 100), "fewer there may not be");
  t.is(hindranceOf({ ...STEPS, limit: "cooldown" }, 100), "the cooldown of the last change is not over");
});
