import { App } from "cdktf";
import { planAll } from "../../deploy/planning.ts";
import { update } from "../../deploy/run.ts";
import { outdir, readStacks } from "../../deploy/synth.ts";
import { loadSettings, overridesFromProcess } from "../../settings/load.ts";
import { addDeployed, DEPLOYED, PROPOSALS } from "./changes.ts";

// A program of golden.test.ts: `propose.ts` alone applies the system, and with a name plans what that proposal would change in
// it. Its environment says where: MYSFITS_ENV, MYSFITS_SET, CDKTF_OUTDIR and those of an AWS client.

const proposal = process.argv[2] === undefined ? undefined : PROPOSALS[process.argv[2]];
const settings = loadSettings({ overrides: [...overridesFromProcess(), ...(proposal?.settings ?? [])] });
// The review is there for what the guard rails let pass, so here they let everything pass.
const app = new App({ outdir: outdir(), skipValidation: true });
const system = addDeployed(app, settings);
proposal?.code?.(system);
app.synth();

const all = readStacks(outdir());
const named = (names: readonly string[]) => all.filter(({ name }) => names.includes(name));
if (proposal === undefined) {
  for (const stack of named(DEPLOYED)) {
    await update(stack, async () => {});
  }
} else {
  const { stacks } = await planAll(proposal.stacks === undefined ? all : named(proposal.stacks), { all, settings });
  process.exitCode = stacks.some(({ outcome }) => outcome === "failed") ? 1 : 0;
}
