import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { claimOutputFolder, outputFolder } from "../../settings/output-folder.ts";
import { type Configuration, readConfiguration } from "./configuration.ts";

/** Root folder of the project. */
export const ROOT = join(import.meta.dirname, "../..");

/** The stack with the state bucket: deployed first, destroyed last. */
export const STATE_STACK = "state";

/** The stack that is deployed only if a command names it, and the setting that adds it to the app. */
export const ON_DEMAND = { stack: "load-generator", setting: "load.generator=on" } as const;

/** A synthesized stack, ready for Terraform. */
export interface Stack extends Configuration {
  readonly name: string;
  /** Names of the stacks whose state it reads. */
  readonly dependencies: readonly string[];
  /** Working directory of Terraform. */
  readonly directory: string;
}

/** Node.js options with which a program starts as fast as with npm. */
export const FAST_START = ["--import", join(ROOT, "tools/packages/fast-start.mjs")] as const;

/** As in cdktf.json. */
const NODE_OPTIONS = [
  "--import",
  join(ROOT, "tools/packages/fast-synth.mjs"),
  "--max-semi-space-size=1",
  "--v8-pool-size=0",
];

export interface SynthOptions {
  /** Settings on top of the environment's file, as `network.natGateways=one`. */
  readonly overrides: readonly string[];
  /** Name of the environment. Default: that of this process (`MYSFITS_ENV`). */
  readonly environment?: string;
  /** Folder with the environments' settings. Default: `settings/`. */
  readonly settings?: string;
  /** Output folder. Default: {@link outdir}. */
  readonly folder?: string;
  /** Location of the state stack's own state: the bucket, except while the bucket is created or destroyed. */
  readonly stateIn?: "bucket" | "file";
}

/** Runs the app in a child process and returns its stacks in dependency order. Throws if another command uses the folder. */
export function synthesize({
  overrides,
  environment,
  settings,
  folder = outdir(),
  stateIn = "bucket",
}: SynthOptions): readonly Stack[] {
  claimOutputFolder(folder);
  const app = spawnSync(process.execPath, [...NODE_OPTIONS, join(ROOT, "main.ts")], {
    cwd: ROOT,
    stdio: "inherit",
    env: {
      ...process.env,
      ...(environment !== undefined && { MYSFITS_ENV: environment }),
      ...(settings !== undefined && { MYSFITS_SETTINGS: settings }),
      CDKTF_OUTDIR: folder,
      MYSFITS_SET: overrides.join(";"),
      MYSFITS_STATE: stateIn === "file" ? "local" : "",
    },
  });
  if (app.status !== 0) {
    throw new Error("synth failed, so nothing was changed");
  }
  return readStacks(folder);
}

/** Path of the output folder of the app and of the commands. */
export function outdir(): string {
  return resolve(ROOT, outputFolder());
}

interface Manifest {
  readonly stacks: Readonly<Record<string, ManifestStack>>;
}

interface ManifestStack {
  readonly name: string;
  readonly workingDirectory: string;
  readonly synthesizedStackPath: string;
}

/** Reads the stacks from the app's output folder, in dependency order. */
export function readStacks(folder: string): readonly Stack[] {
  const { stacks } = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as Manifest;
  const read = Object.values(stacks).map(({ name, workingDirectory, synthesizedStackPath }) => {
    const configuration = readConfiguration(name, join(folder, synthesizedStackPath));
    // The manifest lists fewer dependencies, because the load generator is not declared as a dependent.
    const dependencies = Object.keys(stacks).filter((other) => other in configuration.reads);
    return { name, dependencies, directory: join(folder, workingDirectory), ...configuration };
  });
  return inOrder(read);
}

/** Finds a stack by its name. Throws if the app does not have it. */
export function findStack(stacks: readonly Stack[], name: string): Stack {
  const stack = stacks.find((stack) => stack.name === name);
  if (stack === undefined) {
    throw new Error(`the app has no "${name}" stack`);
  }
  return stack;
}

/** Sorts stacks by dependency, upstream first. There are no cycles, because cdktf rejects them. */
export function inOrder<T extends Pick<Stack, "name" | "dependencies">>(stacks: readonly T[]): readonly T[] {
  const byName = new Map(stacks.map((stack) => [stack.name, stack]));
  const ordered = new Set<T>();
  const add = (name: string): void => {
    const stack = byName.get(name);
    if (stack !== undefined && !ordered.has(stack)) {
      stack.dependencies.forEach(add);
      ordered.add(stack);
    }
  };
  add(STATE_STACK);
  stacks.forEach(({ name }) => {
    add(name);
  });
  return [...ordered];
}
