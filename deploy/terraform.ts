import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Stack } from "./synth.ts";

/** How many resources a plan touches; undefined when it changes nothing. */
export type Changes = { readonly add: number; readonly change: number; readonly destroy: number } | undefined;

const PLAN_FILE = "next.tfplan";
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

/** Takes the provider and the backend that the stack names. Speaks only when that fails. */
export async function init(stack: Stack): Promise<void> {
  await succeed(stack, ["init", "-reconfigure"], { quiet: true });
}

/** Moves the stack's state from where the last `init` found it to where the stack now keeps it. */
export async function moveState(stack: Stack): Promise<void> {
  await succeed(stack, ["init", "-migrate-state", "-force-copy"], { quiet: true });
}

/** Plans a stack (or its end) and keeps the plan for `apply`. */
export async function plan(stack: Stack, { destroy = false } = {}): Promise<Changes> {
  const args = ["plan", "-detailed-exitcode", `-out=${PLAN_FILE}`, ...(destroy ? ["-destroy"] : [])];
  let changes: Changes = { add: 0, change: 0, destroy: 0 };
  const see = (line: string) => {
    const [, add, change, destroy] = /^Plan: .*?(\d+) to add, (\d+) to change, (\d+) to destroy/.exec(line) ?? [];
    if (add !== undefined) {
      changes = { add: Number(add), change: Number(change), destroy: Number(destroy) };
    }
  };
  const code = await run(stack, args, { see });
  if (code === 0) {
    return undefined;
  }
  if (code !== 2) {
    throw new Error(`${stack.name}: terraform plan failed`);
  }
  return changes;
}

/** Does what the last `plan` said, and nothing else. */
export async function apply(stack: Stack): Promise<void> {
  await succeed(stack, ["apply", PLAN_FILE]);
}

async function succeed(stack: Stack, args: readonly string[], listen: Listen = {}): Promise<void> {
  const code = await run(stack, args, listen);
  if (code !== 0) {
    throw new Error(`${stack.name}: terraform ${args[0]} failed`);
  }
}

interface Listen {
  readonly see?: (line: string) => void;
  /** Shows only what Terraform complains of. */
  readonly quiet?: boolean;
}

/** Runs Terraform in the stack's folder, shows what it says line by line, and answers with its exit code. */
async function run(stack: Stack, [command = "", ...flags]: readonly string[], { see, quiet = false }: Listen) {
  const terraform = spawn("terraform", [command, "-input=false", "-no-color", ...flags], {
    cwd: stack.directory,
    stdio: ["ignore", "pipe", "pipe"],
    // A process group of its own: Ctrl-C then reaches Terraform through us, once. Twice would make it drop its work.
    detached: true,
    env: { ...pluginCache(), ...process.env, CHECKPOINT_DISABLE: "1" },
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
      eachLine(terraform.stdout, (line) => {
        see?.(line);
        if (!quiet) {
          console.log(`${stack.name} | ${line}`);
        }
      }),
      eachLine(terraform.stderr, (line) => console.error(`${stack.name} | ${line}`)),
    ]);
    if (interrupted) {
      // It was given the time to finish what it had begun and to write down what it did.
      throw new Error(`${stack.name}: terraform ${command} was interrupted`);
    }
    return code as number | null;
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}

async function eachLine(from: Readable, act: (line: string) => void): Promise<void> {
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
