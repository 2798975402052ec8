import { mkdir, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import pLimit from "p-limit";
import { INDEX_FILE } from "../review/plan/plans.ts";
import type { PlansIndex, StackPlan } from "../review/plan/plans-index.ts";
import { formatList } from "./format-list.ts";
import { abortOnInterrupt } from "./interruption.ts";
import { describeOrphan, findOrphanedStacks } from "./orphaned-stacks.ts";
import { type Outcome, type Planning, type PlanRun, planStack } from "./plan-stack.ts";
import { plansFolder } from "./plans-folder.ts";
import { typesInCode } from "./provider-schemas.ts";
import { upstreamNotApplied } from "./selection.ts";
import { SharedProvider } from "./shared-provider.ts";
import { bucketExists, readStates, type StateSummary } from "./state.ts";
import type { Stack } from "./synth.ts";
import { hidesPlans } from "./terraform.ts";

/** Terraform and the AWS provider together use 0.7 GB while they plan one of these stacks. */
const BYTES_PER_PLAN = 2 ** 30;

/**
 * Plans stacks in parallel, changes nothing, and writes the plans and their index to the plans folder. A stack that reads
 * outputs that are not applied yet is planned after its upstream, with the planned values or mock outputs. A stack that fails
 * does not stop the others.
 */
export async function planAll(stacks: readonly Stack[], planning: Planning): Promise<PlansIndex> {
  const folder = plansFolder();
  await mkdir(folder, { recursive: true });
  await using cleanup = new AsyncDisposableStack();
  const signal = planning.signal ?? abortOnInterrupt(cleanup, "the plan was interrupted");
  const provider = planning.provider ?? cleanup.use(new SharedProvider());
  const run = { ...(await begin(planning)), provider, signal };
  const limit = pLimit(plansAtOnce());
  const outcomes = new Map<string, Promise<Outcome>>();
  for (const stack of stacks) {
    const planAfterUpstream = async () => {
      const upstream = await outcomesOf(upstreamNotApplied(stack, run), outcomes);
      return limit(() => {
        signal.throwIfAborted();
        return planStack(stack, upstream, run);
      });
    };
    outcomes.set(stack.name, planAfterUpstream());
  }
  // Wait for all of them: after an interruption, every Terraform process needs time to stop.
  await Promise.allSettled(outcomes.values());
  signal.throwIfAborted();
  const ended = await outcomesOf([...outcomes.keys()], outcomes);
  const index = indexOf(stacks, ended, run);
  await writeFile(join(folder, INDEX_FILE), `${JSON.stringify(index, undefined, 2)}\n`);
  summarize(index, ended);
  return index;
}

async function begin(planning: Planning): Promise<Omit<PlanRun, "provider" | "signal">> {
  const { account } = planning.settings;
  const bucket = planning.all.map(({ state }) => state).find((state) => state.kind === "bucket");
  const hasBucket = bucket !== undefined && (await bucketExists(bucket, account));
  if (!hasBucket) {
    console.log(
      `the state bucket ${bucket?.bucket} does not exist (npm run bootstrap creates it): planning everything as new`,
    );
    return { ...planning, hasBucket, states: new Map(), orphans: [], types: typesOf(planning.all, new Map()) };
  }
  const states = await readStates(planning.all, account);
  const orphans = await findOrphanedStacks(planning.all, account);
  return { ...planning, hasBucket, states, orphans, types: typesOf(planning.all, states) };
}

function typesOf(stacks: readonly Stack[], states: ReadonlyMap<string, StateSummary>): ReadonlySet<string> {
  return new Set([...stacks.flatMap(typesInCode), ...states.values().flatMap(({ types }) => types)]);
}

/** Two per processor, because a plan mostly waits for AWS. */
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

function indexOf(stacks: readonly Stack[], ended: ReadonlyMap<string, Outcome>, run: PlanRun): PlansIndex {
  const { settings, preview, orphans } = run;
  return {
    format: 3,
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
          ? { ...common, ...plan, outdated: outdated(stack, ended, run) }
          : { ...common, ...plan };
      }),
      ...orphans.map(({ name, dependencies, resources, onDemand }): StackPlan => {
        return { name, dependencies: [...dependencies], constructs: {}, outcome: "orphaned", resources, onDemand };
      }),
    ],
  };
}

/** Upstream stacks whose plans change outputs that `stack` read with their current values. */
function outdated({ reads }: Stack, ended: ReadonlyMap<string, Outcome>, { states }: PlanRun): string[] {
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
    const notes = [stack.outcome === "orphaned" ? describeOrphan(stack) : ended.get(stack.name)?.words];
    if (stack.outcome === "planned" && stack.mocked.length > 0) {
      notes.push(`with mock outputs of ${formatList(stack.mocked)}`);
    }
    if (stack.outcome === "planned" && stack.outdated.length > 0) {
      notes.push(`outdated once ${formatList(stack.outdated)} ${stack.outdated.length === 1 ? "is" : "are"} applied`);
    }
    console.log(`  ${stack.name.padEnd(width)}  ${notes.join("; ")}`);
  }
  console.log(`the plans are in ${plansFolder()}${hidesPlans() ? "; their text is not printed in a workflow" : ""}`);
}
