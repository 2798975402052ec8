import { Command, InvalidArgumentError } from "commander";
import { prepareForNpm } from "../../command-line/npm.ts";
import { setOption } from "../../command-line/set-option.ts";
import { overridesFromProcess } from "../../settings/load.ts";
import type { Settings } from "../../settings/schema.ts";
import { abortOnInterrupt } from "../deploy/interruption.ts";
import { requireTools } from "../deploy/requirements.ts";
import { approval } from "../deploy/run.ts";
import { loadBase } from "./base.ts";
import { type Outcome, summary } from "./outcome.ts";
import { addParticipants, findParticipants } from "./participants.ts";
import { planWorkshop } from "./plan.ts";
import { WorkshopRecord } from "./record.ts";
import { report } from "./report.ts";
import type { WorkshopRun } from "./run.ts";
import { statusPage } from "./status-page.ts";
import { MAX_PARTICIPANTS, participantNames } from "./variants.ts";

interface Options {
  readonly set: readonly string[];
}

interface ChangeOptions extends Options {
  readonly parallel: number;
  readonly autoApprove: boolean;
}

/** Environments that `status` reads at the same time. */
const READ_AT_ONCE = 8;

const program = new Command("npm run workshop --").description(
  "Runs a workshop in which each participant has an environment in one account. MYSFITS_ENV is the base.",
);

command("plan", "report the quotas, the cost per day, and what is shared; sends no request to AWS")
  .requiredOption("--participants <number>", `number of participants, 1 to ${MAX_PARTICIPANTS}`, parseParticipants)
  .action(({ participants, set }: Options & { participants: number }) => {
    const overrides = overridesOf(set);
    console.log(report(planWorkshop(loadBase(overrides), participants, overrides)));
  });

changeCommand(
  "deploy [stack...]",
  "deploy the base and every participant; repeat it after an interruption or a failure",
)
  .option(
    "--participants <number>",
    "create the missing settings of participants p01 to p<number>; those that exist are always deployed",
    parseParticipants,
    0,
  )
  .action((stacks: string[], options: ChangeOptions & { participants: number }) =>
    run({ ...options, stacks }, async (base, workshop) => {
      const { participants, autoApprove } = options;
      const names = participantNames(participants);
      const known = findParticipants(base, workshop.overrides).map(({ environment }) => environment);
      const all = [...new Set([...names, ...known])];
      if (all.length === 0) {
        throw new Error(`no environment has sharedFrom: ${base.environment}: add --participants to create them`);
      }
      const approve = approval(autoApprove);
      if (!autoApprove) {
        console.log(`${report(planWorkshop(base, all.length, workshop.overrides))}\n`);
      }
      await approve(`Deploy ${base.environment} and ${all.join(", ")} in ${placeOf(base)}`);
      await addParticipants(base, names);
      const { deployWorkshop } = await import("./deploy.ts");
      finish("deploy", await deployWorkshop(base, workshop));
    }),
  );

command("status", "show the stacks, the last visible lab step, and the errors of every environment").action(
  ({ set }: Options) =>
    run({ set, parallel: READ_AT_ONCE }, async (base, workshop) => {
      const { workshopStatus } = await import("./status.ts");
      console.log(statusPage(await workshopStatus(base, workshop)));
    }),
);

changeCommand(
  "destroy",
  "destroy every participant, and the base last; repeat it after an interruption or a failure",
).action((options: ChangeOptions) =>
  run(options, async (base, workshop) => {
    const names = findParticipants(base, workshop.overrides).map(({ environment }) => environment);
    const approve = approval(options.autoApprove);
    await approve(`Destroy ${[...names, base.environment].join(", ")} in ${placeOf(base)}, data included`);
    const { destroyWorkshop } = await import("./destroy.ts");
    finish("destroy", await destroyWorkshop(base, workshop));
  }),
);

try {
  await prepareForNpm(program).parseAsync();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

function command(usage: string, summary: string): Command {
  return program
    .command(usage)
    .description(summary)
    .addOption(setOption("a setting on top of every environment's file"));
}

function changeCommand(usage: string, summary: string): Command {
  return command(usage, summary)
    .option(
      "--parallel <number>",
      "participants at the same time; each uses up to 1 GB of memory",
      parseParticipants,
      4,
    )
    .option("--auto-approve", "apply without approval", false);
}

async function run(
  { set, parallel, stacks = [] }: Pick<ChangeOptions, "set" | "parallel"> & { readonly stacks?: readonly string[] },
  act: (base: Settings, run: WorkshopRun) => Promise<void>,
): Promise<void> {
  const overrides = overridesOf(set);
  const base = loadBase(overrides);
  requireTools(base);
  await using cleanup = new AsyncDisposableStack();
  const signal = abortOnInterrupt(cleanup, "interrupted");
  await act(base, { overrides, record: new WorkshopRecord(base.environment), signal, stacks, parallel });
}

function finish(verb: string, outcomes: readonly Outcome[]): void {
  console.log(summary(verb, outcomes));
  if (outcomes.some(({ status }) => status !== "done")) {
    process.exitCode = 1;
  }
}

function overridesOf(set: readonly string[]): readonly string[] {
  return [...overridesFromProcess(), ...set];
}

function placeOf({ account, region }: Settings): string {
  return `account ${account}, ${region}`;
}

function parseParticipants(text: string): number {
  const participants = Number(text);
  if (!/^\d+$/.test(text) || participants < 1 || participants > MAX_PARTICIPANTS) {
    throw new InvalidArgumentError(`expected a number from 1 to ${MAX_PARTICIPANTS}`);
  }
  return participants;
}
