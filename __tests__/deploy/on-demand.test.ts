import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { ON_DEMAND, synthesize } from "../../deploy/synth.ts";

function stacks(t: ExecutionContext, ...overrides: string[]): Record<string, readonly string[]> {
  const outdir = mkdtempSync(join(tmpdir(), "on-demand-"));
  t.teardown(() => rmSync(outdir, { recursive: true }));
  process.env.CDKTF_OUTDIR = outdir;
  return Object.fromEntries(synthesize({ overrides }).map(({ name, dependencies }) => [name, dependencies]));
}

test("the stack on demand is none of the stacks until its setting asks for it; then what it reads from is known, and comes first", (t) => {
  const unasked = stacks(t);
  t.false(ON_DEMAND.stack in unasked);
  const asked = stacks(t, ON_DEMAND.setting);
  t.deepEqual(asked, { ...unasked, [ON_DEMAND.stack]: ["network", "platform"] });
  const order = Object.keys(asked);
  t.true(order.indexOf(ON_DEMAND.stack) > Math.max(order.indexOf("network"), order.indexOf("platform")));
  t.deepEqual(asked.services, ["network", "platform"]);
});
