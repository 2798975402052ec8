import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Stack } from "./synth.ts";

/** How many resources a plan touches; undefined when it changes nothing. */
export type Changes = { readonly add: number; readonly change: number; readonly destroy: number } | undefined;

const PLAN_FILE = "next.tfplan";

/** Where Terraform writes down which version of each provider it took. */
export const LOCK_FILE = ".terraform.lock.hcl";

const OLDEST_VERSION = [1, 10] as const; // the first that locks state in S3 itself

/** Why Terraform cannot be used on this machine, or undefined when it can. */
export function findTerraform(): string | undefined {
  const { error, stdout } = spawnSync("terraform", ["version", "-json"], { encoding: "utf8" });
  const needed = OLDEST_VERSION.join(".");
  if (error !== undefined) {
    return `Terraform ${needed} or later is needed: no terraform on the PATH (https://developer.hashicorp.com/terraform/install)`;
  }
  const { terraform_version: version } = JSON.parse(stdout) as { terraform_version: string };
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isOld = major < OLDEST_VERSION[0] || (major === OLDEST_VERSION[0] && minor < OLDEST_VERSION[1]);
  return isOld ? `Terraform ${needed} or later is needed: this one is ${version}` : undefined;
}

/** Ctrl-C or its like reached Terraform, which had the time to finish what it had begun and to write down what it did. */
export class Interrupted extends Error {}

/** Where Terraform's lines go: to the console, after the stack's name, when left out. */
export interface Listener {
  readonly output?: (line: string) => void;
  readonly complaint?: (line: string) => void;
}

const UNATTENDED = ["-input=false", "-no-color"] as const;
const QUIET = () => {};

/** Takes the provider and the backend that the stack names. Speaks only when that fails. */
export async function init(stack: Stack, listener: Listener = {}): Promise<void> {
  await succeed(stack, ["init", ...UNATTENDED, "-reconfigure"], { output: QUIET, ...listener });
}

/** Moves the stack's state from where the last `init` found it to where the stack now keeps it. */
export async function moveState(stack: Stack): Promise<void> {
  await succeed(stack, ["init", ...UNATTENDED, "-migrate-state", "-force-copy"], { output: QUIET });
}

/** Plans a stack (or its end) and keeps the plan for `apply`. */
export async function plan(stack: Stack, { destroy = false, file = PLAN_FILE } = {}): Promise<Changes> {
  return planWith(stack, [`-out=${file}`, ...(destroy ? ["-destroy"] : [])]);
}

/** Plans a stack into a file, for people to read: takes no lock, so that whoever may only read can plan. */
export async function planUnlocked(stack: Stack, file: string, listener: Listener = {}): Promise<Changes> {
  return planWith(stack, [`-out=${file}`, "-lock=false"], listener);
}

/** Does what a plan said, the last one unless its file is named, and nothing else. */
export async function apply(stack: Stack, file = PLAN_FILE): Promise<void> {
  await succeed(stack, ["apply", ...UNATTENDED, file]);
}

/** Writes a plan as JSON, beside or instead of the file that only Terraform reads. */
export async function show(stack: Stack, { from, to }: { from: string; to: string }): Promise<void> {
  const file = await open(to, "w");
  try {
    await succeed(stack, ["show", "-json", from], {}, file.fd);
  } finally {
    await file.close();
  }
}

/** What the providers of an initialized stack say of their resources, as `terraform providers schema -json` does. */
export async function providerSchemas(stack: Stack): Promise<unknown> {
  const lines: string[] = [];
  await succeed(stack, ["providers", "schema", "-json"], { output: (line) => lines.push(line) });
  return JSON.parse(lines.join("\n"));
}

async function planWith(stack: Stack, flags: readonly string[], listener: Listener = {}): Promise<Changes> {
  let changes: Changes = { add: 0, change: 0, destroy: 0 };
  const { output = (line) => console.log(`${stack.name} | ${line}`), complaint } = listener;
  const read = (line: string) => {
    const [, add, change, destroy] = /^Plan: .*?(\d+) to add, (\d+) to change, (\d+) to destroy/.exec(line) ?? [];
    if (add !== undefined) {
      changes = { add: Number(add), change: Number(change), destroy: Number(destroy) };
    }
    output(line);
  };
  const code = await run(stack, ["plan", ...UNATTENDED, "-detailed-exitcode", ...flags], { output: read, complaint });
  if (code === 0) {
    return undefined;
  }
  if (code !== 2) {
    throw new Error(`${stack.name}: terraform plan failed`);
  }
  return changes;
}

async function succeed(stack: Stack, args: readonly string[], listener: Listener = {}, into?: number): Promise<void> {
  const code = await run(stack, args, listener, into);
  if (code !== 0) {
    throw new Error(`${stack.name}: terraform ${args[0]} failed`);
  }
}

/**
 * Go's garbage collector goes through the provider's description of its thousand resources again and again: a quarter of a
 * plan's CPU time, for 0.1 GB less.
 */
const LESS_COLLECTING = { GOGC: "400" } as const;

/** Runs Terraform in the stack's folder, its output line by line or `into` an open file, and answers with its exit code. */
async function run(
  { name, directory }: Stack,
  args: readonly string[],
  {
    output = (line) => console.log(`${name} | ${line}`),
    complaint = (line) => console.error(`${name} | ${line}`),
  }: Listener,
  into?: number,
): Promise<number | null> {
  const terraform = spawn("terraform", args, {
    cwd: directory,
    stdio: ["ignore", into ?? "pipe", "pipe"],
    // A process group of its own: Ctrl-C then reaches Terraform through us, once. Twice would make it drop its work.
    detached: true,
    env: { ...LESS_COLLECTING, ...pluginCache(), ...process.env, CHECKPOINT_DISABLE: "1" },
  });
  let interrupted = false;
  const interrupt = () => {
    interrupted = true;
    terraform.kill("SIGINT");
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  try {
    const [[code]] = await Promise.all([
      once(terraform, "close"),
      eachLine(terraform.stdout, output),
      eachLine(terraform.stderr, complaint),
    ]);
    if (interrupted) {
      throw new Interrupted(`${name}: terraform ${args[0]} was interrupted`);
    }
    return code as number | null;
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}

async function eachLine(from: Readable | null, act: (line: string) => void): Promise<void> {
  if (from === null) {
    return;
  }
  for await (const line of createInterface({ input: from })) {
    act(line);
  }
}

/** One copy of the provider for all stacks, unless the machine already keeps one: it is hundreds of MB. */
function pluginCache(): Record<string, string> {
  const folder = join(import.meta.dirname, "..", "node_modules", ".cache", "terraform-plugins");
  mkdirSync(folder, { recursive: true });
  // Stacks have no committed lock file, and without one Terraform would not trust the cache.
  return { TF_PLUGIN_CACHE_DIR: folder, TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE: "1" };
}
