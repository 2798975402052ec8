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

/** Data sources that ask nobody: Terraform works them out from what they are given. */
const WORKED_OUT = ["aws_iam_policy_document", "terraform_remote_state"];

test("no data source is looked up by what another stack puts out, so that a plan needs none of it applied", (t) => {
  const stacks = synthesize("workshop", "load.generator=on");
  const lookedUp = Object.entries(stacks).flatMap(([stack, { data = {} }]) =>
    Object.entries(data)
      .filter(
        ([type, sources]) => !WORKED_OUT.includes(type) && JSON.stringify(sources).includes("terraform_remote_state"),
      )
      .map(([type]) => `${stack}: ${type}`),
  );
  t.deepEqual(lookedUp, []);
});
