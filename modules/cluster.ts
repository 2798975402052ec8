import { Construct } from "constructs";
import { EcsCluster } from "#aws/ecs-cluster";
import { EcsClusterCapacityProviders } from "#aws/ecs-cluster-capacity-providers";
import { ServiceDiscoveryPrivateDnsNamespace } from "#aws/service-discovery-private-dns-namespace";
import type { Network } from "./network.ts";

/** An ECS cluster on Fargate and Fargate Spot, with Container Insights and a private DNS zone for service discovery. */
export class Cluster extends Construct {
  readonly arn: string;
  readonly name: string;
  readonly namespaceId: string;
  readonly namespaceName: string;

  constructor(scope: Construct, id: string, { name, vpc }: { readonly name: string; readonly vpc: Network }) {
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
