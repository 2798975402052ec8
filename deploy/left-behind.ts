import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { removalOf, stackName } from "../review/plans.ts";
import type { Synthesized } from "./configuration.ts";
import { bucketIsOurs, type InBucket, readState, statesBeside } from "./state.ts";
import { inOrder, ON_DEMAND, outdir, type Stack } from "./synth.ts";

// Stacks that are applied and that the code does not have (any more): of a lab that was switched off, say. Terraform is never
// asked of them again, so nobody would see that they are there and cost money, were it not for their states in the bucket.

/** A stack of which its state tells all that is known. */
export interface LeftBehind {
  readonly name: string;
  readonly state: InBucket;
  /** Resources that it holds: one or more. */
  readonly resources: number;
  /** Names of the stacks that it was applied with values of. */
  readonly dependencies: readonly string[];
  /** Whether it comes only when somebody names it, and so is described only then. */
  readonly onDemand: boolean;
}

/** Stacks that hold something and are none of those described, each after those it depends on. Without a bucket there are none. */
export async function findLeftBehind(described: readonly Stack[], account: string): Promise<readonly LeftBehind[]> {
  const place = described.map(({ state }) => state).find((state) => state.kind === "bucket");
  if (place === undefined || !(await bucketIsOurs(place, account))) {
    return [];
  }
  const others = [...(await statesBeside(place, account))].filter(
    ([name]) => stackName.safeParse(name).success && !described.some((stack) => stack.name === name),
  );
  const found = await Promise.all(
    others.map(async ([name, state]): Promise<LeftBehind> => {
      const { resources = 0, reads = [] } = (await readState({ state }, account)) ?? {};
      return { name, state, resources, dependencies: reads, onDemand: name === ON_DEMAND.stack };
    }),
  );
  return inOrder(found.filter(({ resources }) => resources > 0));
}

/** The stacks described with those left behind, which Terraform can do nothing with but take them away. */
export async function withLeftBehind(described: readonly Stack[], account: string): Promise<readonly Stack[]> {
  const [like] = described;
  const left = await findLeftBehind(described, account);
  return like === undefined
    ? []
    : inOrder([...described, ...(await Promise.all(left.map((one) => withoutCode(one, like))))]);
}

export function leftInWords({ name, onDemand }: Pick<LeftBehind, "name" | "onDemand">): string {
  return `${onDemand ? "on demand, and still there" : "applied, but not in the code"}: ${removalOf(name)} takes it away`;
}

/** A stack of nothing, with another one's provider, where the state says what there is. */
async function withoutCode({ name, state, dependencies }: LeftBehind, like: Stack): Promise<Stack> {
  const { terraform, provider } = JSON.parse(await readFile(join(like.directory, CODE), "utf8")) as Synthesized;
  const backend = { s3: { ...terraform.backend.s3, key: state.key } };
  const directory = join(outdir(), "left-behind", name);
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  await writeFile(
    join(directory, CODE),
    JSON.stringify({ terraform: { ...terraform, backend }, provider }, undefined, 2),
  );
  return { name, state, dependencies, directory, reads: {}, outputs: {}, constructs: {} };
}

const CODE = "cdk.tf.json";
