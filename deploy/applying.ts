import { existsSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { readIndex, type StackPlan } from "../review/plans.ts";
import { changesAnything, deviations } from "./fulfilment.ts";
import { lockOf } from "./plans-folder.ts";
import { inTurn, step } from "./run.ts";
import { STATE_STACK, type Stack } from "./synth.ts";
import { apply, init, LOCK_FILE, plan as planNow, show } from "./terraform.ts";

type Planned = Extract<StackPlan, { outcome: "planned" }>;

/**
 * Does what a folder of reviewed plans says, stack after stack, and nothing else. A plan that was made before its upstream was
 * applied is made again when it is, and applied only if it says the same. The first stack that fails or says something else
 * ends the run; the error says what is done and what was not begun.
 *
 * @param all The stacks of the code that was planned.
 */
export async function applyReviewed(folder: string, all: readonly Stack[], environment: string): Promise<void> {
  const plans = await refuseUnfit(folder, environment);
  const stacks = plans.map(({ name }) => find(all, name));
  await inTurn("apply", stacks, (stack) => {
    const plan = plans.find(({ name }) => name === stack.name) as Planned;
    return applyStack(stack, plan, resolve(folder));
  });
}

/** Plans that must not be applied are refused before the first is. */
async function refuseUnfit(folder: string, environment: string): Promise<readonly Planned[]> {
  const index = readIndex(folder);
  if (index.preview !== undefined) {
    throw new Error(`${folder} holds a preview against an emulator: expected plans of npm run plan`);
  }
  if (index.environment !== environment) {
    throw new Error(`${folder} holds plans of ${index.environment}: expected ${environment}, as MYSFITS_ENV says`);
  }
  const failed = index.stacks.find((stack) => stack.outcome === "failed");
  if (failed !== undefined) {
    throw new Error(`${failed.name} has no plan (failed), so none is applied: ${failed.error}`);
  }
  const plans = index.stacks.filter((stack) => stack.outcome === "planned");
  const state = plans.find(({ name }) => name === STATE_STACK);
  if (state !== undefined && (await changesAnything(join(folder, state.plan)))) {
    throw new Error(
      `${STATE_STACK} changes: it holds the state and the roles that deploy, so a person applies it, with npm run bootstrap`,
    );
  }
  return plans.filter(({ name }) => name !== STATE_STACK);
}

async function applyStack(stack: Stack, plan: Planned, folder: string): Promise<string> {
  const reviewed = join(folder, plan.plan);
  const isProvisional = plan.provisional.length + plan.outdated.length > 0;
  if (!isProvisional && !(await changesAnything(reviewed))) {
    return "no changes";
  }
  await step(stack, "init", async () => {
    await useSameProviders(stack, folder);
    await init(stack);
  });
  const file = join(folder, `${stack.name}.tfplan`);
  if (isProvisional) {
    await planAgain(stack, { file, reviewed, folder });
  }
  await step(stack, "apply", () => apply(stack, file));
  return isProvisional ? "applied as planned again, which is as reviewed" : "applied as reviewed";
}

/** Plans what was planned with stand-ins before. Throws when it is not the same with the stand-ins filled in. */
async function planAgain(
  stack: Stack,
  { file, reviewed, folder }: { file: string; reviewed: string; folder: string },
): Promise<void> {
  const actual = join(folder, `${stack.name}.again.json`);
  await step(stack, "plan again, its upstream being applied", async () => {
    await planNow(stack, { file });
    await show(stack, { from: file, to: actual });
  });
  const found = await deviations(reviewed, actual);
  if (found.length > 0) {
    throw new Error(
      [`${stack.name}: not what was reviewed; plan again, and have that reviewed:`, ...found].join("\n  "),
    );
  }
}

/** A plan is bound to the versions that made it, and a newer provider may be out by now. */
async function useSameProviders(stack: Stack, folder: string): Promise<void> {
  const lock = join(folder, lockOf(stack));
  if (existsSync(lock)) {
    await copyFile(lock, join(stack.directory, LOCK_FILE));
  }
}

function find(all: readonly Stack[], name: string): Stack {
  const stack = all.find((one) => one.name === name);
  if (stack === undefined) {
    throw new Error(`there is a plan for ${name}, but no such stack: apply with the code that was planned`);
  }
  return stack;
}
