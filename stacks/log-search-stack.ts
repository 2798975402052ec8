import type { Construct } from "constructs";
import { TerraformOutput } from "#cdktf";
import type { LogSearchNames } from "../model/monitoring/log-search.ts";
import { perService } from "../model/services.ts";
import { LogShipper } from "../modules/log-shipper.ts";
import { SearchDomain } from "../modules/search-domain.ts";
import { SearchSignIn } from "../modules/search-sign-in.ts";
import type { Settings } from "../settings/schema.ts";
import { MysfitsStack } from "./mysfits-stack.ts";
import type { ServicesStack } from "./services-stack.ts";

/** Lab 2: the logs of the services in a search domain. */
export class LogSearchStack extends MysfitsStack {
  /** Names that the monitoring stack needs for its metrics. */
  readonly names: LogSearchNames;

  constructor(scope: Construct, settings: Settings, { services }: ServicesStack) {
    super(scope, "log-search", settings);
    const { account, zones, protection, logSearch } = settings;
    const logRetentionDays = settings.logs.retentionDays;
    const name = this.prefix;
    const signIn = new SearchSignIn(this, "sign-in", {
      name: `${name}-log-search`,
      adminEmail: logSearch.adminEmail ?? settings.email,
      mfa: logSearch.mfa,
      deletionProtection: protection,
    });
    const domain = new SearchDomain(this, "domain", {
      name,
      zones: zones.length,
      size: logSearch,
      signIn,
      logRetentionDays,
      sharesLogPolicy: settings.sharedFrom !== undefined,
      emulated: settings.emulator !== undefined,
    });
    const shipper = new LogShipper(this, "log-shipper", {
      name: `${name}-log-shipper`,
      domain,
      sources: perService((service) => services[service].task),
      maxShippers: logSearch.maxShippers,
      logRetentionDays,
    });
    this.names = {
      account,
      domain: domain.name,
      nodeStorage: logSearch.volumeGib,
      nodes: logSearch.instances,
      shipper: shipper.functionName,
      shipperNamespace: shipper.namespace,
      shipperTimeout: shipper.timeoutSeconds,
      deadLetterQueue: shipper.deadLetters.name,
      subscriptions: shipper.subscriptions,
    };
    new TerraformOutput(this, "dashboards-address", {
      value: domain.dashboards,
      description: "Address of the dashboards for searching the services' logs",
    });
    new TerraformOutput(this, "search-endpoint", {
      value: domain.endpoint,
      description: "Endpoint of the search domain for programs such as npm run logs:replay",
    });
    new TerraformOutput(this, "dead-letter-queue", {
      value: shipper.deadLetters.url,
      description: "Queue of log lines that could not be shipped",
    });
  }
}
