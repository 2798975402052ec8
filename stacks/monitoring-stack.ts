import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { Alarms } from "../modules/alarms.ts";
import { Dashboard } from "../modules/dashboard.ts";
import type { FargateService } from "../modules/fargate-service.ts";
import { SavedQueries } from "../modules/saved-queries.ts";
import { oddLikesUrl, Tracing } from "../modules/tracing.ts";
import type { Settings } from "../settings/schema.ts";
import { watch } from "../specs/monitoring/monitoring.ts";
import { onCallDashboard } from "../specs/monitoring/on-call-dashboard.ts";
import type { LogSearchStack } from "./log-search-stack.ts";
import { MysfitsStack } from "./mysfits-stack.ts";
import type { PlatformStack } from "./platform-stack.ts";
import type { ServicesStack } from "./services-stack.ts";

/** What an on-call engineer looks at: dashboard, alarms, saved queries and the rules of tracing. */
export class MonitoringStack extends MysfitsStack {
  private readonly alarms: Alarms;

  constructor(
    scope: Construct,
    settings: Settings,
    { loadBalancer, cluster, table, notifications }: PlatformStack,
    { like, monolith }: ServicesStack,
    logSearch?: LogSearchStack,
  ) {
    super(scope, "monitoring", settings);
    const { region, environment, labs } = settings;
    const traced = labs.tracing === "on";
    const watched = watch(settings, {
      loadBalancer: loadBalancer.arnSuffix,
      cluster: cluster.name,
      services: { like: namesOf(like), monolith: namesOf(monolith) },
      table: table.name,
      logSearch: logSearch?.names,
      tracesUrl: traced ? oddLikesUrl(region) : undefined,
    });
    this.alarms = new Alarms(this, "alarms", {
      prefix: this.prefix,
      alarms: watched.alarms,
      topicArn: notifications.arn,
    });
    const dashboard = new Dashboard(this, "dashboard", {
      name: this.prefix,
      region,
      dashboard: onCallDashboard(watched),
      alarmArns: this.alarms.arns,
    });
    new SavedQueries(this, "queries", { folder: this.prefix, queries: Object.values(watched.queries) });
    if (traced) {
      new Tracing(this, "tracing", { environment });
    }
    new TerraformOutput(this, "dashboard-address", {
      value: `https://console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards:name=${dashboard.name}`,
      description: "What to open first when something is wrong",
    });
  }

  /** What CloudWatch calls an alarm of specs/monitoring. Throws for one that there is not. */
  alarmName(alarm: string): string {
    const name = this.alarms.names[alarm];
    if (name === undefined) {
      throw new Error(`no alarm "${alarm}": expected one of ${Object.keys(this.alarms.names).join(", ")}`);
    }
    return name;
  }
}

function namesOf({ serviceName, routes, task }: FargateService) {
  return { ecsService: serviceName, targetGroups: routes.targetGroupSuffixes, logGroup: task.logGroupName };
}
