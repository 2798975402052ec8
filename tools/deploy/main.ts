import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { Command } from "commander";
import { prepareForNpm } from "../../command-line/npm.ts";
import { setOption } from "../../command-line/set-option.ts";
import { loadSettings, overridesFromProcess } from "../../settings/load.ts";
import { claimOutputFolder } from "../../settings/output-folder.ts";
import type { Settings } from "../../settings/schema.ts";
import type { PlansIndex } from "../review/plan/plans-index.ts";
import { applyReviewed } from "./apply-reviewed.ts";
import { bootstrap, destroyStateStack, requireStates } from "./bootstrap.ts";
import { describeOrphan, findOrphanedStacks, stacksToDestroy } from "./orphaned-stacks.ts";
import { decryptPlans, encryptPlans, stateKey } from "./plan-encryption.ts";
import { planAll } from "./planning.ts";
import { discardPlans, plansFolder } from "./plans-folder.ts";
import { table } from "./preflight/finding.ts";
import { preview } from "./preview.ts";
import { requireTerraform, requireTools } from "./requirements.ts";
import { approval, emulatorAccountOf, remove, runInOrder, update } from "./run.ts";
import { removable, requireNoDependents, requireStateBucket, requireUpstream, select } from "./selection.ts";
import { FAST_START, findStack, ON_DEMAND, outdir, ROOT, STATE_STACK, synthesize } from "./synth.ts";

interface Options {
  readonly set: readonly string[];
  readonly autoApprove: boolean;
}

// Only commands that need the preflight import it: its AWS clients take as much CPU time as the rest of a command's start.

const program = new Command("npm run").description("Deploys an environment (MYSFITS_ENV) to AWS with Terraform.");

command("bootstrap", "create the bucket for Terraform's state; safe to run again")
  .option("--auto-approve", "apply without approval", false)
  .action(async (options: Options) => {
    const { settings, account, overrides } = prepare(options);
    const approve = approval(options.autoApprove);
    const all = synthesize({ overrides });
    const { requirePreflight, prepareAccount } = await import("./preflight/preflight.ts");
    await requirePreflight(all, settings);
    await prepareAccount(all, settings);
    const outcome = await bootstrap(findStack(all, STATE_STACK), { account, overrides, approve });
    console.log(`bootstrap done: ${STATE_STACK} ${outcome}`);
  });

command("preflight", "check the account, the credentials, and the quotas before a deployment; changes nothing")
  .option("--json", "print the findings as JSON", false)
  .action(async (options: Options & { json: boolean }) => {
    const { settings, overrides } = prepare(options);
    const { preflight } = await import("./preflight/preflight.ts");
    const findings = await preflight(synthesize({ overrides }), settings);
    console.log(options.json ? JSON.stringify(findings, undefined, 2) : table(findings));
    process.exitCode = findings.some(({ status }) => status === "stop") ? 1 : 0;
  });

command("plan [stack...]", "plan stacks and write the plans to files; changes nothing").action(
  async (names: string[], options: Options) => {
    const { settings, overrides } = prepare(options, names);
    claimOutputFolder(outdir());
    await discardPlans();
    const all = synthesize({ overrides });
    failIfAnyFailed(await planAll(select(all, names), { all, settings }));
  },
);

subcommand("preview", "plan the working tree without an AWS account, against an emulator that has the base applied")
  .requiredOption("--base <revision>", "revision to apply first, such as main")
  .addOption(setOption("a setting for the working tree, on top of the environment's file and MYSFITS_SET"))
  .action(async ({ base, set }: { base: string; set: readonly string[] }) => {
    requireTerraform();
    const plans = await preview({ base, overrides: overridesFromProcess(), changes: set });
    writeReview(plansFolder());
    failIfAnyFailed(plans);
  });

