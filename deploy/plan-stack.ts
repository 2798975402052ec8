import { copyFile, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Settings } from "../settings/schema.ts";
import type { LeftBehind } from "./left-behind.ts";
import { type ProviderSchemas, placeholders } from "./placeholders.ts";
import { lockOf, plansFolder } from "./plans-folder.ts";
import { layStandIns, provisionalCopy, type StandIn } from "./provisional.ts";
import { inWords, step } from "./run.ts";
import type { KnownState } from "./state.ts";
import type { Stack } from "./synth.ts";
import { Interrupted, init, LOCK_FILE, planUnlocked, providerSchemas, show } from "./terraform.ts";

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

/** What all plans of one run share. */
export interface Round extends Planning {
  readonly hasBucket: boolean;
  readonly states: ReadonlyMap<string, KnownState>;
  readonly left: readonly LeftBehind[];
  /** Asked of the provider once, by the first that needs them. */
  schemas?: Promise<ProviderSchemas>;
}

/** How planning a stack ended. */
export interface Outcome {
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

/** Plans a stack into the folder of plans, in a copy where something has to stand in. `upstream` are those it waited for. */
export async function planStack(stack: Stack, upstream: ReadonlyMap<string, Outcome>, round: Round): Promise<Outcome> {
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
export function upstreamNotApplied({ reads }: Stack, { all, states }: Round): readonly string[] {
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
