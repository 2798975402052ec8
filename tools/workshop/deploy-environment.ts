import { bootstrap } from "../deploy/bootstrap.ts";
import { table } from "../deploy/preflight/finding.ts";
import { preflight, prepareAccount } from "../deploy/preflight/preflight.ts";
import { update } from "../deploy/run.ts";
import { isDeployed, requireUpstream, select } from "../deploy/selection.ts";
import { STATE_STACK, type Stack, synthesize } from "../deploy/synth.ts";
import { digestOf, type WorkshopEnvironment } from "./environment.ts";

/**
 * Deploys the stacks of an environment that are missing, incomplete, or changed in the code, upstream first. A stack that is
 * complete is not planned again, so that a repeated command does not revert what a participant changed in a lab.
 */
export async function deployEnvironment(environment: WorkshopEnvironment, names: readonly string[]): Promise<string> {
  const { settings, synth, options } = environment;
  const { account } = settings;
  const all = synthesize(synth);
  const named = names.length === 0 ? all : select(all, [STATE_STACK, ...names]);
  const stacks = named.map((stack) => ({ ...stack, digest: digestOf(stack) }));
  const deployed = await Promise.all(
    stacks.map(async (stack) => environment.isDeployed(stack, stack.digest) && (await isDeployed(stack, account))),
  );
  if (!deployed.includes(false)) {
    return "already deployed";
  }
  await requirePreflight(environment, all);
  await requireUpstream(stacks, all, account);
  const changed = new Set<string>();
  for (const [index, stack] of stacks.entries()) {
    if (deployed[index] && !stack.dependencies.some((name) => changed.has(name))) {
      continue;
    }
    const act = () =>
      stack.name === STATE_STACK
        ? bootstrap(stack, { ...synth, ...options, account })
        : update(stack, options.approve, options);
    if (await environment.deploy(stack, stack.digest, act)) {
      changed.add(stack.name);
    }
  }
  return "deployed";
}

async function requirePreflight(environment: WorkshopEnvironment, stacks: readonly Stack[]): Promise<void> {
  const { settings } = environment;
  const stops = (await preflight(stacks, settings)).filter(({ status }) => status === "stop");
  if (stops.length > 0) {
    throw new Error(`preflight: what would make the deployment fail:\n${table(stops)}`);
  }
  await prepareAccount(stacks, settings);
}