command("deploy [stack...]", "plan and apply stacks, upstream first")
  .option("--auto-approve", "apply without approval", false)
  .action(async (names: string[], options: Options) => {
    const { settings, account, overrides } = prepare(options, names);
    const approve = approval(options.autoApprove);
    const all = synthesize({ overrides });
    const stacks = select(all, names);
    const { requirePreflight } = await import("./preflight/preflight.ts");
    await requirePreflight(all, settings);
    await requireStateBucket(all, account);
    await requireUpstream(stacks, all, account);
    const emulatorAccount = emulatorAccountOf(settings);
    await runInOrder("deploy", stacks, (stack) => update(stack, approve, { emulatorAccount }));
    for (const orphan of await findOrphanedStacks(all, account)) {
      console.log(`${orphan.name}: ${describeOrphan(orphan)}`);
    }
  });

command("apply", "apply plans that npm run plan made and that were reviewed")
  .option("--plans <folder>", "folder of the plans", plansFolder())
  .action(async (options: Options & { plans: string }) => {
    const { settings, account, overrides } = prepare(options);
    const all = synthesize({ overrides });
    await requireStateBucket(all, account);
    await applyReviewed(options.plans, all, settings.environment);
  });

command("encrypt <file>", "encrypt the plans into one file with the key of the state bucket")
  .requiredOption("--for <purpose>", "purpose of the plans, such as a workflow run; decrypting requires the same text")
  .action(async (file: string, options: Options & { for: string }) => {
    const { overrides } = prepare(options);
    await encryptPlans(plansFolder(), file, { ...stateKey(synthesize({ overrides })), purpose: options.for });
    console.log(`encrypted ${plansFolder()} into ${file}`);
  });

command("decrypt <file>", "decrypt a file that npm run encrypt wrote")
  .requiredOption("--for <purpose>", "purpose that the plans were encrypted for")
  .action(async (file: string, options: Options & { for: string }) => {
    const { overrides } = prepare(options);
    await decryptPlans(file, plansFolder(), { ...stateKey(synthesize({ overrides })), purpose: options.for });
    console.log(`decrypted ${file} into ${plansFolder()}`);
  });

command("destroy [stack...]", `destroy stacks, downstream first; "${STATE_STACK}" only if named`)
  .option("--auto-approve", "apply without approval", false)
  .action(async (names: string[], options: Options) => {
    const { settings, account, overrides } = prepare(options, [ON_DEMAND.stack]);
    const approve = approval(options.autoApprove);
    const all = await stacksToDestroy(synthesize({ overrides }), account);
    const stacks = names.length > 0 ? select(all, names) : await removable(all, account);
    await requireStates(stacks, all, { account, overrides });
    await requireNoDependents(stacks, all, account);
    const emulatorAccount = emulatorAccountOf(settings);
    await runInOrder("destroy", stacks.toReversed(), (stack) =>
      stack.name === STATE_STACK
        ? destroyStateStack(stack, { account, overrides, approve })
        : remove(stack, approve, { emulatorAccount }),
    );
  });

try {
  await prepareForNpm(program).parseAsync();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

function command(usage: string, summary: string): Command {
  return subcommand(usage, summary).addOption(setOption("a setting on top of the environment's file"));
}

/** A command with a script of its own in package.json. */
function subcommand(usage: string, summary: string): Command {
  const command = program.command(usage).description(summary);
  return command.usage(`-- ${command.usage()}`);
}

/** Checks the requirements of every command, and adds the on-demand stack to the app if it is named. */
function prepare(
  { set }: Options,
  names: readonly string[] = [],
): { settings: Settings; account: string; overrides: readonly string[] } {
  const onDemand = names.includes(ON_DEMAND.stack) ? [ON_DEMAND.setting] : [];
  const overrides = [...overridesFromProcess(), ...set, ...onDemand];
  const settings = loadSettings({ overrides });
  requireTools(settings);
  return { settings, account: settings.account, overrides };
}

function failIfAnyFailed({ stacks }: PlansIndex): void {
  if (stacks.some(({ outcome }) => outcome === "failed")) {
    process.exitCode = 1;
  }
}

/** Writes the review of a preview into the folder of its plans. */
function writeReview(folder: string): void {
  const comment = join(folder, "review.md");
  const { status } = spawnSync(
    process.execPath,
    [...FAST_START, join(ROOT, "tools", "review", "main.ts"), folder, "--markdown", comment],
    { stdio: "inherit" },
  );
  if (status !== 0) {
    throw new Error(`reviewing the plans in ${folder} failed`);
  }
  console.log(`the review is in ${comment}`);
}
