import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { LogShipper } from "../modules/log-shipper.ts";
import { SearchDomain } from "../modules/search-domain.ts";
import { SearchSignIn } from "../modules/search-sign-in.ts";
import type { Settings } from "../settings/schema.ts";
import { MysfitsStack } from "./mysfits-stack.ts";
import type { ServicesStack } from "./services-stack.ts";

/** Lab 2: the services' logs where people can search them. */
export class LogSearchStack extends MysfitsStack {
  readonly domain: SearchDomain;
  readonly shipper: LogShipper;

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
    this.domain = new SearchDomain(this, "domain", {
      name,
      region,
      account,
      zones: zones.length,
      size: logSearch,
      signIn,
      logRetentionDays,
      emulated: settings.emulator !== undefined,
    });
    this.shipper = new LogShipper(this, "log-shipper", {
      name: `${name}-log-shipper`,
      account,
      domain: this.domain,
      maxShippers: logSearch.maxShippers,
      logRetentionDays,
    });
    this.shipper.ship("like", like.task);
    this.shipper.ship("monolith", monolith.task);
    new TerraformOutput(this, "dashboards-address", {
      value: this.domain.dashboards,
      description: "Where the services' logs are searched",
    });
  }
}
