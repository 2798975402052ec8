import { App } from "#cdktf";
import { loadProfile } from "./model/load-profile.ts";
import { GuardRailError, validateAll } from "./modules/guard-rails/guard-rails.ts";
import { loadSettings } from "./settings/load.ts";
import type { Settings } from "./settings/schema.ts";
import { SettingsError } from "./settings/settings-error.ts";
import { DeliveryStack } from "./stacks/delivery-stack.ts";
import { LoadGeneratorStack } from "./stacks/load-generator-stack.ts";
import { LogSearchStack } from "./stacks/log-search-stack.ts";
import { MonitoringStack } from "./stacks/monitoring-stack.ts";
import { NetworkStack } from "./stacks/network-stack.ts";
import { PlatformStack } from "./stacks/platform-stack.ts";
import { ServicesStack } from "./stacks/services-stack.ts";
import { StateStack } from "./stacks/state-stack.ts";

/** Adds every stack of an environment. Each one may read from those before it. */
export function addStacks(app: App, settings: Settings) {
  const state = new StateStack(app, settings);
  const network = new NetworkStack(app, settings);
  const platform = new PlatformStack(app, settings, network);
  const services = new ServicesStack(app, settings, network, platform);
  const { labs, load } = settings;
  const logSearch = labs.logSearch ? new LogSearchStack(app, settings, services) : undefined;
  const monitoring = labs.monitoring ? new MonitoringStack(app, settings, platform, services, logSearch) : undefined;
  const delivery = new DeliveryStack(app, settings, network, platform, services, monitoring);
  // Validated even if the generator is off, so that a wrong setting shows up before the day of the load test.
  const loadTest = loadProfile(settings);
  const loadGenerator = load.generator ? new LoadGeneratorStack(app, settings, network, platform, loadTest) : undefined;
  state.boundary?.applyTo(app);
  return { state, network, platform, services, logSearch, monitoring, delivery, loadGenerator };
}

if (import.meta.main) {
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
}
