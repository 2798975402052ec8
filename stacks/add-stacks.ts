import type { App } from "#cdktf";
import { loadProfile } from "../model/load-profile.ts";
import type { Settings } from "../settings/schema.ts";
import { DeliveryStack } from "./delivery-stack.ts";
import { LoadGeneratorStack } from "./load-generator-stack.ts";
import { LogSearchStack } from "./log-search-stack.ts";
import { MonitoringStack } from "./monitoring-stack.ts";
import { NetworkStack } from "./network-stack.ts";
import { PlatformStack } from "./platform-stack.ts";
import { ServicesStack } from "./services-stack.ts";
import { StateStack } from "./state-stack.ts";

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
