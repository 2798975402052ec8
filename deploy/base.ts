import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { bucketIsOurs, type InBucket } from "./state.ts";
import { ROOT, readStacks, STATE_STACK, type Stack } from "./synth.ts";

// The revision that a change is compared with: checked out beside the working tree, and applied by its own commands.

const MAIN = join("deploy", "main.ts");
const POLL_MILLISECONDS = 250;

export interface Base {
  /** As the person called it. */
  readonly name: string;
  readonly commit: string;
}

/** Throws for what is no revision here. */
export function findBase(name: string): Base {
  const { status, stdout } = git("rev-parse", "--verify", "--quiet", `${name}^{commit}`);
  if (status !== 0) {
    throw new Error(
      `--base is "${name}": expected a revision that git has here; a shallow clone has to fetch it first`,
    );
  }
  return { name, commit: stdout.trim() };
}

/** Checks the base out into a folder that does not exist yet, with what it needs to run. */
export function checkOut({ name, commit }: Base, folder: string): void {
  const { status, stderr } = git("worktree", "add", "--detach", folder, commit);
  if (status !== 0) {
    throw new Error(`${name} cannot be checked out: ${stderr.trim()}`);
  }
  if (!existsSync(join(folder, MAIN))) {
    throw new Error(`${name} has no deploy/main.ts, and so no commands to be applied with: expected a later revision`);
  }
  const lock = (root: string) => readFileSync(join(root, "package-lock.json"), "utf8");
  if (lock(folder) === lock(ROOT)) {
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"), "junction");
    return;
  }
  console.log(`${name}: npm ci, because its packages are others ...`);
  const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--prefer-offline"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  if (npm.status !== 0) {
    throw new Error(`${name}: npm ci failed`);
  }
}

/** Takes a checkout away again, as far as there is one. */
export function removeCheckout(folder: string): void {
  git("worktree", "remove", "--force", folder);
}

export interface Application {
  /** Where the base is checked out. */
  readonly folder: string;
  readonly account: string;
  readonly overrides: readonly string[];
  /** Gets every line that the base's commands print. */
  readonly log: Writable;
  readonly signal: AbortSignal;
}

/**
 * Applies all stacks of the base to the emulator that this process's environment leads to, each as soon as those it reads
 * from are there, and answers with them.
 */
export async function applyBase(base: Base, application: Application): Promise<readonly Stack[]> {
  const synthesized = join(application.folder, "cdktf.out");
  await run(base, ["main.ts"], { ...application, outdir: synthesized });
  const stacks = readStacks(synthesized);
  const bucket = stacks.find(({ name }) => name === STATE_STACK)?.state;
  if (bucket?.kind !== "bucket") {
    throw new Error(`${base.name} has no stack "${STATE_STACK}" with a bucket: expected a later revision`);
  }
  const failure = new AbortController();
  const signal = AbortSignal.any([application.signal, failure.signal]);
  // Each has a folder of its own to synthesize into: side by side they would write over each other's.
  const start = (name: string, ...args: readonly string[]) =>
    run(base, [MAIN, ...args, "--auto-approve"], { ...application, signal, outdir: `${synthesized}.${name}` });
  const applied = new Map([[STATE_STACK, start(STATE_STACK, "bootstrap")]]);
  const ready = untilThere(bucket, application.account, signal);
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
  application.signal.throwIfAborted();
  failure.signal.throwIfAborted();
  return stacks;
}

/** The provider stays with a bucket for a minute after it has long been there for the others. */
async function untilThere(bucket: InBucket, account: string, signal: AbortSignal): Promise<void> {
  while (!(await bucketIsOurs(bucket, account))) {
    await sleep(POLL_MILLISECONDS, undefined, { signal });
  }
}

/** Runs a program of the base, and shows what it begins and ends. */
async function run(
  { name }: Base,
  args: readonly string[],
  { folder, overrides, outdir, log, signal }: Application & { readonly outdir: string },
): Promise<void> {
  signal.throwIfAborted();
  const program = spawn(process.execPath, args, {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, MYSFITS_SET: overrides.join(";"), CDKTF_OUTDIR: outdir },
    // Its own process group: Ctrl-C reaches it through us, and it has Terraform come to a clean end.
    detached: true,
  });
  const interrupt = () => program.kill("SIGINT");
  signal.addEventListener("abort", interrupt);
  const said: string[] = [];
  const hear = async (stream: NodeJS.ReadableStream) => {
    for await (const line of createInterface({ input: stream })) {
      log.write(`${line}\n`);
      said.push(line);
      if (/^[\w-]+: .*(\.\.\.|done in .*)$/.test(line)) {
        console.log(`${name}: ${line}`);
      }
    }
  };
  try {
    const [[code]] = await Promise.all([once(program, "close"), hear(program.stdout), hear(program.stderr)]);
    signal.throwIfAborted();
    if (code !== 0) {
      throw new Error([...said.slice(-30), `${name}: node ${args.join(" ")} failed`].join("\n"));
    }
  } finally {
    signal.removeEventListener("abort", interrupt);
  }
}

function git(...args: readonly string[]) {
  return spawnSync("git", args, { cwd: ROOT, encoding: "utf8" });
}
