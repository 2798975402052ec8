import test from "ava";
import { percent } from "../../../tools/simulate/format.ts";

for (const [value, text] of [
  [0, "0%"],
  [0.004, "< 0.01%"],
  [0.05, "0.05%"],
  [42.4, "42%"],
  [99.6, "99.60%"],
  [99.999, "99.99%"],
  [100, "100%"],
  [250, "250%"],
] as const) {
  test(`${value} is ${text}`, (t) => t.is(percent(value), text));
}
