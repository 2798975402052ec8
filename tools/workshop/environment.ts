import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Settings } from "../../settings/schema.ts";
import { CODE_FILE } from "../deploy/configuration.ts";
import { type ChangeOptions, emulatorAccountOf } from "../deploy/run.ts";
import { outdir, readStacks, type Stack, type SynthOptions, synthesize } from "../deploy/synth.ts";
import type { WorkshopRecord } from "./record.ts";
import { terraformErrors } from "./terraform-errors.ts";

/**
 * Waits for another Terraform, of a killed command or of a participant, to release a state's lock. Source: terraform plan,
 * `-lock-timeout`.
 */
const LOCK_TIMEOUT = "-lock-timeout=5m";

/** An environment of a workshop: the base, or one of a participant. */
export class WorkshopEnvironment {
  readonly settings: Settings;
  readonly synth: SynthOptions;
  /** File with the output of Terraform. */
  readonly log: string;
  readonly #record: WorkshopRecord;
  readonly #signal: AbortSignal;

  constructor(
    settings: Settings,
    { overrides, record, signal }: { overrides: readonly string[]; record: WorkshopRecord; signal: AbortSignal },
  ) {
    const folder = join(outdir(), "workshop", settings.environment);
    this.settings = settings;
    this.synth = { overrides, environment: settings.environment, folder };
    this.log = `${folder}.log`;
    this.#record = record;
    this.#signal = signal;
  }

  get name(): string {
    return this.settings.environment;
  }

  /** The stacks as last synthesized for a deployment, which takes less time than a synth. */
  get stacks(): readonly Stack[] {
    const { folder = "" } = this.synth;
    return existsSync(join(folder, "manifest.json")) ? readStacks(folder) : synthesize(this.synth);
  }

  /** Options of the functions that plan and apply. The workshop is approved as a whole, before its first change. */
  get options(): ChangeOptions & { readonly approve: () => Promise<void> } {
    return {
      approve: async () => {},
      emulatorAccount: emulatorAccountOf(this.settings),
      report: (text) => this.report(text),
      terraform: {
        log: this.log,
        environment: { TF_CLI_ARGS_plan: LOCK_TIMEOUT, TF_CLI_ARGS_apply: LOCK_TIMEOUT },
      },
    };
  }

  report(text: string): void {
    console.log(`${this.name}/${text}`);
  }

  /** True if the stack was completely deployed from the same code. */
  isDeployed({ name }: Stack, digest: string): boolean {
    const { outcome, digest: deployed } = this.#record.of(this.name)[name] ?? {};
    return outcome === "deployed" && deployed === digest;
  }

  /** Deploys a stack and records the outcome. Returns true if anything changed. */
  async deploy(stack: Stack, digest: string, act: () => Promise<string>): Promise<boolean> {
    const outcome = await this.#attempt(stack, act);
    this.#record.set(this.name, stack.name, { outcome: "deployed", digest });
    return outcome !== "no changes";
  }

  /** Destroys a stack and removes its record. */
  async destroy(stack: Stack, act: () => Promise<string>): Promise<void> {
    await this.#attempt(stack, act);
    this.#record.remove(this.name, stack.name);
  }

  async #attempt(stack: Stack, act: () => Promise<string>): Promise<string> {
    this.#signal.throwIfAborted();
    this.#record.set(this.name, stack.name, { outcome: "started" });
    const start = existsSync(this.log) ? statSync(this.log).size : 0;
    try {
      return await act();
    } catch (error) {
      await setImmediate(); // A signal that arrived during a synchronous synth is only delivered now.
      const outcome = this.#signal.aborted ? "interrupted" : "failed";
      const output = existsSync(this.log) ? readFileSync(this.log).subarray(start).toString() : "";
      const errors = this.#signal.aborted ? "" : terraformErrors(output);
      const { message } = error as Error;
      this.#record.set(this.name, stack.name, { outcome, error: errors || message });
      throw new Error(errors ? `${stack.name}: ${errors}` : message, { cause: error });
    }
  }
}

/** Identifies the Terraform of a stack. Paths of assets in it contain their hashes. */
export function digestOf({ directory }: Stack): string {
  return createHash("sha256")
    .update(readFileSync(join(directory, CODE_FILE)))
    .digest("hex");
}
