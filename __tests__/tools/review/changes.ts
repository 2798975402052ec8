import type { IConstruct } from "constructs";
import type { CloudwatchDashboard } from "#aws/cloudwatch-dashboard";
import { VpcSecurityGroupIngressRule } from "#aws/vpc-security-group-ingress-rule";
import type { App, TerraformElement } from "#cdktf";
import { PrivateBucket } from "../../../modules/private-bucket.ts";
import type { Settings } from "../../../settings/schema.ts";
import { addStacks } from "../../../stacks/add-stacks.ts";

type Stacks = ReturnType<typeof addStacks>;

/** A proposed change. */
export interface Proposal {
  readonly settings?: readonly string[];
  readonly code?: (stacks: Stacks) => void;
  /** Stacks to plan; all if omitted. */
  readonly stacks?: readonly string[];
}

/** Stacks that are applied before any proposal. */
export const DEPLOYED: readonly string[] = ["network", "platform", "services", "monitoring"];

/** Adds the deployed system and an extra bucket that nothing depends on. */
export function addDeployed(app: App, settings: Settings): Stacks {
  const stacks = addStacks(app, settings);
  new PrivateBucket(stacks.platform, "exports", {
    name: `${stacks.platform.prefix}-exports-${settings.account}`,
    keepOldVersionsDays: 30,
    forceDestroy: true,
  });
  return stacks;
}

/** Proposals by the name of their golden review. */
export const PROPOSALS: Readonly<Record<string, Proposal>> = {
  "first-deployment": {},
  "no-change": { stacks: DEPLOYED },
  "environment-variable": { settings: ["services.like.logLevel=DEBUG"], stacks: ["services"] },
  cidr: { settings: ["network.cidr=10.1.0.0/16"], stacks: ["network", "platform", "services"] },
  "table-replaced": {
    code: ({ platform }) => find(platform, "table/table").addOverride("name", "mysfits-emulator-creatures"),
    stacks: ["platform", "services"],
  },
  "bucket-destroyed": {
    code: ({ platform }) => {
      platform.node.tryRemoveChild("exports");
    },
    stacks: ["platform", "services"],
  },
  "policy-widened": {
    code: ({ services }) => {
      find(services, "monolith/task/task-role/document").addOverride("statement.0.actions", ["dynamodb:*"]);
      find(services, "monolith/task/task-role/document").addOverride("statement.0.resources", ["*"]);
      find(services, "like/task/task-role/trust").addOverride("statement.0.principals", [
        { type: "AWS", identifiers: ["arn:aws:iam::210987654321:root"] },
      ]);
    },
    stacks: ["services"],
  },
  "security-group-opened": {
    code: ({ services }) => {
      new VpcSecurityGroupIngressRule(services, "ssh", {
        securityGroupId: services.services.monolith.securityGroupId,
        description: "Just for a moment",
        cidrIpv4: "0.0.0.0/0",
        ipProtocol: "tcp",
        fromPort: 22,
        toPort: 22,
      });
      const rule = find(services, "monolith/from-load-balancer");
      rule.addOverride("from_port", 0);
      rule.addOverride("to_port", 65535);
    },
    stacks: ["services"],
  },
  "dashboard-edited": {
    code: ({ monitoring }) => {
      const dashboard = find(monitoring as IConstruct, "dashboard/dashboard") as CloudwatchDashboard;
      const body = JSON.parse(dashboard.dashboardBodyInput as string) as {
        widgets: { properties: { title?: string } }[];
      };
      const named = body.widgets.filter(({ properties }) => properties.title !== undefined);
      Object.assign(named[1]?.properties ?? {}, { title: "Renamed" });
      const widgets = body.widgets.filter((widget) => widget !== named[2]);
      dashboard.addOverride("dashboard_body", JSON.stringify({ ...body, widgets }));
    },
    stacks: ["monitoring"],
  },
  "listener-rule-moved": {
    code: ({ services }) => find(services, "like/routes/production-rule").addOverride("priority", 2000),
    stacks: ["services"],
  },
  "protection-off": {
    settings: ["logs.retentionDays=1"],
    code: ({ platform }) => {
      find(platform, "table/table").addOverride("point_in_time_recovery.enabled", false);
      find(platform, "site/files/public-access").addOverride("block_public_policy", false);
      find(platform, "site/files/versioning").addOverride("versioning_configuration.status", "Suspended");
      find(platform, "site/files/policy-document").addOverride("statement.0.effect", "Allow");
      find(platform, "load-balancer/load-balancer").addOverride("access_logs.enabled", false);
    },
    stacks: ["network", "platform", "services"],
  },
  "lab-switched-off": { settings: ["labs.monitoring=off", "delivery.rollbackOnAlarms=off"], stacks: ["services"] },
  drift: { stacks: ["platform", "services"] },
  "failed-upstream": {
    code: ({ network }) => find(network, "vpc/vpc").addOverride("cidr_block", "10.0.0.0"),
    stacks: ["network", "platform", "services"],
  },
};

function find(scope: IConstruct, path: string): TerraformElement {
  return path.split("/").reduce((construct, id) => construct.node.findChild(id), scope) as TerraformElement;
}
