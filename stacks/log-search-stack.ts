import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { LogShipper } from "../modules/log-shipper.ts";
import { SearchDomain } from "../modules/search-domain.ts";
import { SearchSignIn } from "../modules/search-sign-in.ts";
import type { Settings } from "../settings/schema.ts";
import type { LogSearchNames } from "../specs/monitoring/log-search.ts";
import { MysfitsStack } from "./mysfits-stack.ts";
import type { ServicesStack } from "./services-stack.ts";

/** Lab 2: the services' logs where people can search them. */
export class LogSearchStack extends MysfitsStack {
  /** What the monitoring stack watches. */
  readonly names: LogSearchNames;

  constructor(scope: Construct, settings: Settings, { like, monolith }: ServicesStack) {
    super(scope, "log-search", settings);
    const { region, account, zones, protection, logSearch } = settings;
    const logRetentionDays = settings.logs.retentionDays;
    const name = this.prefix;
    const signIn = new SearchSignIn(this, "sign-in", {
      name: `${name}-log-search`,
      account,
      adminEmail: logSearch.adminEmail ?? settings.email,
      mfa: logSearch.mfa === "on",
      deletionProtection: protection === "on",
    });
    const domain = new SearchDomain(this, "domain", {
      name,
      region,
      account,
      zones: zones.length,
      size: logSearch,
      signIn,
      logRetentionDays,
      emulated: settings.emulator !== undefined,
    });
    const shipper = new LogShipper(this, "log-shipper", {
      name: `${name}-log-shipper`,
      account,
      domain,
      maxShippers: logSearch.maxShippers,
      logRetentionDays,
    });
    shipper.ship("like", like.task);
    shipper.ship("monolith", monolith.task);
    this.names = {
      account,
      domain: domain.name,
      nodeStorage: logSearch.volumeGib,
      shipper: shipper.functionName,
      shipperTimeout: shipper.timeoutSeconds,
      deadLetterQueue: shipper.deadLetters.name,
      subscriptions: shipper.subscriptions,
    };
    new TerraformOutput(this, "dashboards-address", {
      value: domain.dashboards,
      description: "Where the services' logs are searched",
    });
    new TerraformOutput(this, "search-endpoint", {
      value: domain.endpoint,
      description: "Where programs reach the search domain, such as npm run logs:replay",
    });
    new TerraformOutput(this, "dead-letter-queue", {
      value: shipper.deadLetters.url,
      description: "Where lines wait that could not be shipped",
    });
  }
}
