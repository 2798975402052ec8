import type { Construct } from "constructs";
import { ExistingVpc } from "../modules/existing-vpc.ts";
import { FlowLogs } from "../modules/flow-logs.ts";
import type { Network } from "../modules/network.ts";
import { Vpc } from "../modules/vpc.ts";
import { VpcEndpoints } from "../modules/vpc-endpoints.ts";
import type { Settings } from "../settings/schema.ts";
import { MysfitsStack } from "./mysfits-stack.ts";

/** The network of all other stacks: a VPC with endpoints and flow logs, or an existing one, to which nothing is added. */
export class NetworkStack extends MysfitsStack {
  readonly vpc: Network;

  constructor(scope: Construct, settings: Settings) {
    super(scope, "network", settings);
    const { zones, network } = settings;
    const { cidr, existing } = network;
    this.vpc = existing ? new ExistingVpc(this, "existing-vpc", { existing, zones, cidr }) : this.createVpc(settings);
  }

  private createVpc({ zones, network, logs }: Settings): Vpc {
    const name = this.prefix;
    const { cidr, natGateways, interfaceEndpoints } = network;
    const vpc = new Vpc(this, "vpc", { name, cidr, zones, natGateways });
    new VpcEndpoints(this, "endpoints", { name, vpc, cidr, interfaces: interfaceEndpoints });
    new FlowLogs(this, "flow-logs", { name, vpc, retentionDays: logs.retentionDays });
    return vpc;
  }
}
