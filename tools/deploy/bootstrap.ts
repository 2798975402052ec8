import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { CODE_FILE } from "./configuration.ts";
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
 *
 * @param inBucket The state stack, as it was just synthesized.
 */
export async function bootstrap(inBucket: Stack, options: StateStackOptions): Promise<string> {
  const { account, approve } = options;
  if (await readState(inBucket, account)) {
    const outcome = await update(inBucket, approve, options);
    await deleteStateFile(bootstrapFile(options));
    return outcome;
  }
  const bucketCode = readCode(inBucket);
  const inFile = synthesizeInFile(options);
  const outcome = await update(inFile, approve, options);
  writeCode(inBucket, bucketCode);
  await step(inBucket, "move the state into the bucket", () => moveState(inBucket, options.terraform), options);
  if (!(await readState(inBucket, account))) {
    throw new Error(`the state did not arrive in the bucket; it is still in ${pathOf(inFile)}`);
  }
  await deleteStateFile(pathOf(inFile));
  return outcome;
}

/**
 * Destroys the state bucket. Its state moves to a local file first, because Terraform still needs it during the destroy.
 *
 * @param inBucket The state stack, as it was just synthesized.
 */
export async function destroyStateStack(inBucket: Stack, options: StateStackOptions): Promise<string> {
  const bucketCode = readCode(inBucket);
  const inFile = synthesizeInFile(options);
  const isResumed = existsSync(pathOf(inFile));
  if (!isResumed) {
    const fileCode = readCode(inFile);
    writeCode(inBucket, bucketCode);
    await step(inBucket, "init", () => init(inBucket, options.terraform), options);
    writeCode(inFile, fileCode);
  }
  const outcome = isResumed ? await remove(inFile, options.approve, options) : await moveAndRemove(inFile, options);
  await deleteStateFile(pathOf(inFile));
  return outcome;
}

/** Path of the local file that has the state of the state stack while the bucket is created or destroyed. */
export function bootstrapFile(options: Omit<SynthOptions, "stateIn">): string {
  return pathOf(synthesizeInFile(options));
}

async function moveAndRemove(inFile: Stack, options: StateStackOptions): Promise<string> {
  await step(inFile, "move the state out of the bucket", () => moveState(inFile, options.terraform), options);
  return change(inFile, options.approve, { ...options, destroy: true });
}

/** Replaces the code of the state stack, because Terraform moves a state only between two backends of one folder. */
function synthesizeInFile(options: Omit<SynthOptions, "stateIn">): Stack {
  return findStack(synthesize({ ...options, stateIn: "file" }), STATE_STACK);
}

function readCode({ directory }: Stack): Buffer {
  return readFileSync(join(directory, CODE_FILE));
}

/** Puts back the code of a stack, which takes less time than another synth. */
function writeCode({ directory }: Stack, code: Buffer): void {
  writeFileSync(join(directory, CODE_FILE), code);
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
