import { mkdir, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import pLimit from "p-limit";
import { INDEX_FILE, type PlansIndex, type StackPlan } from "../review/plans.ts";
import { findLeftBehind, leftInWords } from "./left-behind.ts";
import { type Outcome, type Planning, planStack, type Round, upstreamNotApplied } from "./plan-stack.ts";
import { plansFolder } from "./plans-folder.ts";
import { bucketIsOurs, type KnownState, readState } from "./state.ts";
import type { Stack } from "./synth.ts";

/** Terraform and the AWS provider take 0.7 GB together while they plan one of these stacks. */
const BYTES_PER_PLAN = 2 ** 30;

/**
 * Plans stacks side by side, changes nothing, and leaves the plans with their index in an empty folder. A stack that reads what is
 * not applied yet is planned after the one it reads from, with that one's planned outputs or placeholders. One that fails
 * ends none of the others.
 */
export async function planAll(stacks: readonly Stack[], planning: Planning): Promise<PlansIndex> {
  const folder = plansFolder();
  await mkdir(folder, { recursive: true });
  const round = await begin(planning);
  const limit = pLimit({ concurrency: plansAtOnce(), rejectOnClear: true });
  const outcomes = new Map<string, Promise<Outcome>>();
  for (const stack of stacks) {
    const planIt = async () => {
      const upstream = await outcomesOf(upstreamNotApplied(stack, round), outcomes);
      return limit(() => planStack(stack, upstream, round));
    };
    const outcome = planIt();
    outcome.catch(() => limit.clearQueue());
    outcomes.set(stack.name, outcome);
  }
  // All of them: while one still runs, its Terraform was told to stop and takes its time.
  const settled = await Promise.allSettled(outcomes.values());
  const interruption = settled.find((result) => result.status === "rejected");
  if (interruption !== undefined) {
    throw interruption.reason;
  }
  const ended = await outcomesOf([...outcomes.keys()], outcomes);
  const index = indexOf(stacks, ended, round);
  await writeFile(join(folder, INDEX_FILE), `${JSON.stringify(index, undefined, 2)}\n`);
  summarize(index, ended);
  return index;
}

async function begin(planning: Planning): Promise<Round> {
  const { account } = planning.settings;
  const states = new Map<string, KnownState>();
  const bucket = planning.all.map(({ state }) => state).find((state) => state.kind === "bucket");
  const hasBucket = bucket !== undefined && (await bucketIsOurs(bucket, account));
  if (!hasBucket) {
    console.log(`there is no state bucket ${bucket?.bucket} yet (npm run bootstrap creates it): all is planned as new`);
    return { ...planning, hasBucket, states, left: [] };
  }
  const found = await Promise.all(
    planning.all.map(async (stack) => [stack.name, await readState(stack, account)] as const),
  );
  for (const [name, state] of found) {
    if (state !== undefined) {
      states.set(name, state);
    }
  }
  return { ...planning, hasBucket, states, left: await findLeftBehind(planning.all, account) };
}

/** A plan waits for AWS about half of its time. */
function plansAtOnce(): number {
  return Math.max(1, Math.min(2 * availableParallelism(), Math.floor(process.availableMemory() / BYTES_PER_PLAN)));
}

async function outcomesOf(
  names: readonly string[],
  outcomes: ReadonlyMap<string, Promise<Outcome>>,
): Promise<ReadonlyMap<string, Outcome>> {
  const ended = new Map<string, Outcome>();
  for (const name of names) {
    const outcome = await outcomes.get(name);
    if (outcome !== undefined) {
      ended.set(name, outcome);
    }
  }
  return ended;
}

function indexOf(stacks: readonly Stack[], ended: ReadonlyMap<string, Outcome>, round: Round): PlansIndex {
  const { settings, preview, left } = round;
  return {
    format: 2,
    environment: settings.environment,
    ...(preview && { preview: { base: preview.base } }),
    stacks: [
      ...stacks.map((stack): StackPlan => {
        const former = preview?.stacks.find(({ name }) => name === stack.name);
        const common = {
          name: stack.name,
          dependencies: [...stack.dependencies],
          constructs: { ...former?.constructs, ...stack.constructs },
        };
        const { plan } = ended.get(stack.name) as Outcome;
        return plan.outcome === "planned"
          ? { ...common, ...plan, outdated: outdated(stack, ended, round) }
          : { ...common, ...plan };
      }),
      ...left.map(({ name, dependencies, resources, onDemand }): StackPlan => {
        return { name, dependencies: [...dependencies], constructs: {}, outcome: "left-behind", resources, onDemand };
      }),
    ],
  };
}

/** Stacks that change outputs which `stack` reads as they are now. */
function outdated({ reads }: Stack, ended: ReadonlyMap<string, Outcome>, { states }: Round): string[] {
  const isChanging = (name: string, output: string) => {
    const change = ended.get(name)?.outputs[output];
    return states.get(name)?.outputs.includes(output) && change !== undefined && !change.actions.includes("no-op");
  };
  return [...ended.keys()].filter((name) => reads[name]?.some((output) => isChanging(name, output)));
}

function summarize({ stacks }: PlansIndex, ended: ReadonlyMap<string, Outcome>): void {
  const planned = stacks.filter(({ outcome }) => outcome === "planned").length;
  console.log(`\nplan done: ${planned} of ${ended.size} stacks planned`);
  const width = Math.max(...stacks.map(({ name }) => name.length));
  for (const stack of stacks) {
    const notes = [stack.outcome === "left-behind" ? leftInWords(stack) : ended.get(stack.name)?.words];
    if (stack.outcome === "planned" && stack.provisional.length > 0) {
      notes.push(`provisional, with stand-ins for ${stack.provisional.join(" and ")}`);
    }
    if (stack.outcome === "planned" && stack.outdated.length > 0) {
      notes.push(`outdated by what changes in ${stack.outdated.join(" and ")}`);
    }
    console.log(`  ${stack.name.padEnd(width)}  ${notes.join("; ")}`);
  }
  console.log(`plans are in ${plansFolder()}`);
}
