import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, fstatSync, openSync } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { onInterruption } from "../../command-line/interruption.ts";
import { makeWritableFolder } from "../../settings/make-folder.ts";
import { isInitialized, noteInitialized, noteUninitialized } from "./initialized-folder.ts";
import { LOCK_FILE } from "./installed-provider.ts";
import type { Stack } from "./synth.ts";

/**
 * Changes in Terraform's words, such as `1 to import, 0 to add, 2 to change, 0 to destroy`; empty if only outputs change.
 * Undefined for a plan without changes.
 */
export type Changes = string | undefined;

const PLAN_FILE = "next.tfplan";

const OLDEST_VERSION = [1, 10] as const; // first version with S3-native state locking (use_lockfile)

/** Returns the reason why Terraform cannot be used on this machine, or undefined if it can. */
export function terraformProblem(): string | undefined {
  const version = terraformVersion();
  const needed = OLDEST_VERSION.join(".");
  if (version === undefined) {
    return `Terraform ${needed} or later is required: no terraform on the PATH (https://developer.hashicorp.com/terraform/install)`;
  }
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isOld = major < OLDEST_VERSION[0] || (major === OLDEST_VERSION[0] && minor < OLDEST_VERSION[1]);
  return isOld ? `Terraform ${needed} or later is required: found ${version}` : undefined;
}

/** Version of the Terraform on the PATH, or undefined if there is none. */
export function terraformVersion(): string | undefined {
  const { error, status, stdout, stderr } = spawnSync("terraform", ["version", "-json"], { encoding: "utf8" });
  if (error !== undefined) {
    return undefined;
  }
  if (status !== 0) {
    throw new Error(`terraform version failed: ${stderr.trim()}`);
  }
  return (JSON.parse(stdout) as { terraform_version: string }).terraform_version;
}

export interface RunOptions {
  /** Receives each line of standard output. Default: none with a `log`; otherwise the console, after the name of the stack. */
  readonly output?: (line: string) => void;
  /** Receives each line of standard error. Default: as for `output`. */
  readonly error?: (line: string) => void;
  /** Variables in addition to this process's environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * File to which Terraform itself appends its output. It can then finish and save its state even if this process is killed.
   * With the pipe of a killed process, Terraform 1.11.4 ended at its next line, with its lock in place and an empty state.
   * Lines reach `output` when Terraform ends.
   */
  readonly log?: string | undefined;
  /** Once aborted, Terraform is not started. */
  readonly signal?: AbortSignal;
}

/**
 * True in a workflow. The text of a plan contains values of the state and of other stacks' outputs, even sensitive ones
 * (`tags_all`, the input of terraform_data), and everyone who can read the repository can read the log.
 */
export function hidesPlans(): boolean {
  return Boolean(process.env.CI) && process.env.CI !== "false";
}

const UNATTENDED = ["-input=false", "-no-color"] as const;
const QUIET = () => {};

/** Initializes the provider and the backend of a stack, unless its folder still is. Prints only errors. */
export async function init(stack: Stack, options: RunOptions = {}): Promise<void> {
  if (!isInitialized(stack)) {
    await initWith(stack, ["-reconfigure"], options);
  }
}

/** Moves the stack's state from the backend of the last `init` to its current backend. */
export async function moveState(stack: Stack, options: RunOptions = {}): Promise<void> {
  await initWith(stack, ["-migrate-state", "-force-copy"], options);
}

async function initWith(stack: Stack, flags: readonly string[], options: RunOptions): Promise<void> {
  noteUninitialized(stack);
  await succeed(stack, ["init", ...UNATTENDED, ...flags], { output: QUIET, ...options });
  noteInitialized(stack);
}

interface PlanOptions extends Pick<RunOptions, "environment" | "log"> {
  readonly destroy?: boolean;
  readonly file?: string;
}

/** Plans a stack, or its destruction, and saves the plan for `apply`. */
export async function plan(
  stack: Stack,
  { destroy = false, file = PLAN_FILE, environment, log }: PlanOptions = {},
): Promise<Changes> {
  return planWith(stack, [`-out=${file}`, ...(destroy ? ["-destroy"] : [])], { environment, log });
}

/** Plans a stack into a file for review, without a state lock, so that read-only credentials are enough. */
export async function planUnlocked(stack: Stack, file: string, options: RunOptions = {}): Promise<Changes> {
  return planWith(stack, [`-out=${file}`, "-lock=false"], options);
}

/** Applies a saved plan, by default the last one. */
export async function apply(
  stack: Stack,
  { file = PLAN_FILE, environment, log }: Omit<PlanOptions, "destroy"> = {},
): Promise<void> {
  await succeed(stack, ["apply", ...UNATTENDED, file], { environment, log });
}

/** Converts a plan file to JSON. */
export async function show(
  stack: Stack,
  { from, to }: { from: string; to: string },
  options: RunOptions = {},
): Promise<void> {
  const file = await open(to, "w");
  try {
    await succeed(stack, ["show", "-json", from], options, file.fd);
  } finally {
    await file.close();
  }
}

/** Reads the provider schemas of an initialized stack (`terraform providers schema -json`). */
export async function providerSchemas(stack: Stack, options: RunOptions = {}): Promise<unknown> {
  const lines: string[] = [];
  await succeed(stack, ["providers", "schema", "-json"], { ...options, output: (line) => lines.push(line) });
  return JSON.parse(lines.join("\n"));
}

