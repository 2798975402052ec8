import { existsSync } from "node:fs";
import { bootstrapFile, destroyStateStack } from "../deploy/bootstrap.ts";
import { stacksToDestroy } from "../deploy/orphaned-stacks.ts";
import { remove } from "../deploy/run.ts";
import { isDeployed } from "../deploy/selection.ts";
import { bucketExists } from "../deploy/state.ts";
import { findStack, STATE_STACK, synthesize } from "../deploy/synth.ts";
import type { WorkshopEnvironment } from "./environment.ts";

/** Destroys the stacks of an environment that exist, downstream first, and its state bucket last. */
export async function destroyEnvironment(environment: WorkshopEnvironment): Promise<string> {
  const { settings, synth, options } = environment;
  const { account } = settings;
  const stacks = await stacksToDestroy(synthesize(synth), account);
  const state = findStack(stacks, STATE_STACK);
  const hasBucket = state.state.kind === "bucket" && (await bucketExists(state.state, account));
  if (!hasBucket && !existsSync(bootstrapFile(synth))) {
    return "not deployed";
  }
  for (const stack of stacks.filter(({ name }) => name !== STATE_STACK).toReversed()) {
    if (await isDeployed(stack, account)) {
      await environment.destroy(stack, () => remove(stack, options.approve, options));
    }
  }
  await environment.destroy(state, () => destroyStateStack(state, { ...synth, ...options, account }));
  return "destroyed";
}
