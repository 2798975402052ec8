import { App } from "#cdktf";
import { loadSettings, overridesFromProcess } from "../../../settings/load.ts";
import { planAll } from "../../../tools/deploy/planning.ts";
import { update } from "../../../tools/deploy/run.ts";
import { SharedProvider } from "../../../tools/deploy/shared-provider.ts";
import { outdir, readStacks } from "../../../tools/deploy/synth.ts";
import { addDeployed, DEPLOYED, PROPOSALS, type Proposal } from "./changes.ts";

// A program of golden.test.ts. For each message with the name of a proposal, it plans that proposal and answers with an exit
// code. The first message, "applied", applies the system. All plans share one AWS provider. The environment selects the target:
// MYSFITS_ENV, MYSFITS_SET, CDKTF_OUTDIR, and the variables of an AWS client.

const provider = new SharedProvider();

process.on("message", async (name: string) => {
  const code = await run(PROPOSALS[name]).catch((error) => {
    console.error(error);
    return 1;
  });
  process.send?.(code);
});

process.once("disconnect", () => provider[Symbol.asyncDispose]());

/** Plans a proposal, or applies the system, and returns 1 if a plan fails. */
async function run(proposal: Proposal | undefined): Promise<number> {
  const settings = loadSettings({ overrides: [...overridesFromProcess(), ...(proposal?.settings ?? [])] });
  // Skips the guard rails, so that the review also sees changes that they would reject.
  const app = new App({ outdir: outdir(), skipValidation: true });
  const system = addDeployed(app, settings);
  proposal?.code?.(system);
  app.synth();

  const all = readStacks(outdir());
  const named = (names: readonly string[]) => all.filter(({ name }) => names.includes(name));
  if (proposal === undefined) {
    for (const stack of named(DEPLOYED)) {
      await update(stack, async () => {}, { emulatorAccount: settings.account });
    }
    return 0;
  }
  const chosen = proposal.stacks === undefined ? all : named(proposal.stacks);
  const { stacks } = await planAll(chosen, { all, settings, provider });
  return stacks.some(({ outcome }) => outcome === "failed") ? 1 : 0;
}
