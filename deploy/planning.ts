import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import pLimit from "p-limit";
import { INDEX_FILE, type PlansIndex, type StackPlan } from "../review/plans.ts";
import type { Settings } from "../settings/schema.ts";
import { type ProviderSchemas, placeholders } from "./placeholders.ts";
import { layStandIns, provisionalCopy, type StandIn } from "./provisional.ts";
import { inWords, step } from "./run.ts";
import { bucketIsOurs, type KnownState, readState } from "./state.ts";
import { outdir, type Stack } from "./synth.ts";
import { Interrupted, init, LOCK_FILE, planUnlocked, providerSchemas, show } from "./terraform.ts";

/** Terraform and the AWS provider take 0.7 GB together while they plan one of these stacks. */
const BYTES_PER_PLAN = 2 ** 30;

export interface Planning {
  /** Every stack of the app, those among them that are not to be planned. */
  readonly all: readonly Stack[];
  readonly settings: Pick<Settings, "account" | "region" | "environment">;
  readonly preview?: Preview;
}

/** What the plans are made against, when that is not an account. */
export interface Preview {
  readonly base: string;
  /** The stacks as the base describes them, to name what is no longer described. */
  readonly stacks: readonly Stack[];
}

/** Where plans are left. */
export function plansFolder(): string {
  return join(outdir(), "plans");
}

/** The file of a folder of plans that says which versions a stack was planned with, and is to be applied with. */
export function lockOf({ name }: Stack): string {
  return `${name}.lock.hcl`;
}

/**
 * Plans stacks side by side, changes nothing, and leaves the plans with their index in a folder. A stack that reads what is
 * not applied yet is planned after the one it reads from, with that one's planned outputs or placeholders. One that fails
 * ends none of the others.
 */
