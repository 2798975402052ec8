import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { type Approve, change, remove, step, update } from "./run.ts";
import { readState } from "./state.ts";
import { STATE_STACK, type Stack, synthesize } from "./synth.ts";
import { init, moveState } from "./terraform.ts";

export interface StateStackOptions {
  readonly account: string;
  readonly overrides: readonly string[];
  readonly approve: Approve;
}

/**
 * Creates the bucket that holds everybody's state, and moves the state of that very creation into it. Run again it only
 * looks for changes; after an interruption it takes up where it was.
 */
export async function bootstrap({ account, overrides, approve }: StateStackOptions): Promise<string> {
  const inBucket = stateStack(overrides, "bucket");
  if (await readState(inBucket, account)) {
    const outcome = await update(inBucket, approve);
    await forget(fileOf(stateStack(overrides, "file")));
    return outcome;
  }
  const inFile = stateStack(overrides, "file");
  const outcome = await update(inFile, approve);
  const moved = stateStack(overrides, "bucket");
  await step(moved, "move its state into the bucket", () => moveState(moved));
  if (!(await readState(moved, account))) {
    throw new Error(`the state has not arrived in its bucket; it is still in ${fileOf(inFile)}`);
  }
  await forget(fileOf(inFile));
  return outcome;
}

/** Takes the bucket down: its state moves out of it first, because a bucket cannot hold the state of its own end. */
export async function takeDown({ overrides, approve }: StateStackOptions): Promise<string> {
  const isUnderWay = existsSync(fileOf(stateStack(overrides, "file")));
  if (!isUnderWay) {
    const inBucket = stateStack(overrides, "bucket");
    await step(inBucket, "init", () => init(inBucket));
  }
  const inFile = stateStack(overrides, "file");
  const outcome = isUnderWay ? await remove(inFile, approve) : await moveAndRemove(inFile, approve);
  await forget(fileOf(inFile));
  return outcome;
}

async function moveAndRemove(inFile: Stack, approve: Approve): Promise<string> {
  await step(inFile, "move its state out of the bucket", () => moveState(inFile));
  return change(inFile, approve, { destroy: true });
}

function stateStack(overrides: readonly string[], stateIn: "bucket" | "file"): Stack {
  const stack = synthesize({ overrides, stateIn }).find(({ name }) => name === STATE_STACK);
  if (stack === undefined) {
    throw new Error(`the app has no stack "${STATE_STACK}"`);
  }
  return stack;
}

function fileOf({ name, state }: Stack): string {
  if (state.kind !== "file") {
    throw new Error(`expected stack ${name} to keep its state in a file, found ${state.bucket}/${state.key}`);
  }
  return state.path;
}

async function forget(stateFile: string): Promise<void> {
  await Promise.all([stateFile, `${stateFile}.backup`].map((path) => rm(path, { force: true })));
}
