import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CODE_FILE } from "./configuration.ts";
import { type Approve, type ChangeOptions, change, remove, step, update } from "./run.ts";
import { bucketExists, readState } from "./state.ts";
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
 * @param stack The state stack, as it was just synthesized.
 */
export async function bootstrap(stack: Stack, options: StateStackOptions): Promise<string> {
  const { account, approve } = options;
  if (await readState(stack, account)) {
    const outcome = await update(stack, approve, options);
    await deleteStateFile(bootstrapFile(options));
    return outcome;
  }
  const bucketCode = readCode(stack);
  const inFile = synthesizeInFile(options);
  requireOwnFile(inFile.path, stack, account);
  writeCode(stack, inFile.code);
  const outcome = await update(stack, approve, options);
  writeCode(stack, bucketCode);
  await step(stack, "move the state into the bucket", () => moveState(stack, options.terraform), options);
  if (!(await readState(stack, account))) {
    throw new Error(`the state did not arrive in the bucket; it is still in ${inFile.path}`);
  }
  await deleteStateFile(inFile.path);
  return outcome;
}

/**
 * Destroys the state bucket. Its state moves to a local file first, because Terraform still needs it during the destroy.
 *
 * @param stack The state stack, as it was just synthesized.
 */
export async function destroyStateStack(stack: Stack, options: StateStackOptions): Promise<string> {
  const inFile = synthesizeInFile(options);
  const isResumed = existsSync(inFile.path);
  requireOwnFile(inFile.path, stack, options.account);
  if (!isResumed) {
    await step(stack, "init", () => init(stack, options.terraform), options);
  }
  writeCode(stack, inFile.code);
  const outcome = isResumed ? await remove(stack, options.approve, options) : await moveAndRemove(stack, options);
  await deleteStateFile(inFile.path);
  return outcome;
}

/**
 * Throws if `leaving` have no states, because the state bucket does not exist. While it is created or destroyed, its own stack has
 * one, in a local file.
 */
export async function requireStates(
  leaving: readonly Stack[],
  all: readonly Stack[],
  { account, overrides }: Pick<StateStackOptions, "account" | "overrides">,
): Promise<void> {
  const { state } = findStack(all, STATE_STACK);
  if (state.kind === "file" || (await bucketExists(state, account))) {
    return;
  }
  const missing = `the state bucket ${state.bucket} does not exist`;
  if (!existsSync(bootstrapFile({ overrides }))) {
    throw new Error(`${missing}, so nothing is deployed`);
  }
  if (leaving.some(({ name }) => name !== STATE_STACK)) {
    throw new Error(`${missing}, so only its stack is left: npm run destroy ${STATE_STACK} deletes the rest of it`);
  }
}

/** Path of the local file that has the state of the state stack while the bucket is created or destroyed. */
export function bootstrapFile(options: Omit<SynthOptions, "stateIn">): string {
  return synthesizeInFile(options).path;
}

async function moveAndRemove(stack: Stack, options: StateStackOptions): Promise<string> {
  await step(stack, "move the state out of the bucket", () => moveState(stack, options.terraform), options);
  return change(stack, options.approve, { ...options, destroy: true });
}

/**
 * Returns the code of the state stack with its state in a local file. It replaces the code in the stack's folder, because
 * Terraform moves a state only between two backends of one folder. The code of the stacks that read this state stays as it is.
 */
function synthesizeInFile(options: Omit<SynthOptions, "stateIn">): { readonly code: Buffer; readonly path: string } {
  const folder = mkdtempSync(join(tmpdir(), "mysfits-state-"));
  try {
    const stack = findStack(synthesize({ ...options, folder, stateIn: "file" }), STATE_STACK);
    return { code: readCode(stack), path: pathOf(stack) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Throws if a local file has the state of a bucket in another account or region. Terraform would not find its resources there, and
 * forget them.
 */
function requireOwnFile(path: string, { state }: Stack, account: string): void {
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const [, region, owner] = /"arn:aws:kms:([\w-]+):(\d{12}):key\//.exec(text) ?? [];
  if (state.kind === "bucket" && owner !== undefined && !(owner === account && region === state.region)) {
    throw new Error(
      `${path} is left from a bootstrap in account ${owner} and ${region}: finish it with these settings, or delete the file if nothing is left there`,
    );
  }
}

function readCode({ directory }: Stack): Buffer {
  return readFileSync(join(directory, CODE_FILE));
}

/** Replaces the code of a stack, which takes less time than another synth. */
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