async function planWith(stack: Stack, flags: readonly string[], options: RunOptions = {}): Promise<Changes> {
  let changes = "";
  const { log, output = log !== undefined || hidesPlans() ? QUIET : toConsole(stack) } = options;
  const read = (line: string) => {
    changes ||= /^Plan: (\d+ to .*\d+ to \w+)/.exec(line)?.[1] ?? "";
    output(line);
  };
  const code = await run(stack, ["plan", ...UNATTENDED, "-detailed-exitcode", ...flags], { ...options, output: read });
  if (code === 0) {
    return undefined;
  }
  if (code !== 2) {
    throw new Error(`${stack.name}: terraform plan failed`);
  }
  return changes;
}

async function succeed(stack: Stack, args: readonly string[], options: RunOptions = {}, into?: number): Promise<void> {
  const code = await run(stack, args, options, into);
  if (code !== 0) {
    throw new Error(`${stack.name}: terraform ${args[0]} failed`);
  }
}

/**
 * Variables for Terraform that starts the provider itself. By default, Go's garbage collector scans the schemas of a thousand
 * resources so often that it takes a quarter of the CPU time of such a run, and saves only 0.1 GB.
 */
export const LESS_GARBAGE_COLLECTION = { GOGC: "400" } as const;

/** The same for Terraform that is attached to a running provider: twice the default saves most of that time, for 60 MB. */
const LESS_GARBAGE_COLLECTION_ATTACHED = { GOGC: "200" } as const;

/**
 * Matches the error of a lock that was released after Terraform tried to take it and before Terraform read who holds it.
 * Terraform 1.11.4 then stops waiting, even before the end of its `-lock-timeout`.
 * See findings/terraform-stops-waiting-for-an-s3-lock-that-is-released-meanwhile.sh.
 */
const LOCK_RELEASED = /^Error: Error acquiring the state lock$.*PreconditionFailed.*\.tflock':.*NoSuchKey/ms;

/** Matches errors of Terraform about a provider whose files are damaged, or were when it was initialized. */
const DAMAGED_PROVIDER = /failed to instantiate provider|checksums recorded in the dependency lock/;

/** Runs Terraform in the stack's folder and returns its exit code. Output goes to a listener, a log, or `into` an open file. */
async function run(
  stack: Stack,
  args: readonly string[],
  {
    log,
    output = log === undefined ? toConsole(stack) : QUIET,
    error = (line) => console.error(`${stack.name} | ${line}`),
    environment,
    signal: interruption,
  }: RunOptions,
  into?: number,
): Promise<number | null> {
  const { name, directory } = stack;
  interruption?.throwIfAborted();
  // Without waiting, so that Ctrl-C never comes between the announcement of a step and its start.
  const file = log === undefined ? undefined : openSync(log, "a");
  const start = file === undefined ? 0 : fstatSync(file).size;
  const terraform = spawn("terraform", args, {
    cwd: directory,
    stdio: ["ignore", into ?? file ?? "pipe", file ?? "pipe"],
    // A separate process group: Terraform gets Ctrl-C once, from this process. A second one would make it exit immediately.
    detached: true,
    env: {
      ...(environment?.TF_REATTACH_PROVIDERS === undefined
        ? LESS_GARBAGE_COLLECTION
        : LESS_GARBAGE_COLLECTION_ATTACHED),
      ...pluginCache(),
      ...process.env,
      ...environment,
      CHECKPOINT_DISABLE: "1",
    },
  });
  let isDamaged = false;
  const onError = (line: string) => {
    isDamaged ||= DAMAGED_PROVIDER.test(line);
    error(line);
  };
  let interrupted = false;
  const stopListening = onInterruption(() => {
    interrupted = true;
    terraform.kill("SIGINT");
  });
  try {
    const [[code, signal]] = await Promise.all([
      once(terraform, "close"),
      eachLine(terraform.stdout, output),
      eachLine(terraform.stderr, onError),
    ]);
    if (isDamaged) {
      error(repairAdvice(stack));
    }
    const logged = log === undefined ? undefined : (await readFile(log)).subarray(start).toString();
    logged?.split("\n").forEach(output);
    if (interrupted) {
      // It has finished its current operations and saved the state.
      throw new Error(`${name}: terraform ${args[0]} was interrupted`);
    }
    if (signal !== null) {
      throw new Error(`${name}: terraform ${args[0]} was killed by ${signal}`);
    }
    const isReleased = logged !== undefined && LOCK_RELEASED.test(logged);
    return isReleased ? await run(stack, args, { log, output, error, environment, signal: interruption }, into) : code;
  } finally {
    stopListening();
    if (file !== undefined) {
      closeSync(file);
    }
  }
}

function repairAdvice({ directory }: Stack): string {
  const { TF_PLUGIN_CACHE_DIR: cache } = { ...pluginCache(), ...process.env };
  const locks = join(dirname(directory), "*", LOCK_FILE);
  return `The AWS provider on this machine is damaged, perhaps by an interrupted download. Repeat the command after: rm -r ${cache} ${locks}`;
}

function toConsole({ name }: Stack): (line: string) => void {
  return (line) => console.log(`${name} | ${line}`);
}

async function eachLine(from: Readable | null, act: (line: string) => void): Promise<void> {
  if (from === null) {
    return;
  }
  for await (const line of createInterface({ input: from })) {
    act(line);
  }
}

/** Shares one copy of the provider (hundreds of MB) between all stacks, unless TF_PLUGIN_CACHE_DIR is set already. */
function pluginCache(): Record<string, string> {
  const folder = join(import.meta.dirname, "../..", "node_modules", ".cache", "terraform-plugins");
  if (process.env.TF_PLUGIN_CACHE_DIR === undefined) {
    makeWritableFolder("the folder of Terraform's providers (TF_PLUGIN_CACHE_DIR)", folder);
  }
  // The stacks have no committed lock file, and without one Terraform does not use the cache unless this is set.
  return { TF_PLUGIN_CACHE_DIR: folder, TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE: "1" };
}
