import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { App } from "#cdktf";
import { GuardRailError, validateAll } from "./modules/guard-rails/guard-rails.ts";
import { loadSettings } from "./settings/load.ts";
import { SettingsError } from "./settings/settings-error.ts";
import { addStacks } from "./stacks/add-stacks.ts";

try {
  const settings = loadSettings();
  const app = new App();
  addStacks(app, settings);
  validateAll(app);
  app.synth();
  removeOtherStacks(app);
} catch (error) {
  if (!(error instanceof SettingsError || error instanceof GuardRailError)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
}

/**
 * Removes the stacks that an earlier synth wrote, such as those of another environment. cdktf leaves them beside those in the
 * manifest, where a scan of the folder finds them. A folder with a state stays: Terraform saves it there when it cannot be
 * stored.
 */
function removeOtherStacks({ outdir, manifest }: App): void {
  const stacks = join(outdir, "stacks");
  for (const name of readdirSync(stacks).filter((name) => !(name in manifest.stacks))) {
    const folder = join(stacks, name);
    const hasState = () => readdirSync(folder).some((file) => file.endsWith(".tfstate"));
    if (existsSync(join(folder, "cdk.tf.json")) && !hasState()) {
      rmSync(folder, { recursive: true });
    }
  }
}
