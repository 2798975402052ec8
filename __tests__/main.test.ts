import test from "ava";
import { synthesize } from "./synth.ts";

const stacksOf = (...overrides: string[]) => Object.keys(synthesize("workshop", ...overrides)).sort();

test("an environment has seven stacks, fewer with labs disabled", (t) => {
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

/** Data sources that Terraform computes from their arguments, without a request. */
const COMPUTED = ["aws_iam_policy_document", "terraform_remote_state"];

test("no data source depends on another stack's output, so that a plan needs nothing applied", (t) => {
  const stacks = synthesize("workshop", "load.generator=on");
  const lookedUp = Object.entries(stacks).flatMap(([stack, { data = {} }]) =>
    Object.entries(data)
      .filter(
        ([type, sources]) => !COMPUTED.includes(type) && JSON.stringify(sources).includes("terraform_remote_state"),
      )
      .map(([type]) => `${stack}: ${type}`),
  );
  t.deepEqual(lookedUp, []);
});
