import { copyFile, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Settings } from "../../settings/schema.ts";
import { formatList } from "./format-list.ts";
import { LOCK_FILE } from "./installed-provider.ts";
import { mockOutputs, type ProviderSchemas } from "./mock-outputs.ts";
import type { OrphanedStack } from "./orphaned-stacks.ts";
import { copyForPlanning, type MockedUpstream, writeMockOutputs } from "./planning-copy.ts";
import { lockFileOf, plansFolder } from "./plans-folder.ts";
import { describeChanges, step } from "./run.ts";
import { upstreamNotApplied } from "./selection.ts";
import type { Attachment, SharedProvider } from "./shared-provider.ts";
import type { StateSummary } from "./state.ts";
import type { Stack } from "./synth.ts";
import { hidesPlans, init, planUnlocked, providerSchemas, show } from "./terraform.ts";

export interface Planning {
  /** All stacks of the app, including those that are not planned. */
  readonly all: readonly Stack[];
  readonly settings: Pick<Settings, "account" | "region" | "environment">;
  readonly preview?: Preview;
  /** Aborted when the user interrupts the command. Default: at Ctrl-C during the plans. */
  readonly signal?: AbortSignal;
  /** Kept running for further plans. By default, the plans of one run share a provider that stops with them. */
  readonly provider?: SharedProvider;
}

/** The base of a preview. */
export interface Preview {
  readonly base: string;
  /** The stacks of the base, which name the constructs of resources that the working tree no longer has. */
  readonly stacks: readonly Stack[];
}

/** State that all plans of one run share. */
export interface PlanRun extends Planning {
  readonly hasBucket: boolean;
  readonly states: ReadonlyMap<string, StateSummary>;
  readonly orphans: readonly OrphanedStack[];
  /** Types in the code and the states of all stacks. A stack with mock outputs also needs those of its upstream. */
  readonly types: ReadonlySet<string>;
  readonly provider: SharedProvider;
  readonly signal: AbortSignal;
  /** Read once, by the first stack that needs mock outputs. */
  schemas?: Promise<ProviderSchemas>;
}

/** Result of planning a stack. */
export interface Outcome {
  readonly plan:
    | { readonly outcome: "planned"; readonly plan: string; readonly mocked: string[] }
    | { readonly outcome: "failed"; readonly error: string };
  readonly words: string;
  readonly outputs: Readonly<Record<string, OutputChange>>;
}

/** A part of `terraform show -json`. */
interface OutputChange {
  readonly actions: readonly string[];
  readonly after?: unknown;
  /** True, or true in a nested part, for a value that is known only after apply. */
  readonly after_unknown: unknown;
}

/**
 * Plans a stack into the folder of plans, in a copy if it needs mock outputs. Throws only after an interruption.
 *
 * @param upstream Results of the stacks that it waited for.
 */
export async function planStack(stack: Stack, upstream: ReadonlyMap<string, Outcome>, run: PlanRun): Promise<Outcome> {
  const mocked = upstreamNotApplied(stack, run);
  const isApplicable = mocked.length === 0 && run.hasBucket;
  const what = mocked.length === 0 ? "plan" : `plan with mock outputs of ${formatList(mocked)}`;
  const lines: string[] = [];
  const errors: string[] = [];
  const output = {
    output: (line: string) => lines.push(line),
    error: (line: string) => errors.push(line),
  };
  const json = `${stack.name}.json`;
  const file = join(plansFolder(), `${stack.name}.tfplan`);
  try {
    const changes = await step(stack, what, async () => {
      const place = isApplicable ? stack : await copyForPlanning(stack, run);
      await init(place, { error: output.error, signal: run.signal });
      const options = { ...output, signal: run.signal, environment: await run.provider.attach(place, run.types) };
      if (mocked.length > 0) {
        await writeMockOutputs(place, await mocks(place, upstream, run, options.environment));
      }
      const changes = await planUnlocked(place, file, options);
      await show(
        place,
        { from: file, to: join(plansFolder(), json) },
        { environment: options.environment, signal: run.signal },
      );
      await copyFile(join(place.directory, LOCK_FILE), join(plansFolder(), lockFileOf(stack)));
      return changes;
    });
    if (changes !== undefined && !hidesPlans()) {
      print(stack, planText(lines));
    }
    const { output_changes: outputs = {} } = JSON.parse(await readFile(join(plansFolder(), json), "utf8")) as {
      output_changes?: Outcome["outputs"];
    };
    return {
      plan: { outcome: "planned", plan: json, mocked: [...mocked] },
      words: describeChanges(changes),
      outputs,
    };
  } catch (error) {
    run.signal.throwIfAborted();
    print(stack, errors);
    console.log((error as Error).message);
    const reason = errors.join("\n").trim() || (error as Error).message;
    return { plan: { outcome: "failed", error: reason }, words: "failed", outputs: {} };
  } finally {
    if (!isApplicable) {
      // A deleted plan cannot be applied by mistake.
      await rm(file, { force: true });
    }
  }
}

/** Values for outputs that are not applied yet: the planned value if the upstream plan knows it, else a mock. */
async function mocks(
  stack: Stack,
  upstream: ReadonlyMap<string, Outcome>,
  run: PlanRun,
  environment: Attachment,
): Promise<Record<string, MockedUpstream>> {
  run.schemas ??= providerSchemas(stack, { environment }) as Promise<ProviderSchemas>;
  const schemas = await run.schemas;
  return Object.fromEntries(
    upstreamNotApplied(stack, run).map((name) => {
      const state = run.states.get(name);
      const planned = upstream.get(name)?.outputs ?? {};
      const unknown = mockOutputs(run.all.find((other) => other.name === name)?.outputs ?? {}, schemas, run.settings);
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

function print({ name }: Stack, lines: readonly string[]): void {
  for (const line of lines) {
    console.log(`${name} | ${line}`.trimEnd());
  }
}

/** Terraform's text of a plan, without the progress of reading and the hint about the plan file. */
function planText(lines: readonly string[]): readonly string[] {
  const end = lines.findIndex((line) => line.startsWith("─"));
  return lines
    .slice(0, end < 0 ? undefined : end)
    .filter((line) => !/: (Refreshing state|Reading|Read complete)/.test(line));
}