export async function planAll(stacks: readonly Stack[], planning: Planning): Promise<PlansIndex> {
  const folder = plansFolder();
  await rm(folder, { recursive: true, force: true });
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

/** What all plans of one run share. */
interface Round extends Planning {
  readonly hasBucket: boolean;
  readonly states: ReadonlyMap<string, KnownState>;
  /** Asked of the provider once, by the first that needs them. */
  schemas?: Promise<ProviderSchemas>;
}

async function begin(planning: Planning): Promise<Round> {
  const { account } = planning.settings;
  const states = new Map<string, KnownState>();
  const bucket = planning.all.map(({ state }) => state).find((state) => state.kind === "bucket");
  const hasBucket = bucket !== undefined && (await bucketIsOurs(bucket, account));
  if (!hasBucket) {
    console.log(`there is no state bucket ${bucket?.bucket} yet (npm run bootstrap creates it): all is planned as new`);
    return { ...planning, hasBucket, states };
  }
  const found = await Promise.all(
    planning.all.map(async (stack) => [stack.name, await readState(stack, account)] as const),
  );
  for (const [name, state] of found) {
    if (state !== undefined) {
      states.set(name, state);
    }
  }
  return { ...planning, hasBucket, states };
}

function plansAtOnce(): number {
  return Math.max(1, Math.min(availableParallelism() + 1, Math.floor(process.availableMemory() / BYTES_PER_PLAN)));
}

/** How planning a stack ended. */
interface Outcome {
  readonly plan:
    | { readonly outcome: "planned"; readonly plan: string; readonly provisional: string[] }
    | { readonly outcome: "failed"; readonly error: string };
  readonly words: string;
  readonly outputs: Readonly<Record<string, OutputChange>>;
}

/** A part of `terraform show -json`. */
interface OutputChange {
  readonly actions: readonly string[];
  readonly after?: unknown;
  /** True, or true somewhere inside, for what is known only when it is applied. */
  readonly after_unknown: unknown;
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

async function planStack(stack: Stack, upstream: ReadonlyMap<string, Outcome>, round: Round): Promise<Outcome> {
  const provisional = upstreamNotApplied(stack, round);
  const isApplicable = provisional.length === 0 && round.hasBucket;
  const what = provisional.length === 0 ? "plan" : `plan with stand-ins for ${provisional.join(" and ")}`;
  const said: string[] = [];
  const complaints: string[] = [];
  const listener = {
    output: (line: string) => said.push(line),
    complaint: (line: string) => complaints.push(line),
  };
  const json = `${stack.name}.json`;
  const file = join(plansFolder(), `${stack.name}.tfplan`);
  try {
    const changes = await step(stack, what, async () => {
      const place = isApplicable ? stack : await provisionalCopy(stack, round);
      await init(place, { complaint: listener.complaint });
      if (provisional.length > 0) {
        await layStandIns(place, await standIns(place, upstream, round));
      }
      const changes = await planUnlocked(place, file, listener);
      await show(place, { from: file, to: join(plansFolder(), json) });
      await copyFile(join(place.directory, LOCK_FILE), join(plansFolder(), lockOf(stack)));
      return changes;
    });
    if (changes !== undefined) {
      tell(stack, planText(said));
    }
    const { output_changes: outputs = {} } = JSON.parse(await readFile(join(plansFolder(), json), "utf8")) as {
      output_changes?: Outcome["outputs"];
    };
    return {
      plan: { outcome: "planned", plan: json, provisional: [...provisional] },
      words: inWords(changes),
      outputs,
    };
  } catch (error) {
    if (error instanceof Interrupted) {
      throw error;
    }
    tell(stack, complaints);
    console.log((error as Error).message);
    const reason = complaints.join("\n").trim() || (error as Error).message;
    return { plan: { outcome: "failed", error: reason }, words: "failed", outputs: {} };
  } finally {
    if (!isApplicable) {
      // Nobody can apply by mistake what is not there.
      await rm(file, { force: true });
    }
  }
}

/** Stacks of which `stack` reads outputs that their state does not hold yet. */
function upstreamNotApplied({ reads }: Stack, { all, states }: Round): readonly string[] {
  return all
    .map(({ name }) => name)
    .filter((name) => reads[name]?.some((output) => !states.get(name)?.outputs.includes(output)));
}

/** What is planned for outputs that are not applied yet, and placeholders where that is not known either. */
async function standIns(
  stack: Stack,
  upstream: ReadonlyMap<string, Outcome>,
  round: Round,
): Promise<Record<string, StandIn>> {
  round.schemas ??= providerSchemas(stack) as Promise<ProviderSchemas>;
  const schemas = await round.schemas;
  return Object.fromEntries(
    upstreamNotApplied(stack, round).map((name) => {
      const state = round.states.get(name);
      const planned = upstream.get(name)?.outputs ?? {};
      const unknown = placeholders(
        round.all.find((other) => other.name === name)?.outputs ?? {},
        schemas,
        round.settings,
      );
      const missing = (stack.reads[name] ?? []).filter((output) => !state?.outputs.includes(output));
      const outputs = Object.fromEntries(
        missing.map((output) => [output, isKnown(planned[output]) ? planned[output].after : unknown[output]]),
      );
      return [name, { outputs, hasState: state !== undefined }];
    }),
  );
}

function isKnown(change: OutputChange | undefined): change is OutputChange {
  return change !== undefined && !JSON.stringify(change.after_unknown).includes("true");
}

function indexOf(stacks: readonly Stack[], ended: ReadonlyMap<string, Outcome>, round: Round): PlansIndex {
  const { settings, preview } = round;
  return {
    format: 1,
    environment: settings.environment,
    ...(preview && { preview: { base: preview.base } }),
    stacks: stacks.map((stack): StackPlan => {
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
  console.log(`\nplan done: ${planned} of ${stacks.length} stacks planned`);
  const width = Math.max(...stacks.map(({ name }) => name.length));
  for (const stack of stacks) {
    const notes = [ended.get(stack.name)?.words];
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

function tell({ name }: Stack, lines: readonly string[]): void {
  for (const line of lines) {
    console.log(`${name} | ${line}`.trimEnd());
  }
}

/** What Terraform prints of a plan, without what it read on the way and where it put the file. */
function planText(lines: readonly string[]): readonly string[] {
  const end = lines.findIndex((line) => line.startsWith("─"));
  return lines
    .slice(0, end < 0 ? undefined : end)
    .filter((line) => !/: (Refreshing state|Reading|Read complete)/.test(line));
}
