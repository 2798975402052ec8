import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");

/** The stack that holds everybody's state: first to come, and last to go. */
export const STATE_STACK = "state";

/** The stack that comes only when somebody names it, and the setting by which the app has it. */
export const ON_DEMAND = { stack: "load-generator", setting: "load.generator=on" } as const;

/** A synthesized stack, ready for Terraform. */
export interface Stack {
  readonly name: string;
  /** Names of the stacks whose state it reads. */
  readonly dependencies: readonly string[];
  /** Folder that Terraform runs in. */
  readonly directory: string;
  readonly state: StateLocation;
}

/** Where a stack's state lies, as its backend block says: in a bucket, or in a file while there is no bucket. */
export type StateLocation =
  | { readonly kind: "bucket"; readonly bucket: string; readonly key: string; readonly region: string }
  | { readonly kind: "file"; readonly path: string };

export interface SynthOptions {
  /** Settings on top of the environment's file, as `network.natGateways=one`. */
  readonly overrides: readonly string[];
  /** Where the state stack keeps its own state; the bucket unless it is just being made or taken down. */
  readonly stateIn?: "bucket" | "file";
}

/** Runs the app in a process of its own and answers with its stacks, each after those it depends on. */
export function synthesize({ overrides, stateIn = "bucket" }: SynthOptions): readonly Stack[] {
  const { CDKTF_OUTDIR = join(ROOT, "cdktf.out") } = process.env;
  const app = spawnSync(process.execPath, ["--max-semi-space-size=1", "--v8-pool-size=0", join(ROOT, "main.ts")], {
    cwd: ROOT,
    stdio: "inherit",
    env: {
      ...process.env,
      CDKTF_OUTDIR,
      MYSFITS_SET: overrides.join(";"),
      MYSFITS_STATE: stateIn === "file" ? "local" : "",
    },
  });
  if (app.status !== 0) {
    throw new Error("synth failed, nothing was changed");
  }
  return inOrder(readStacks(CDKTF_OUTDIR));
}

interface Manifest {
  readonly stacks: Readonly<Record<string, ManifestStack>>;
}

interface ManifestStack {
  readonly name: string;
  readonly workingDirectory: string;
  readonly synthesizedStackPath: string;
}

interface SynthesizedStack {
  readonly terraform: {
    readonly backend: {
      readonly s3?: { readonly bucket: string; readonly key: string; readonly region: string };
      readonly local?: { readonly path: string };
    };
  };
  readonly data?: {
    readonly terraform_remote_state?: Readonly<Record<string, { readonly config: { readonly key: string } }>>;
  };
}

function readStacks(outdir: string): readonly Stack[] {
  const { stacks } = readJson<Manifest>(join(outdir, "manifest.json"));
  const read = Object.values(stacks).map(({ name, workingDirectory, synthesizedStackPath }) => {
    const stack = readJson<SynthesizedStack>(join(outdir, synthesizedStackPath));
    return { name, directory: join(outdir, workingDirectory), state: stateOf(name, stack), reads: keysRead(stack) };
  });
  return read.map(({ reads, ...stack }) => ({
    ...stack,
    dependencies: read
      .filter(({ state }) => state.kind === "bucket" && reads.includes(state.key))
      .map(({ name }) => name),
  }));
}

/** Keys of the states that a stack reads. The manifest knows fewer dependencies: the load generator keeps its own to itself. */
function keysRead({ data }: SynthesizedStack): readonly string[] {
  return Object.values(data?.terraform_remote_state ?? {}).map(({ config }) => config.key);
}

function stateOf(name: string, { terraform: { backend } }: SynthesizedStack): StateLocation {
  if (backend.s3) {
    return { kind: "bucket", bucket: backend.s3.bucket, key: backend.s3.key, region: backend.s3.region };
  }
  if (backend.local) {
    return { kind: "file", path: backend.local.path };
  }
  throw new Error(`stack ${name} has no backend that this command knows: expected s3 or local`);
}

/** Dependencies first; cdktf has already refused circles. */
function inOrder(stacks: readonly Stack[]): readonly Stack[] {
  const byName = new Map(stacks.map((stack) => [stack.name, stack]));
  const ordered = new Set<Stack>();
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

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, "utf8")) as T;
}
