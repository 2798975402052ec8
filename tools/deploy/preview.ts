import { createWriteStream, existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { loadSettings, settingsFile } from "../../settings/load.ts";
import { claimOutputFolder } from "../../settings/output-folder.ts";
import type { Settings } from "../../settings/schema.ts";
import { startEmulator } from "../emulator/emulator.ts";
import { EMULATED_ACCOUNT, useOnlyEmulator } from "../emulator/environment.ts";
import type { PlansIndex } from "../review/plan/plans-index.ts";
import { applyBase, type Base, checkOut, findBase, removeCheckout } from "./base.ts";
import { abortOnInterrupt } from "./interruption.ts";
import { planAll } from "./planning.ts";
import { discardPlans } from "./plans-folder.ts";
import { outdir, type Stack, synthesize } from "./synth.ts";

export interface PreviewOptions {
  /** Any revision that git understands. */
  readonly base: string;
  /** Settings on top of the environment's file, for the base and the working tree. */
  readonly overrides: readonly string[];
  /** Further settings for the working tree only. */
  readonly changes: readonly string[];
}

/**
 * Shows the effect of a change without an AWS account: applies the base to an emulator and plans the working tree against
 * it. From then on, all AWS clients of this process talk to the emulator, and its AWS credentials are removed. Cleans up
 * everything except the plans, even after a failure.
 */
export async function preview({ base: name, overrides, changes }: PreviewOptions): Promise<PlansIndex> {
  const base = findBase(name);
  claimOutputFolder(outdir());
  await discardPlans();
  await using cleanup = new AsyncDisposableStack();
  const signal = abortOnInterrupt(cleanup, "the preview was interrupted");
  const log = createWriteStream(join(outdir(), "preview.log"));
  cleanup.defer(() => log.close());
  const folder = await mkdtemp(join(tmpdir(), "mysfits-preview-"));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  const emulator = await startEmulator({ log });
  cleanup.defer(() => emulator.stop());
  useOnlyEmulator(emulator.endpoint);

  const baseOverrides = [...overrides, `account=${EMULATED_ACCOUNT}`, `emulator=${emulator.endpoint}`];
  const treeOverrides = [...baseOverrides, ...changes];
  const settings = loadSettings({ overrides: treeOverrides });
  refuseExistingVpc(settings);
  const tree = join(folder, "base");
  cleanup.defer(() => removeCheckout(tree));
  checkOut(base, tree);
  const stacks = existsSync(resolve(tree, settingsFile(settings.environment)))
    ? await applyBase(base, { folder: tree, account: settings.account, overrides: baseOverrides, log, signal })
    : withoutEnvironment(base, settings.environment);
  signal.throwIfAborted();
  const all = synthesize({ overrides: treeOverrides });
  return await planAll(all, { all, settings, signal, preview: { base: base.commit.slice(0, 12), stacks } });
}

function refuseExistingVpc({ network: { existing } }: Settings): void {
  if (existing !== undefined) {
    throw new Error(
      `network.existing.vpcId is ${existing.vpcId}: a preview has no access to AWS and cannot read it; use npm run plan`,
    );
  }
}

function withoutEnvironment({ name }: Base, environment: string): readonly Stack[] {
  console.log(`${name} has no ${settingsFile(environment)}: the environment is new, and no stack is applied`);
  return [];
}
