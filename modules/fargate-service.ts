import { AppautoscalingTarget } from "@cdktf/provider-aws/lib/appautoscaling-target/index.js";
import type { DataAwsIamPolicyDocumentStatement } from "@cdktf/provider-aws/lib/data-aws-iam-policy-document/index.js";
import { EcsService } from "@cdktf/provider-aws/lib/ecs-service/index.js";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group/index.js";
import { ServiceDiscoveryService } from "@cdktf/provider-aws/lib/service-discovery-service/index.js";
import { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter/index.js";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js";
import { Construct } from "constructs";
import type { Container } from "../specs/container.ts";
import { serviceMetrics } from "../specs/monitoring/service.ts";
import type { Service } from "../specs/services.ts";
import type { Cluster } from "./cluster.ts";
import type { ContainerRepository } from "./container-repository.ts";
import type { LoadBalancer } from "./load-balancer.ts";
import type { PublicImages } from "./public-images.ts";
import { ServiceRoutes } from "./service-routes.ts";
import { StepScaling } from "./step-scaling.ts";
import { TargetTracking } from "./target-tracking.ts";
import { TaskDefinition } from "./task-definition.ts";
import type { Vpc } from "./vpc.ts";

export interface FargateServiceProps {
  readonly prefix: string;
  readonly region: string;
  readonly account: string;
  readonly service: Service;
  readonly vpc: Vpc;
  readonly cluster: Cluster;
  readonly loadBalancer: LoadBalancer;
  readonly repositories: Readonly<Record<string, ContainerRepository>>;
  readonly publicImages: PublicImages;
  readonly logRetentionDays: number;
  /** What the service's own code may do in AWS. */
  readonly permissions: readonly DataAwsIamPolicyDocumentStatement[];
  /** Gives the service a name in the cluster's private DNS zone. */
  readonly discoverable?: boolean;
}

/** Seconds after its start in which a task's failing health checks do not count. */
const GRACE_PERIOD = 60;

/** Seconds that a caller may keep a task's address; a stopped task is called for no longer than that. */
const DNS_TTL = 5;

/** A service on Fargate behind the load balancer: tasks in the private subnets, reached by the load balancer and nobody else. */
export class FargateService extends Construct {
  readonly securityGroupId: string;
  readonly serviceName: string;
  readonly serviceArn: string;
  /** Holds the ARN of the newest task definition that Terraform wrote; its change is what starts a release. */
  readonly revision: SsmParameter;
  readonly routes: ServiceRoutes;
  readonly task: TaskDefinition;

  constructor(scope: Construct, id: string, props: FargateServiceProps) {
    super(scope, id);
    const { prefix, service, vpc, cluster, loadBalancer } = props;
    const { port } = service.container;
    const name = `${prefix}-${service.name}`;

    const securityGroup = new SecurityGroup(this, "security-group", {
      name,
      description: `Tasks of the ${service.name} service`,
      vpcId: vpc.id,
    });
    this.securityGroupId = securityGroup.id;
    this.admit("load-balancer", loadBalancer.securityGroupId, port);
    for (const sidecar of service.sidecars) {
      this.open(sidecar);
    }
    new VpcSecurityGroupEgressRule(this, "to-aws", {
      securityGroupId: securityGroup.id,
      description: "HTTPS to services of AWS, which have no fixed addresses",
      cidrIpv4: "0.0.0.0/0",
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
    });

    this.task = new TaskDefinition(this, "task", props);
    this.revision = new SsmParameter(this, "revision", {
      name: `/${prefix}/${service.name}/task-definition`,
      description: `Newest configuration of the ${service.name} service, which a release is made from`,
      type: "String",
      value: this.task.arn,
    });
    this.routes = new ServiceRoutes(this, "routes", { name, service, vpc, loadBalancer });
    const ecs = new EcsService(this, "service", {
      name,
      cluster: cluster.arn,
      taskDefinition: this.task.arn,
      desiredCount: service.tasks.desired,
      capacityProviderStrategy: [{ capacityProvider: service.capacity, weight: 1 }],
      networkConfiguration: {
        subnets: [...vpc.privateSubnetIds],
        securityGroups: [securityGroup.id],
        assignPublicIp: false,
      },
      loadBalancer: [
        { targetGroupArn: this.routes.targetGroupArn, containerName: service.container.name, containerPort: port },
      ],
      healthCheckGracePeriodSeconds: GRACE_PERIOD,
      propagateTags: "SERVICE",
      enableEcsManagedTags: true,
      ...(props.discoverable && { serviceRegistries: { registryArn: this.register(cluster, service) } }),
      ...release(service),
      dependsOn: this.routes.rules,
    });
    this.serviceName = ecs.name;
    this.serviceArn = ecs.id;
    this.scale(name, props);
  }

  /** Lets the members of a security group call the service, on its one port and on their way out as well. */
  admit(caller: string, securityGroupId: string, port: number): void {
    const rule = { description: `From ${caller}`, ipProtocol: "tcp", fromPort: port, toPort: port };
    new VpcSecurityGroupIngressRule(this, `from-${caller}`, {
      ...rule,
      securityGroupId: this.securityGroupId,
      referencedSecurityGroupId: securityGroupId,
    });
    new VpcSecurityGroupEgressRule(this, `out-of-${caller}`, {
      ...rule,
      description: `To ${this.node.id}`,
      securityGroupId,
      referencedSecurityGroupId: this.securityGroupId,
    });
  }

  private scale(name: string, { service: { tasks, scaling }, cluster, loadBalancer }: FargateServiceProps): void {
    const target = new AppautoscalingTarget(this, "scaling", {
      serviceNamespace: "ecs",
      scalableDimension: "ecs:service:DesiredCount",
      resourceId: `service/${cluster.name}/${this.serviceName}`,
      minCapacity: tasks.min,
      maxCapacity: tasks.max,
    });
    const metrics = serviceMetrics({
      ecsService: this.serviceName,
      cluster: cluster.name,
      loadBalancer: loadBalancer.arnSuffix,
      targetGroups: this.routes.targetGroupSuffixes,
    });
    if (scaling?.kind === "steps") {
      new StepScaling(this, "step-scaling", { name, target, scaling, requests: metrics.requests });
    } else if (scaling) {
      new TargetTracking(this, "target-tracking", { name, target, scaling, metrics });
    }
  }

  private open({ name, port, protocol, openTo = [] }: Container): void {
    for (const range of openTo) {
      new VpcSecurityGroupIngressRule(this, `${name}-from-${range.replace("/", "-")}`, {
        securityGroupId: this.securityGroupId,
        description: `From ${range} to ${name}`,
        cidrIpv4: range,
        ipProtocol: protocol,
        fromPort: port,
        toPort: port,
      });
    }
  }

  private register(cluster: Cluster, { name }: Service): string {
    return new ServiceDiscoveryService(this, "name", {
      name,
      dnsConfig: {
        namespaceId: cluster.namespaceId,
        routingPolicy: "MULTIVALUE",
        dnsRecords: [{ type: "A", ttl: DNS_TTL }],
      },
    }).arn;
  }
}

/** How a new revision gets in, and what Terraform leaves alone because a release or scaling moves it. */
function release({ release }: Service) {
  if (release === "blue-green") {
    return {
      deploymentController: { type: "CODE_DEPLOY" },
      lifecycle: { ignoreChanges: ["task_definition", "load_balancer", "capacity_provider_strategy", "desired_count"] },
    };
  }
  return {
    deploymentController: { type: "ECS" },
    deploymentCircuitBreaker: { enable: true, rollback: true },
    deploymentMinimumHealthyPercent: 100,
    deploymentMaximumPercent: 200,
    lifecycle: { ignoreChanges: ["task_definition", "alarms", "desired_count"] },
  };
}
