import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { type Approve, type ChangeOptions, change, remove, step, update } from "./run.ts";
import { readState } from "./state.ts";
import { findStack, STATE_STACK, type Stack, type SynthOptions, synthesize } from "./synth.ts";
import { init, moveState } from "./terraform.ts";

export interface StateStackOptions extends Omit<SynthOptions, "stateIn">, ChangeOptions {
  readonly account: string;
  readonly approve: Approve;
}

/**
 * Creates the state bucket with its own state in a local file, and then moves that state into the bucket. On later runs it
 * only applies changes. After an interruption it continues where it stopped.
 */
export async function bootstrap(options: StateStackOptions): Promise<string> {
  const { account, approve } = options;
  const inBucket = stateStack(options, "bucket");
  if (await readState(inBucket, account)) {
    const outcome = await update(inBucket, approve, options);
    await deleteStateFile(bootstrapFile(options));
    return outcome;
  }
  const inFile = stateStack(options, "file");
  const outcome = await update(inFile, approve, options);
  const moved = stateStack(options, "bucket");
  await step(moved, "move the state into the bucket", () => moveState(moved, options.terraform), options);
  if (!(await readState(moved, account))) {
    throw new Error(`the state did not arrive in the bucket; it is still in ${pathOf(inFile)}`);
  }
  await deleteStateFile(pathOf(inFile));
  return outcome;
}

/** Destroys the state bucket. Its state moves to a local file first, because Terraform still needs it during the destroy. */
export async function destroyStateStack(options: StateStackOptions): Promise<string> {
  const isResumed = existsSync(bootstrapFile(options));
  if (!isResumed) {
    const inBucket = stateStack(options, "bucket");
    await step(inBucket, "init", () => init(inBucket, options.terraform), options);
  }
  const inFile = stateStack(options, "file");
  const outcome = isResumed ? await remove(inFile, options.approve, options) : await moveAndRemove(inFile, options);
  await deleteStateFile(pathOf(inFile));
  return outcome;
}

/** Path of the local file that has the state of the state stack while the bucket is created or destroyed. */
export function bootstrapFile(options: Omit<SynthOptions, "stateIn">): string {
  return pathOf(stateStack(options, "file"));
}

async function moveAndRemove(inFile: Stack, options: StateStackOptions): Promise<string> {
  await step(inFile, "move the state out of the bucket", () => moveState(inFile, options.terraform), options);
  return change(inFile, options.approve, { ...options, destroy: true });
}

function stateStack(options: Omit<SynthOptions, "stateIn">, stateIn: "bucket" | "file"): Stack {
  return findStack(synthesize({ ...options, stateIn }), STATE_STACK);
}

function pathOf({ name, state }: Stack): string {
  if (state.kind !== "file") {
    throw new Error(`expected the state of stack ${name} in a local file, found it in ${state.bucket}/${state.key}`);
  }
  return state.path;
}

async function deleteStateFile(stateFile: string): Promise<void> {
  await Promise.all([stateFile, `${stateFile}.backup`].map((path) => rm(path, { force: true })));
}
