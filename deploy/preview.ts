import { createWriteStream, existsSync, mkdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "../emulator/emulator.ts";
import { EMULATED_ACCOUNT, useOnlyEmulator } from "../emulator/environment.ts";
import type { PlansIndex } from "../review/plans.ts";
import { loadSettings } from "../settings/load.ts";
import { applyBase, type Base, checkOut, findBase, removeCheckout } from "./base.ts";
import { planAll } from "./planning.ts";
import { discardPlans } from "./plans-folder.ts";
import { outdir, type Stack, synthesize } from "./synth.ts";

export interface PreviewOptions {
  /** Anything that git takes for a revision. */
  readonly base: string;
  /** Settings on top of the environment's file, in the base as in the working tree. */
  readonly overrides: readonly string[];
  /** Settings on top of those, in the working tree alone. */
  readonly changes: readonly string[];
}

/**
 * Finds out without an account what a change does: applies the base to an emulator and plans the working tree against it.
 * All of this process's AWS clients are led to the emulator for good, and whatever credentials it had are gone. Leaves
 * nothing but the plans, however it ends.
 */
export async function preview({ base: name, overrides, changes }: PreviewOptions): Promise<PlansIndex> {
  await discardPlans();
  const base = findBase(name);
  await using left = new AsyncDisposableStack();
  const signal = untilInterrupted(left);
  mkdirSync(outdir(), { recursive: true });
  const log = createWriteStream(join(outdir(), "preview.log"));
  left.defer(() => log.close());
  const folder = await mkdtemp(join(tmpdir(), "mysfits-preview-"));
  left.defer(() => rm(folder, { recursive: true, force: true }));
  const emulator = await startEmulator({ log });
  left.defer(() => emulator.stop());
  useOnlyEmulator(emulator.endpoint);

  const there = [...overrides, `account=${EMULATED_ACCOUNT}`, `emulator=${emulator.endpoint}`];
  const here = [...there, ...changes];
  const settings = loadSettings({ overrides: here });
  const tree = join(folder, "base");
  left.defer(() => removeCheckout(tree));
  checkOut(base, tree);
  const stacks = existsSync(join(tree, "settings", `${settings.environment}.yaml`))
    ? await applyBase(base, { folder: tree, account: settings.account, overrides: there, log, signal })
    : nothing(base, settings.environment);
  signal.throwIfAborted();
  const all = synthesize({ overrides: here });
  return await planAll(all, { all, settings, preview: { base: base.commit.slice(0, 12), stacks } });
}

/** Aborted by Ctrl-C or its like, so that what was begun is taken away before the process ends. */
function untilInterrupted(left: AsyncDisposableStack): AbortSignal {
  const interruption = new AbortController();
  const interrupt = () => interruption.abort(new Error("the preview was interrupted"));
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  left.defer(() => {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  });
  return interruption.signal;
}

function nothing({ name }: Base, environment: string): readonly Stack[] {
  console.log(`${name} has no settings/${environment}.yaml: the environment is new, and nothing is applied`);
  return [];
}
