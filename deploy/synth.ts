import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Configuration, readConfiguration } from "./configuration.ts";

/** Folder of the project. */
export const ROOT = join(import.meta.dirname, "..");

/** The stack that holds everybody's state: first to come, and last to go. */
export const STATE_STACK = "state";

/** The stack that comes only when somebody names it, and the setting by which the app has it. */
export const ON_DEMAND = { stack: "load-generator", setting: "load.generator=on" } as const;

/** A synthesized stack, ready for Terraform. */
export interface Stack extends Configuration {
  readonly name: string;
  /** Names of the stacks whose state it reads. */
  readonly dependencies: readonly string[];
  /** Folder that Terraform runs in. */
  readonly directory: string;
}

export interface SynthOptions {
  /** Settings on top of the environment's file, as `network.natGateways=one`. */
  readonly overrides: readonly string[];
  /** Where the state stack keeps its own state; the bucket unless it is just being made or taken down. */
  readonly stateIn?: "bucket" | "file";
}

/** Runs the app in a process of its own and answers with its stacks, each after those it depends on. */
export function synthesize({ overrides, stateIn = "bucket" }: SynthOptions): readonly Stack[] {
  const app = spawnSync(process.execPath, ["--max-semi-space-size=1", "--v8-pool-size=0", join(ROOT, "main.ts")], {
    cwd: ROOT,
    stdio: "inherit",
    env: {
      ...process.env,
      CDKTF_OUTDIR: outdir(),
      MYSFITS_SET: overrides.join(";"),
      MYSFITS_STATE: stateIn === "file" ? "local" : "",
    },
  });
  if (app.status !== 0) {
    throw new Error("synth failed, nothing was changed");
  }
  return readStacks(outdir());
}

/** Where the app writes its Terraform, and commands what they make of it. */
export function outdir(): string {
  return resolve(ROOT, process.env.CDKTF_OUTDIR || "cdktf.out");
}

interface Manifest {
  readonly stacks: Readonly<Record<string, ManifestStack>>;
}

interface ManifestStack {
  readonly name: string;
  readonly workingDirectory: string;
  readonly synthesizedStackPath: string;
}

/** The stacks that the app has written into a folder, each after those it depends on. */
export function readStacks(folder: string): readonly Stack[] {
  const { stacks } = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as Manifest;
  const read = Object.values(stacks).map(({ name, workingDirectory, synthesizedStackPath }) => {
    const configuration = readConfiguration(name, join(folder, synthesizedStackPath));
    // The manifest knows fewer dependencies: the load generator keeps its own to itself.
    const dependencies = Object.keys(stacks).filter((other) => other in configuration.reads);
    return { name, dependencies, directory: join(folder, workingDirectory), ...configuration };
  });
  return inOrder(read);
}

/** Dependencies first; cdktf has already refused circles. */
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
