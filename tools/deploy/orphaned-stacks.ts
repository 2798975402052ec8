import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { destroyCommand } from "../review/plan/plans.ts";
import { stackName } from "../review/plan/plans-index.ts";
import { CODE_FILE, type Synthesized } from "./configuration.ts";
import { formatList } from "./format-list.ts";
import { upstreamNotApplied } from "./selection.ts";
import { type BucketLocation, bucketExists, listStates, readState, readStates } from "./state.ts";
import { inOrder, ON_DEMAND, type Stack } from "./synth.ts";

// Orphaned stacks are deployed but not (or no longer) in the code, for example those of a lab that was switched off. Terraform
// never plans them, so only their states in the bucket reveal that they exist and cost money.

/** A stack that is known only from its state. */
export interface OrphanedStack {
  readonly name: string;
  readonly state: BucketLocation;
  /** Number of its resources, at least one. */
  readonly resources: number;
  /** Names of the stacks whose outputs it read when it was last applied. */
  readonly dependencies: readonly string[];
  /** True for the stack that is in the code only when a command names it. */
  readonly onDemand: boolean;
}

/** Finds stacks with resources that are not in the code, in dependency order. Without a state bucket there are none. */
export async function findOrphanedStacks(
  described: readonly Stack[],
  account: string,
): Promise<readonly OrphanedStack[]> {
  const place = described.map(({ state }) => state).find((state) => state.kind === "bucket");
  if (place === undefined || !(await bucketExists(place, account))) {
    return [];
  }
  const others = [...(await listStates(place, account))].filter(
    ([name]) => stackName.safeParse(name).success && !described.some((stack) => stack.name === name),
  );
  const found = await Promise.all(
    others.map(async ([name, state]): Promise<OrphanedStack> => {
      const { resources = 0, reads = [] } = (await readState({ state }, account)) ?? {};
      return { name, state, resources, dependencies: reads, onDemand: name === ON_DEMAND.stack };
    }),
  );
  return inOrder(found.filter(({ resources }) => resources > 0));
}

/**
 * Prepares stacks to be destroyed, in dependency order: those in the code, and the orphaned ones. Terraform cannot evaluate code that
 * reads an output that the upstream stack does not have, because that was destroyed, or because the code is newer. Such a
 * stack is destroyed as an orphaned one is, from its state.
 */
export async function stacksToDestroy(described: readonly Stack[], account: string): Promise<readonly Stack[]> {
  const [template] = described;
  if (template === undefined) {
    return [];
  }
  const states = await readStates(described, account);
  const inCode = described.map((stack) => {
    const missing = upstreamNotApplied(stack, { all: described, states });
    if (missing.length === 0 || !states.get(stack.name)?.resources) {
      return stack;
    }
    console.log(
      `${stack.name} reads outputs of ${formatList(missing)} that do not exist: it is destroyed from its state`,
    );
    return withoutCode(stack, stack);
  });
  const orphans = await findOrphanedStacks(described, account);
  return inOrder([...inCode, ...orphans.map((orphan) => withoutCode(orphan, template))]);
}

export function describeOrphan({ name, onDemand }: Pick<OrphanedStack, "name" | "onDemand">): string {
  return `${onDemand ? "on demand, still deployed" : "orphaned: deployed, but not in the code"}; remove it with ${destroyCommand(name)}`;
}

/** Writes a stack without resources that has a stack's state and the provider of another, or of its own code. */
function withoutCode(
  { name, state, dependencies }: Pick<Stack, "name" | "state" | "dependencies">,
  template: Stack,
): Stack {
  const code = JSON.parse(readFileSync(join(template.directory, CODE_FILE), "utf8")) as Synthesized;
  const { terraform, provider } = code;
  const backend = state.kind === "bucket" ? { s3: { ...terraform.backend.s3, key: state.key } } : terraform.backend;
  const directory = join(template.directory, "../../orphaned", name);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  writeFileSync(
    join(directory, CODE_FILE),
    JSON.stringify({ terraform: { ...terraform, backend }, provider }, undefined, 2),
  );
  return { name, state, dependencies, directory, reads: {}, outputs: {}, constructs: {} };
}
