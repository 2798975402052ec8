import { formatList } from "./format-list.ts";
import { bucketExists, readState, type StateSummary } from "./state.ts";
import { ON_DEMAND, STATE_STACK, type Stack } from "./synth.ts";

// The stacks that a command works on, and the conditions under which it must not.

/** Returns the named stacks in the order of `all`, or all stacks if no name is given. */
export function select(all: readonly Stack[], names: readonly string[]): readonly Stack[] {
  const unknown = names.find((name) => !all.some((stack) => stack.name === name));
  if (unknown !== undefined) {
    const setting = unknown.includes("=") ? ", or --set before each setting" : "";
    throw new Error(`there is no stack "${unknown}": expected ${all.map(({ name }) => name).join(", ")}${setting}`);
  }
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}

/** Stacks to destroy if none is named: all except the state stack, and the on-demand stack only if it is deployed. */
export async function removable(all: readonly Stack[], account: string): Promise<readonly Stack[]> {
  const generator = all.find(({ name }) => name === ON_DEMAND.stack);
  const kept = generator && !(await isDeployed(generator, account)) ? [STATE_STACK, ON_DEMAND.stack] : [STATE_STACK];
  return all.filter(({ name }) => !kept.includes(name));
}

/** Throws if the state bucket does not exist yet. */
export async function requireStateBucket(all: readonly Stack[], account: string): Promise<void> {
  for (const { state } of all) {
    if (state.kind === "bucket" && !(await bucketExists(state, account))) {
      throw new Error(`the state bucket ${state.bucket} does not exist: npm run bootstrap creates it`);
    }
  }
}

/** Upstream stacks that are not deployed. */
async function missingUpstream(
  { dependencies }: Stack,
  all: readonly Stack[],
  account: string,
): Promise<readonly string[]> {
  const upstream = all.filter(({ name }) => dependencies.includes(name));
  const deployed = await Promise.all(upstream.map((stack) => isDeployed(stack, account)));
  return upstream.filter((_, index) => !deployed[index]).map(({ name }) => name);
}

/** Upstream stacks whose state does not have all outputs that `stack` reads. */
export function upstreamNotApplied(
  { reads }: Stack,
  { all, states }: { readonly all: readonly Stack[]; readonly states: ReadonlyMap<string, StateSummary> },
): readonly string[] {
  return all
    .map(({ name }) => name)
    .filter((name) => reads[name]?.some((output) => !states.get(name)?.outputs.includes(output)));
}

/** Throws if one of `stacks` reads from a stack that is neither deployed nor among them. */
export async function requireUpstream(stacks: readonly Stack[], all: readonly Stack[], account: string): Promise<void> {
  const names = stacks.map(({ name }) => name);
  for (const stack of stacks) {
    const missing = (await missingUpstream(stack, all, account)).filter((name) => !names.includes(name));
    if (missing.length > 0) {
      const [are, them] = missing.length === 1 ? ["is", "it"] : ["are", "them"];
      throw new Error(
        `${stack.name} reads outputs of ${formatList(missing)}, which ${are} not deployed: deploy ${them} too, or first`,
      );
    }
  }
}

/** Throws if a stack that stays depends on one of `leaving`. */
export async function requireNoDependents(
  leaving: readonly Stack[],
  all: readonly Stack[],
  account: string,
): Promise<void> {
  const names = leaving.map(({ name }) => name);
  for (const stack of all.filter(({ name }) => !names.includes(name))) {
    const needs = [...stack.dependencies, STATE_STACK].filter((name) => name !== stack.name && names.includes(name));
    const state = await readState(stack, account);
    if (needs.length > 0 && isPresent(state)) {
      throw new Error(`${stack.name} is deployed and needs ${formatList(needs)}: destroy it too, or first`);
    }
    const needed = state?.reads.filter((name) => names.includes(name)) ?? [];
    if (needed.length > 0) {
      throw new Error(
        `${stack.name} still reads outputs of ${formatList(needed)} as it is deployed: deploy its current code first`,
      );
    }
  }
}

export async function isDeployed(stack: Stack, account: string): Promise<boolean> {
  return isPresent(await readState(stack, account));
}

/** A network stack with an existing VPC has outputs only. A destroyed stack has an empty state. */
function isPresent(state: StateSummary | undefined): boolean {
  return state !== undefined && (state.resources > 0 || state.outputs.length > 0);
}
