import type { Construct } from "constructs";
import { TerraformOutput } from "#cdktf";
import { monitor } from "../model/monitoring/monitoring.ts";
import { onCallDashboard } from "../model/monitoring/on-call-dashboard.ts";
import { perService } from "../model/services.ts";
import { Alarms } from "../modules/alarms.ts";
import { Dashboard } from "../modules/dashboard.ts";
import { environmentOf } from "../modules/environment.ts";
import type { FargateService } from "../modules/fargate-service.ts";
import { SavedQueries } from "../modules/saved-queries.ts";
import { oddLikesUrl, Tracing } from "../modules/tracing.ts";
import type { Settings } from "../settings/schema.ts";
import type { LogSearchStack } from "./log-search-stack.ts";
import { MysfitsStack } from "./mysfits-stack.ts";
import type { PlatformStack } from "./platform-stack.ts";
import type { ServicesStack } from "./services-stack.ts";

/** Tools of the on-call engineer: dashboard, alarms, saved queries, and the X-Ray group and sampling rules. */
export class MonitoringStack extends MysfitsStack {
  private readonly alarms: Alarms;

  constructor(
    scope: Construct,
    settings: Settings,
    { loadBalancer, cluster, table, notifications }: PlatformStack,
    { services }: ServicesStack,
    logSearch?: LogSearchStack,
  ) {
    super(scope, "monitoring", settings);
    const { region, labs } = settings;
    const traced = labs.tracing;
    const monitoring = monitor(settings, {
      loadBalancer: loadBalancer.arnSuffix,
      cluster: cluster.name,
      services: perService((name) => namesOf(services[name])),
      table: table.name,
      logSearch: logSearch?.names,
      tracesUrl: traced ? oddLikesUrl(environmentOf(this)) : undefined,
    });
    this.alarms = new Alarms(this, "alarms", {
      alarms: monitoring.alarms,
      topicArn: notifications.arn,
    });
    const dashboard = new Dashboard(this, "dashboard", {
      name: this.prefix,
      dashboard: onCallDashboard(monitoring, 60),
      alarmArns: this.alarms.arns,
    });
    new SavedQueries(this, "queries", { folder: this.prefix, queries: Object.values(monitoring.queries) });
    if (traced) {
      new Tracing(this, "tracing");
    }
    new TerraformOutput(this, "dashboard-address", {
      value: `https://console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards:name=${dashboard.name}`,
      description: "The on-call dashboard: open it first when something is wrong",
    });
  }

  /** CloudWatch name of an alarm in model/monitoring. Throws for an unknown alarm. */
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
