import test from "ava";
import { synthesize } from "./synth.ts";

const stacksOf = (...overrides: string[]) => Object.keys(synthesize("workshop", ...overrides)).sort();

test("an environment is seven stacks, and a lab that is switched off takes its stack along", (t) => {
  t.deepEqual(stacksOf(), ["delivery", "log-search", "monitoring", "network", "platform", "services", "state"]);
  t.deepEqual(stacksOf("labs.logSearch=off"), ["delivery", "monitoring", "network", "platform", "services", "state"]);
  t.deepEqual(stacksOf("labs.logSearch=off", "labs.monitoring=off"), [
    "delivery",
    "network",
    "platform",
    "services",
    "state",
  ]);
});
