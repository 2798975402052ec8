import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { type BucketLocation, bucketExists } from "./state.ts";
import { ROOT, readStacks, STATE_STACK, type Stack } from "./synth.ts";

// The revision that a change is compared with. It is checked out in a separate worktree and applied with its own commands.

const MAIN = join("tools", "deploy", "main.ts");
const POLL_MILLISECONDS = 250;

export interface Base {
  /** The revision as given on the command line. */
  readonly name: string;
  readonly commit: string;
}

/** Resolves a revision. Throws if git does not know it, or is of no use here. */
export function findBase(name: string): Base {
  const { status, stdout, stderr } = git("rev-parse", "--verify", "--quiet", `${name}^{commit}`);
  if (status !== 0) {
    // About an unknown revision, git says nothing.
    const reason = stderr === "" ? "in a shallow clone, fetch it first" : `git says ${stderr.trim()}`;
    throw new Error(`--base is "${name}": expected a revision in this clone; ${reason}`);
  }
  return { name, commit: stdout.trim() };
}

/** Checks the base out into a new folder and installs its packages. */
export function checkOut({ name, commit }: Base, folder: string): void {
  const { status, stderr } = git("worktree", "add", "--detach", folder, commit);
  if (status !== 0) {
    throw new Error(`cannot check out ${name}: ${stderr.trim()}`);
  }
  if (!existsSync(join(folder, MAIN))) {
    throw new Error(
      `${name} has no tools/deploy/main.ts, so it cannot be applied with its own commands: expected a later revision`,
    );
  }
  const lock = (root: string) => readFileSync(join(root, "package-lock.json"), "utf8");
  if (lock(folder) === lock(ROOT)) {
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"), "junction");
    return;
  }
  console.log(`${name}: npm ci, because its package-lock.json differs ...`);
  const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--prefer-offline"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  if (npm.status !== 0) {
    throw new Error(`${name}: npm ci failed`);
  }
}

/** Removes a checkout if it exists. */
export function removeCheckout(folder: string): void {
  git("worktree", "remove", "--force", folder);
}

export interface ApplyOptions {
  /** Folder of the checkout. */
  readonly folder: string;
  readonly account: string;
  readonly overrides: readonly string[];
  /** Receives every line that the base's commands print. */
  readonly log: Writable;
  readonly signal: AbortSignal;
}

/**
 * Applies all stacks of the base to the emulator in this process's environment, each as soon as its upstream stacks are
 * applied, and returns them.
 */
export async function applyBase(base: Base, options: ApplyOptions): Promise<readonly Stack[]> {
  const synthesized = join(options.folder, "cdktf.out");
  await run(base, ["main.ts"], { ...options, outdir: synthesized });
  const stacks = readStacks(synthesized);
  const bucket = stacks.find(({ name }) => name === STATE_STACK)?.state;
  if (bucket?.kind !== "bucket") {
    throw new Error(`${base.name} has no "${STATE_STACK}" stack with a bucket: expected a later revision`);
  }
  const failure = new AbortController();
  const signal = AbortSignal.any([options.signal, failure.signal]);
  // Each command synthesizes into a separate folder, because parallel commands would overwrite each other's files.
  const start = (name: string, ...args: readonly string[]) =>
    run(base, [MAIN, ...args, "--auto-approve"], { ...options, signal, outdir: `${synthesized}.${name}` });
  const applied = new Map([[STATE_STACK, start(STATE_STACK, "bootstrap")]]);
  const ready = waitForBucket(bucket, options.account, signal);
  for (const { name, dependencies } of stacks.filter((stack) => stack.name !== STATE_STACK)) {
    const upstream = Promise.all([ready, ...dependencies.map((dependency) => applied.get(dependency))]);
    applied.set(
      name,
      upstream.then(() => start(name, "deploy", name)),
    );
  }
  for (const command of applied.values()) {
    command.catch((error) => failure.abort(error));
  }
  await Promise.allSettled(applied.values());
  options.signal.throwIfAborted();
  failure.signal.throwIfAborted();
  return stacks;
}

/** Waits for the bucket, not for its command: the provider waits another minute after the bucket is usable. */
async function waitForBucket(bucket: BucketLocation, account: string, signal: AbortSignal): Promise<void> {
  while (!(await bucketExists(bucket, account))) {
    await sleep(POLL_MILLISECONDS, undefined, { signal });
  }
}

/** Runs a program of the base and prints the start and the end of each step. */
async function run(
  { name }: Base,
  args: readonly string[],
  { folder, overrides, outdir, log, signal }: ApplyOptions & { readonly outdir: string },
): Promise<void> {
  signal.throwIfAborted();
  const program = spawn(process.execPath, args, {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, MYSFITS_SET: overrides.join(";"), CDKTF_OUTDIR: outdir },
    // A separate process group: it gets Ctrl-C from this process only, and then lets Terraform finish cleanly.
    detached: true,
  });
  const interrupt = () => program.kill("SIGINT");
  signal.addEventListener("abort", interrupt);
  const lines: string[] = [];
  const forward = async (stream: NodeJS.ReadableStream) => {
    for await (const line of createInterface({ input: stream })) {
      log.write(`${line}\n`);
      lines.push(line);
      if (/^[\w-]+: .*(\.\.\.|done in .*)$/.test(line)) {
        console.log(`${name}: ${line}`);
      }
    }
  };
  try {
    const [[code]] = await Promise.all([once(program, "close"), forward(program.stdout), forward(program.stderr)]);
    signal.throwIfAborted();
    if (code !== 0) {
      throw new Error([...lines.slice(-30), `${name}: node ${args.join(" ")} failed`].join("\n"));
    }
  } finally {
    signal.removeEventListener("abort", interrupt);
  }
}

function git(...args: readonly string[]) {
  const result = spawnSync("git", args, { cwd: ROOT, encoding: "utf8" });
  if (result.error !== undefined) {
    throw new Error("npm run preview requires git: no git on the PATH");
  }
  return result;
}
