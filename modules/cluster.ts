import { EcsCluster } from "@cdktf/provider-aws/lib/ecs-cluster/index.js";
import { EcsClusterCapacityProviders } from "@cdktf/provider-aws/lib/ecs-cluster-capacity-providers/index.js";
import { ServiceDiscoveryPrivateDnsNamespace } from "@cdktf/provider-aws/lib/service-discovery-private-dns-namespace/index.js";
import { Construct } from "constructs";
import type { Vpc } from "./vpc.ts";

/** An ECS cluster on Fargate and Fargate Spot, with Container Insights, and a private DNS zone in which its services find each other. */
export class Cluster extends Construct {
  readonly arn: string;
  readonly name: string;
  readonly namespaceId: string;
  readonly namespaceName: string;

  constructor(scope: Construct, id: string, { name, vpc }: { readonly name: string; readonly vpc: Vpc }) {
    super(scope, id);
    const cluster = new EcsCluster(this, "cluster", {
      name,
      setting: [{ name: "containerInsights", value: "enabled" }],
    });
    new EcsClusterCapacityProviders(this, "capacity", {
      clusterName: cluster.name,
      capacityProviders: ["FARGATE", "FARGATE_SPOT"],
      defaultCapacityProviderStrategy: [{ capacityProvider: "FARGATE", weight: 1 }],
    });
    const namespace = new ServiceDiscoveryPrivateDnsNamespace(this, "namespace", {
      name: `${name}.internal`,
      description: `Services of ${name}, for each other`,
      vpc: vpc.id,
    });
    this.arn = cluster.arn;
    this.name = cluster.name;
    this.namespaceId = namespace.id;
    this.namespaceName = namespace.name;
  }
}
