import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { Command } from "commander";
import { useOnlyEmulator } from "../emulator/environment.ts";
import type { PlansIndex } from "../review/plans.ts";
import { loadSettings, overridesFromProcess } from "../settings/load.ts";
import { PLACEHOLDER_ACCOUNT, type Settings } from "../settings/schema.ts";
import { applyReviewed } from "./applying.ts";
import { bootstrap, takeDown } from "./bootstrap.ts";
import { findLeftBehind, leftInWords, withLeftBehind } from "./left-behind.ts";
import { planAll } from "./planning.ts";
import { discardPlans, plansFolder } from "./plans-folder.ts";
import { preview } from "./preview.ts";
import { approval, inTurn, remove, update } from "./run.ts";
import { open, seal, stateKey } from "./sealing.ts";
import { refuseOrphans, refuseWithoutUpstream, removable, requireStateBucket, select } from "./selection.ts";
import { ON_DEMAND, ROOT, STATE_STACK, synthesize } from "./synth.ts";
import { findTerraform } from "./terraform.ts";

interface Options {
  readonly set: readonly string[];
  readonly autoApprove: boolean;
}

const program = new Command("npm run").description("Puts an environment (MYSFITS_ENV) into AWS with Terraform.");

command("bootstrap", "create the bucket for Terraform's state; safe to run again")
  .option("--auto-approve", "change without a question", false)
  .action(async (options: Options) => {
    const { account, overrides } = prepare(options);
    const approve = approval(options.autoApprove);
    const outcome = await bootstrap({ account, overrides, approve });
    console.log(`bootstrap done: ${STATE_STACK} ${outcome}`);
  });

command("plan [stack...]", "show what deploy would change").action(async (names: string[], options: Options) => {
  await discardPlans();
  const { settings, overrides } = prepare(options, names);
  const all = synthesize({ overrides });
  conclude(await planAll(select(all, names), { all, settings }));
});

program
  .command("preview")
  .description(
    "show what the working tree would change, without an account: against an emulator that has a base applied",
  )
  .requiredOption("--base <revision>", "what is applied before, such as main")
  .option(
    "--set <setting=value...>",
    "settings of the working tree, on top of the environment's file and MYSFITS_SET",
    [],
  )
  .action(async ({ base, set }: { base: string; set: readonly string[] }) => {
    requireTerraform();
    const plans = await preview({ base, overrides: overridesFromProcess(), changes: set });
    writeReview(plansFolder());
    conclude(plans);
  });

command("deploy [stack...]", "bring stacks to what is described, upstream first")
  .option("--auto-approve", "change without a question", false)
  .action(async (names: string[], options: Options) => {
    const { account, overrides } = prepare(options, names);
    const approve = approval(options.autoApprove);
    const all = synthesize({ overrides });
    const stacks = select(all, names);
    await requireStateBucket(all, account);
    await refuseWithoutUpstream(stacks, all, account);
    await inTurn("deploy", stacks, (stack) => update(stack, approve));
    for (const left of await findLeftBehind(all, account)) {
      console.log(`${left.name}: ${leftInWords(left)}`);
    }
  });

command("apply", "do what plans say that were made before and reviewed since, and nothing else")
  .option("--plans <folder>", "the plans' folder", plansFolder())
  .action(async (options: Options & { plans: string }) => {
    const { settings, account, overrides } = prepare(options);
    const all = synthesize({ overrides });
    await requireStateBucket(all, account);
    await applyReviewed(options.plans, all, settings.environment);
  });

command("seal <file>", "put the plans into one file that only this account's state key opens")
  .requiredOption("--for <text>", "what the plans are for, such as a workflow run; opening them takes the same text")
  .action(async (file: string, options: Options & { for: string }) => {
    const { overrides } = prepare(options);
    await seal(plansFolder(), file, { ...stateKey(synthesize({ overrides })), purpose: options.for });
    console.log(`sealed ${plansFolder()} into ${file}`);
  });

command("open <file>", "take sealed plans out again")
  .requiredOption("--for <text>", "what they were sealed for")
  .action(async (file: string, options: Options & { for: string }) => {
    const { overrides } = prepare(options);
    await open(file, plansFolder(), { ...stateKey(synthesize({ overrides })), purpose: options.for });
    console.log(`opened ${file} into ${plansFolder()}`);
  });

command("destroy [stack...]", `take stacks away, downstream first; "${STATE_STACK}" only when named`)
  .option("--auto-approve", "change without a question", false)
  .action(async (names: string[], options: Options) => {
    const { account, overrides } = prepare(options, [ON_DEMAND.stack]);
    const approve = approval(options.autoApprove);
    const all = await withLeftBehind(synthesize({ overrides }), account);
    const stacks = names.length > 0 ? select(all, names) : await removable(all, account);
    await refuseOrphans(stacks, all, account);
    await inTurn("destroy", stacks.toReversed(), (stack) =>
      stack.name === STATE_STACK ? takeDown({ account, overrides, approve }) : remove(stack, approve),
    );
  });

try {
  await program.parseAsync();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

function command(usage: string, summary: string): Command {
  return program
    .command(usage)
    .description(summary)
    .option("--set <setting=value...>", "settings on top of the environment's file", []);
}

/** Checks what every command needs before anything is touched, and has the app bring the stack on demand if it is named. */
function prepare(
  { set }: Options,
  names: readonly string[] = [],
): { settings: Settings; account: string; overrides: readonly string[] } {
  const asked = names.includes(ON_DEMAND.stack) ? [ON_DEMAND.setting] : [];
  const overrides = [...overridesFromProcess(), ...set, ...asked];
  const settings = loadSettings({ overrides });
  refusePlaceholder(settings);
  requireTerraform();
  if (settings.emulator !== undefined) {
    useOnlyEmulator(settings.emulator);
  }
  return { settings, account: settings.account, overrides };
}

function requireTerraform(): void {
  const missing = findTerraform();
  if (missing !== undefined) {
    throw new Error(missing);
  }
}

function conclude({ stacks }: PlansIndex): void {
  if (stacks.some(({ outcome }) => outcome === "failed")) {
    process.exitCode = 1;
  }
}

/** Has the review of a preview written beside its plans, as `npm run review` does for others. */
function writeReview(folder: string): void {
  const comment = join(folder, "review.md");
  const { status } = spawnSync(process.execPath, [join(ROOT, "review", "main.ts"), folder, "--markdown", comment], {
    stdio: "inherit",
  });
  if (status !== 0) {
    throw new Error(`the plans in ${folder} could not be reviewed`);
  }
  console.log(`the review is ${comment}`);
}

function refusePlaceholder({ account, environment }: Settings): void {
  if (account === PLACEHOLDER_ACCOUNT) {
    throw new Error(
      `account is "${account}": expected the 12 digits of your AWS account, in settings/${environment}.yaml or with --set account=...`,
    );
  }
}
