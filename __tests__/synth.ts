import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "#cdktf";
import { loadSettings } from "../settings/load.ts";
import type { Settings } from "../settings/schema.ts";
import { addStacks } from "../stacks/add-stacks.ts";

export type Arguments = Record<string, unknown>;

/** A stack as Terraform reads it. */
export interface SynthesizedStack {
  readonly terraform: { readonly backend: { readonly s3: Arguments } };
  readonly provider: { readonly aws: readonly Arguments[] };
  readonly resource: Readonly<Record<string, Readonly<Record<string, Arguments>>>>;
  readonly data: Readonly<Record<string, Readonly<Record<string, Arguments>>>>;
  readonly output?: Readonly<Record<string, Arguments>>;
}

type SynthesizedStacks = Readonly<Record<string, SynthesizedStack>>;

/** Results by settings. Most tests of a file look at the same few environments. */
const synthesized = new Map<string, SynthesizedStacks>();

/**
 * Synthesizes every stack of an environment the way `cdktf synth` does, or returns the result of an earlier call with the same
 * settings. (cdktf's own `Testing.synth` skips the step that turns a reference to another stack into remote state.)
 */
export function synthesize(environment: string, ...overrides: string[]): SynthesizedStacks {
  const key = JSON.stringify([environment, ...overrides]);
  const stacks = synthesized.get(key) ?? synthesizeOnly(addStacks, environment, ...overrides);
  synthesized.set(key, stacks);
  return stacks;
}

/** Synthesizes only the stacks that `add` adds. */
export function synthesizeOnly(
  add: (app: App, settings: Settings) => void,
  environment: string,
  ...overrides: string[]
): SynthesizedStacks {
  const outdir = mkdtempSync(join(tmpdir(), "synth-"));
  try {
    const app = new App({ outdir });
    withoutStackTraces(() => {
      add(app, loadSettings({ environment, overrides }));
      app.synth();
    });
    const manifest = JSON.parse(readFileSync(join(outdir, "manifest.json"), "utf8")) as {
      stacks: Record<string, { synthesizedStackPath: string }>;
    };
    return Object.fromEntries(
      Object.entries(manifest.stacks).map(([name, { synthesizedStackPath }]) => [
        name,
        JSON.parse(readFileSync(join(outdir, synthesizedStackPath), "utf8")),
      ]),
    );
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** Runs without the stack traces that cdktf records for every token, which take a quarter of the CPU time of a synth. */
function withoutStackTraces(act: () => void): void {
  const { captureStackTrace } = Error;
  Error.captureStackTrace = () => {};
  try {
    act();
  } finally {
    Error.captureStackTrace = captureStackTrace;
  }
}

/** The resources of a type, as a list. */
export function resources(stack: SynthesizedStack | undefined, type: string): readonly Arguments[] {
  return Object.values(stack?.resource[type] ?? {});
}

/** The one resource of a type whose construct path ends as given. */
export function resource(stack: SynthesizedStack | undefined, type: string, path: string): Arguments {
  const found = resources(stack, type).filter((candidate) => pathOf(candidate).endsWith(path));
  if (found.length !== 1) {
    throw new Error(
      `${found.length} resources of type ${type} end in ${path}: expected one of ${resources(stack, type).map(pathOf).join(", ")}`,
    );
  }
  return found[0] as Arguments;
}

export function pathOf(resource: Arguments): string {
  return (resource["//"] as { metadata: { path: string } }).metadata.path;
}
