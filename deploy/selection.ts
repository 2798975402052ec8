import { bucketIsOurs, type KnownState, readState } from "./state.ts";
import { ON_DEMAND, STATE_STACK, type Stack } from "./synth.ts";

// Which stacks a command takes, and when it must not.

/** The named stacks in the order of `all`, or all of them when no name is given. */
export function select(all: readonly Stack[], names: readonly string[]): readonly Stack[] {
  const unknown = names.find((name) => !all.some((stack) => stack.name === name));
  if (unknown !== undefined) {
    throw new Error(`no stack "${unknown}": expected ${all.map(({ name }) => name).join(", ")}`);
  }
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}

/** The stacks that go when no name is given: all but the one with the state, and the one on demand only if it is there. */
export async function removable(all: readonly Stack[], account: string): Promise<readonly Stack[]> {
  const generator = all.find(({ name }) => name === ON_DEMAND.stack);
  const spared =
    generator && !(await holdsAnything(generator, account)) ? [STATE_STACK, ON_DEMAND.stack] : [STATE_STACK];
  return all.filter(({ name }) => !spared.includes(name));
}

/** Throws when the bucket that the stacks keep their state in is not there yet. */
export async function requireStateBucket(all: readonly Stack[], account: string): Promise<void> {
  for (const { state } of all) {
    if (state.kind === "bucket" && !(await bucketIsOurs(state, account))) {
      throw new Error(`there is no state bucket ${state.bucket} yet: npm run bootstrap creates it`);
    }
  }
}

/** The stacks that `stack` reads from and that are not deployed. */
async function missingUpstream(
  { dependencies }: Stack,
  all: readonly Stack[],
  account: string,
): Promise<readonly string[]> {
  const upstream = all.filter(({ name }) => dependencies.includes(name));
  const deployed = await Promise.all(upstream.map((stack) => holdsAnything(stack, account)));
  return upstream.filter((_, index) => !deployed[index]).map(({ name }) => name);
}

/** Throws when one of `stacks` reads from a stack that is neither deployed nor about to be. */
export async function refuseWithoutUpstream(
  stacks: readonly Stack[],
  all: readonly Stack[],
  account: string,
): Promise<void> {
  const taken = stacks.map(({ name }) => name);
  for (const stack of stacks) {
    const missing = (await missingUpstream(stack, all, account)).filter((name) => !taken.includes(name));
    if (missing.length > 0) {
      throw new Error(`${stack.name} reads from ${missing.join(" and ")}, not deployed yet: deploy that first, or too`);
    }
  }
}

/** Throws when a stack that stays depends on one of `leaving`. */
export async function refuseOrphans(leaving: readonly Stack[], all: readonly Stack[], account: string): Promise<void> {
  const names = leaving.map(({ name }) => name);
  for (const stack of all.filter(({ name }) => !names.includes(name))) {
    const needs = [...stack.dependencies, STATE_STACK].filter((name) => name !== stack.name && names.includes(name));
    const state = await readState(stack, account);
    if (needs.length > 0 && holds(state)) {
      throw new Error(`${stack.name} is still deployed and needs ${needs.join(" and ")}: destroy it first, or too`);
    }
    const needed = state?.reads.filter((name) => names.includes(name)) ?? [];
    if (needed.length > 0) {
      throw new Error(
        `${stack.name} was deployed when it needed ${needed.join(" and ")}: deploy it first, as it is now`,
      );
    }
  }
}

async function holdsAnything(stack: Stack, account: string): Promise<boolean> {
  return holds(await readState(stack, account));
}

function holds(state: KnownState | undefined): boolean {
  return state !== undefined && state.resources > 0;
}
