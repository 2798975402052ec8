import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { App } from "#cdktf";
import { GuardRailError, validateAll } from "./modules/guard-rails/guard-rails.ts";
import { loadSettings } from "./settings/load.ts";
import { outputFolder, requireUsableFolder } from "./settings/output-folder.ts";
import type { Settings } from "./settings/schema.ts";
import { SettingsError } from "./settings/settings-error.ts";
import { addStacks } from "./stacks/add-stacks.ts";

try {
  rejectArguments();
  const settings = loadSettings();
  const outdir = outputFolder();
  requireUsableFolder(outdir);
  const app = new App({ outdir });
  addStacks(app, settings);
  validateAll(app);
  app.synth();
  removeOtherStacks(app);
  if (process.env.npm_lifecycle_event === "synth") {
    console.log(summary(app, settings));
  }
} catch (error) {
  if (!(error instanceof SettingsError || error instanceof GuardRailError)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
}

/** Settings come from the environment, because cdktf passes on no arguments. */
function rejectArguments(): void {
  const found = process.argv.slice(2);
  if (found.length > 0) {
    throw new SettingsError(
      `npm run synth takes no arguments: expected settings in MYSFITS_ENV and MYSFITS_SET, found ${found.join(" ")}`,
    );
  }
}

/** Result of `npm run synth`. Commands that run this program print their own. */
function summary({ outdir, manifest }: App, { environment }: Settings): string {
  const stacks = Object.keys(manifest.stacks);
  return `${environment}: wrote ${stacks.length} stacks (${stacks.join(", ")}) to ${outdir}/stacks. Next, npm run plan shows what would change.`;
}

/**
 * Removes the configuration of stacks that an earlier synth wrote, such as those of another environment. cdktf leaves it
 * next to those in the manifest, where a scan of the folder finds it. The rest of such a folder stays: Terraform may be
 * running there, and it saves a state there that it cannot store.
 */
function removeOtherStacks({ outdir, manifest }: App): void {
  const entries = readdirSync(join(outdir, "stacks"), { withFileTypes: true });
  for (const { name, parentPath } of entries.filter(
    (entry) => entry.isDirectory() && !(entry.name in manifest.stacks),
  )) {
    rmSync(join(parentPath, name, "cdk.tf.json"), { force: true });
  }
}
