import type { Construct } from "constructs";
import { FlowLogs } from "../modules/flow-logs.ts";
import { Vpc } from "../modules/vpc.ts";
import { VpcEndpoints } from "../modules/vpc-endpoints.ts";
import type { Settings } from "../settings/schema.ts";
import { MysfitsStack } from "./mysfits-stack.ts";

/** The network that everything else stands in. */
export class NetworkStack extends MysfitsStack {
  readonly vpc: Vpc;

  constructor(scope: Construct, settings: Settings) {
    super(scope, "network", settings);
    const { account, region, zones, network, logs } = settings;
    const name = this.prefix;
    this.vpc = new Vpc(this, "vpc", { name, cidr: network.cidr, zones, natGateways: network.natGateways });
    new VpcEndpoints(this, "endpoints", {
      name,
      vpc: this.vpc,
      cidr: network.cidr,
      region,
      interfaces: network.interfaceEndpoints,
    });
    new FlowLogs(this, "flow-logs", { name, vpc: this.vpc, account, retentionDays: logs.retentionDays });
  }
}
