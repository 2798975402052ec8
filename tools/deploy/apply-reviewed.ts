import { existsSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { readIndex, type StackPlan } from "../review/plan/plans-index.ts";
import { LOCK_FILE } from "./installed-provider.ts";
import { differences, hasChanges } from "./plan-comparison.ts";
import { lockFileOf } from "./plans-folder.ts";
import { runInOrder, step } from "./run.ts";
import { STATE_STACK, type Stack } from "./synth.ts";
import { apply, init, plan as planNow, show } from "./terraform.ts";

type Planned = Extract<StackPlan, { outcome: "planned" }>;

/**
 * Applies the reviewed plans in a folder, stack by stack. A plan with mock outputs is made again once its upstream is
 * applied, and the new plan is applied only if it matches the reviewed one. Stops at the first stack that fails or differs;
 * the error lists the stacks that are done and those that were not started.
 *
 * @param all The stacks of the code that was planned.
 */
export async function applyReviewed(folder: string, all: readonly Stack[], environment: string): Promise<void> {
  const plans = await readApplicable(folder, environment);
  const stacks = plans.map(({ name }) => find(all, name));
  await runInOrder("apply", stacks, (stack) => {
    const plan = plans.find(({ name }) => name === stack.name) as Planned;
    return applyStack(stack, plan, resolve(folder));
  });
}

/** Reads the plans to apply. Throws before anything is applied if one of them must not be. */
async function readApplicable(folder: string, environment: string): Promise<readonly Planned[]> {
  const index = readIndex(folder);
  if (index.preview !== undefined) {
    throw new Error(`${folder} contains a preview against an emulator: expected plans made by npm run plan`);
  }
  if (index.environment !== environment) {
    throw new Error(`${folder} contains plans of ${index.environment}: expected ${environment} (MYSFITS_ENV)`);
  }
  const failed = index.stacks.find((stack) => stack.outcome === "failed");
  if (failed !== undefined) {
    throw new Error(`planning ${failed.name} failed, so no plan is applied: ${failed.error}`);
  }
  const plans = index.stacks.filter((stack) => stack.outcome === "planned");
  const state = plans.find(({ name }) => name === STATE_STACK);
  if (state !== undefined && (await hasChanges(join(folder, state.plan)))) {
    throw new Error(
      `${STATE_STACK} has changes: it holds the state and the deploy roles, so a person must apply it with npm run bootstrap`,
    );
  }
  return plans.filter(({ name }) => name !== STATE_STACK);
}

async function applyStack(stack: Stack, plan: Planned, folder: string): Promise<string> {
  const reviewed = join(folder, plan.plan);
  const mustPlanAgain = plan.mocked.length + plan.outdated.length > 0;
  if (!mustPlanAgain && !(await hasChanges(reviewed))) {
    return "no changes";
  }
  await step(stack, "init", async () => {
    await useSameProviders(stack, folder);
    await init(stack);
  });
  const file = join(folder, `${stack.name}.tfplan`);
  if (mustPlanAgain) {
    await planAgain(stack, { file, reviewed, folder });
  }
  await step(stack, "apply", () => apply(stack, { file }));
  return mustPlanAgain ? "planned again, same as reviewed, and applied" : "applied as reviewed";
}

/** Plans a stack again that was planned with mock outputs. Throws if the new plan differs in more than the mock outputs. */
async function planAgain(
  stack: Stack,
  { file, reviewed, folder }: { file: string; reviewed: string; folder: string },
): Promise<void> {
  const actual = join(folder, `${stack.name}.again.json`);
  await step(stack, "plan again with the applied upstream", async () => {
    await planNow(stack, { file });
    await show(stack, { from: file, to: actual });
  });
  const found = await differences(reviewed, actual);
  if (found.length > 0) {
    throw new Error(
      [`${stack.name}: the new plan differs from the reviewed one; plan and review again:`, ...found].join("\n  "),
    );
  }
}

/** Restores the lock file of the plan: a plan works only with the provider version that made it, and a newer one may be out. */
async function useSameProviders(stack: Stack, folder: string): Promise<void> {
  const lock = join(folder, lockFileOf(stack));
  if (existsSync(lock)) {
    await copyFile(lock, join(stack.directory, LOCK_FILE));
  }
}

function find(all: readonly Stack[], name: string): Stack {
  const stack = all.find((one) => one.name === name);
  if (stack === undefined) {
    throw new Error(`there is a plan for ${name}, but no such stack: check out the commit that was planned`);
  }
  return stack;
}
