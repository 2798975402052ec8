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
} catch (error) {
  if (!(error instanceof SettingsError || error instanceof GuardRailError)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
}
