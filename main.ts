import { App } from "cdktf";
import { GuardRailError, validateAll } from "./guards/guard-rails.ts";
import { loadSettings, SettingsError } from "./settings/load.ts";
import type { Settings } from "./settings/schema.ts";
import { describeAttack } from "./specs/attack.ts";
import { DeliveryStack } from "./stacks/delivery-stack.ts";
import { LoadGeneratorStack } from "./stacks/load-generator-stack.ts";
import { LogSearchStack } from "./stacks/log-search-stack.ts";
import { MonitoringStack } from "./stacks/monitoring-stack.ts";
import { NetworkStack } from "./stacks/network-stack.ts";
import { PlatformStack } from "./stacks/platform-stack.ts";
import { ServicesStack } from "./stacks/services-stack.ts";
import { StateStack } from "./stacks/state-stack.ts";

/** Every stack of an environment, each reading from those above it. */
export function addStacks(app: App, settings: Settings) {
  const state = new StateStack(app, settings);
  const network = new NetworkStack(app, settings);
  const platform = new PlatformStack(app, settings, network);
  const services = new ServicesStack(app, settings, network, platform);
  const { labs, load } = settings;
  const logSearch = labs.logSearch === "on" ? new LogSearchStack(app, settings, services) : undefined;
  const monitoring =
    labs.monitoring === "on" ? new MonitoringStack(app, settings, platform, services, logSearch) : undefined;
  const delivery = new DeliveryStack(app, settings, network, platform, services, monitoring);
  // Looked at even when nobody asks for the generator, so that a wrong setting never waits for the day of the attack.
  const attack = describeAttack(settings);
  const loadGenerator =
    load.generator === "on" ? new LoadGeneratorStack(app, settings, network, platform, attack) : undefined;
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
