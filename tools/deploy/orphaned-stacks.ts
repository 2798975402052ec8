import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { destroyCommand } from "../review/plans.ts";
import { stackName } from "../review/plans-index.ts";
import { CODE_FILE, type Synthesized } from "./configuration.ts";
import { type BucketLocation, bucketExists, listStates, readState } from "./state.ts";
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

/** Adds the orphaned stacks to those in the code. Terraform can do nothing with them except destroy them. */
export async function withOrphanedStacks(described: readonly Stack[], account: string): Promise<readonly Stack[]> {
  const [template] = described;
  const orphans = await findOrphanedStacks(described, account);
  return template === undefined
    ? []
    : inOrder([...described, ...(await Promise.all(orphans.map((orphan) => emptyStack(orphan, template))))]);
}

export function describeOrphan({ name, onDemand }: Pick<OrphanedStack, "name" | "onDemand">): string {
  return `${onDemand ? "on demand, still deployed" : "orphaned: deployed, but not in the code"}; remove it with ${destroyCommand(name)}`;
}

/** Writes a stack without resources that has the orphan's state and the provider of another stack. */
async function emptyStack({ name, state, dependencies }: OrphanedStack, template: Stack): Promise<Stack> {
  const { terraform, provider } = JSON.parse(
    await readFile(join(template.directory, CODE_FILE), "utf8"),
  ) as Synthesized;
  const backend = { s3: { ...terraform.backend.s3, key: state.key } };
  const directory = join(template.directory, "../../orphaned", name);
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  await writeFile(
    join(directory, CODE_FILE),
    JSON.stringify({ terraform: { ...terraform, backend }, provider }, undefined, 2),
  );
  return { name, state, dependencies, directory, reads: {}, outputs: {}, constructs: {} };
}
