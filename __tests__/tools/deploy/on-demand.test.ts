import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { ON_DEMAND, synthesize } from "../../../tools/deploy/synth.ts";

function stacks(t: ExecutionContext, ...overrides: string[]): Record<string, readonly string[]> {
  const outdir = mkdtempSync(join(tmpdir(), "on-demand-"));
  t.teardown(() => rmSync(outdir, { recursive: true }));
  process.env.CDKTF_OUTDIR = outdir;
  return Object.fromEntries(synthesize({ overrides }).map(({ name, dependencies }) => [name, dependencies]));
}

test("the on-demand stack is in the app only with its setting, after the stacks that it reads from", (t) => {
  const byDefault = stacks(t);
  t.false(ON_DEMAND.stack in byDefault);
  const onDemand = stacks(t, ON_DEMAND.setting);
  t.deepEqual(onDemand, { ...byDefault, [ON_DEMAND.stack]: ["network", "platform"] });
  const order = Object.keys(onDemand);
  t.true(order.indexOf(ON_DEMAND.stack) > Math.max(order.indexOf("network"), order.indexOf("platform")));
  t.deepEqual(onDemand.services, ["network", "platform"]);
});
