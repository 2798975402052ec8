import { Construct } from "constructs";
import { AppautoscalingTarget } from "#aws/appautoscaling-target";
import type { DataAwsIamPolicyDocumentStatement } from "#aws/data-aws-iam-policy-document";
import { EcsService } from "#aws/ecs-service";
import { SecurityGroup } from "#aws/security-group";
import { ServiceDiscoveryService } from "#aws/service-discovery-service";
import { SsmParameter } from "#aws/ssm-parameter";
import { VpcSecurityGroupEgressRule } from "#aws/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "#aws/vpc-security-group-ingress-rule";
import type { Container } from "../model/container.ts";
import { serviceMetrics } from "../model/monitoring/service.ts";
import type { Placement } from "../model/placement.ts";
import type { Service } from "../model/service.ts";
import type { Cluster } from "./cluster.ts";
import type { ContainerRepository } from "./container-repository.ts";
import { environmentOf } from "./environment.ts";
import type { LoadBalancer } from "./load-balancer.ts";
import type { Network } from "./network.ts";
import type { PublicImages } from "./public-images.ts";
import { replacedWith } from "./replaced-with.ts";
import { ServiceRoutes } from "./service-routes.ts";
import { StepScaling } from "./step-scaling.ts";
import { TargetTracking } from "./target-tracking.ts";
import { TaskDefinition } from "./task-definition.ts";

export interface FargateServiceProps {
  readonly service: Service;
  readonly vpc: Network;
  readonly cluster: Cluster;
  readonly loadBalancer: LoadBalancer;
  readonly repositories: Readonly<Record<string, ContainerRepository>>;
  readonly publicImages: PublicImages;
  readonly logRetentionDays: number;
  /** Permissions of the service's own code. */
  readonly permissions: readonly DataAwsIamPolicyDocumentStatement[];
  /** Registers healthy tasks in the cluster's private DNS zone. */
  readonly discoverable: boolean;
  /** Lets Terraform destroy the DNS name while tasks are registered, which ECS may deregister late. */
  readonly forceDestroy: boolean;
}

/** Seconds after a task's start during which failing health checks are ignored. */
const GRACE_PERIOD = 60;

/** Seconds that callers may cache a task's address, and so the longest time that they call a stopped task. */
const DNS_TTL = 5;

/** A service on Fargate: tasks in the private subnets that accept connections from the load balancer only. */
export class FargateService extends Construct {
  readonly definition: Service;
  readonly securityGroupId: string;
  readonly serviceName: string;
  readonly serviceArn: string;
  /** Parameter with the ARN of Terraform's newest task definition. A changed value starts a release. */
  readonly revision: SsmParameter;
  /** Parameter with the `Placement` of a blue/green service's tasks. A changed value starts a release. */
  readonly placement: SsmParameter | undefined;
  readonly routes: ServiceRoutes;
  readonly task: TaskDefinition;

  constructor(scope: Construct, id: string, props: FargateServiceProps) {
    super(scope, id);
    const { service, vpc, cluster, loadBalancer } = props;
    this.definition = service;
    const { port } = service.container;
    const { prefix } = environmentOf(this);
    const name = `${prefix}-${service.name}`;

    const securityGroup = new SecurityGroup(this, "security-group", {
      name,
      description: `Tasks of the ${service.name} service`,
      vpcId: vpc.id,
    });
    this.securityGroupId = securityGroup.id;
    this.admit("load-balancer", loadBalancer.securityGroupId, port);
    for (const sidecar of service.sidecars) {
      this.admitRanges(sidecar);
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
      availabilityZoneRebalancing: service.release === "rolling" ? "ENABLED" : "DISABLED",
      propagateTags: "SERVICE",
      enableEcsManagedTags: true,
      ...(props.discoverable && { serviceRegistries: { registryArn: this.register(props) } }),
      ...release(service),
      dependsOn: this.routes.rules,
    });
    this.serviceName = ecs.name;
    this.serviceArn = ecs.id;
    this.placement =
      service.release === "blue-green" ? this.storePlacement(prefix, props, [securityGroup.id]) : undefined;
    this.scale(name, ecs, props);
  }

  private storePlacement(
    prefix: string,
    { service, vpc }: FargateServiceProps,
    securityGroups: string[],
  ): SsmParameter {
    const placement: Placement = {
      capacityProvider: service.capacity,
      subnets: vpc.privateSubnetIds,
      securityGroups,
    };
    return new SsmParameter(this, "placement", {
      name: `/${prefix}/${service.name}/placement`,
      description: `Network and capacity of the ${service.name} service's tasks, from its next release on`,
      type: "String",
      value: JSON.stringify(placement),
    });
  }

  /** Lets members of a security group call the service: one ingress rule, and one egress rule for the members. */
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

  private scale(
    name: string,
    ecs: EcsService,
    { service: { tasks, scaling }, cluster, loadBalancer }: FargateServiceProps,
  ): void {
    const target = new AppautoscalingTarget(this, "scaling", {
      serviceNamespace: "ecs",
      scalableDimension: "ecs:service:DesiredCount",
      resourceId: `service/${cluster.name}/${this.serviceName}`,
      minCapacity: tasks.min,
      maxCapacity: tasks.max,
      // Deleting a service deregisters its target and policies in AWS, which Terraform does not notice.
      // Source: terraform-provider-aws issue 10432.
      lifecycle: replacedWith(ecs),
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

  private admitRanges({ name, port, protocol, openTo = [] }: Container): void {
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

  private register({ cluster, service: { name }, forceDestroy }: FargateServiceProps): string {
    return new ServiceDiscoveryService(this, "name", {
      name,
      // With it, ECS adds a task to DNS once its container health check passes. Without it, callers get addresses of tasks that
      // do not listen yet. Source: "Service discovery considerations", Amazon ECS developer guide.
      healthCheckCustomConfig: { failureThreshold: 1 },
      forceDestroy,
      dnsConfig: {
        namespaceId: cluster.namespaceId,
        routingPolicy: "MULTIVALUE",
        dnsRecords: [{ type: "A", ttl: DNS_TTL }],
      },
    }).arn;
  }
}

/** The deployment controller, and the arguments that Terraform leaves to releases and auto scaling. */
function release({ release }: Service) {
  if (release === "blue-green") {
    return {
      deploymentController: { type: "CODE_DEPLOY" },
      // ECS rejects a change to the network, load balancer, or capacity: "Use AWS CodeDeploy to trigger a new deployment".
      // Source: UpdateService, Amazon ECS API reference.
      lifecycle: {
        ignoreChanges: [
          "task_definition",
          "load_balancer",
          "network_configuration",
          "capacity_provider_strategy",
          "desired_count",
        ],
      },
    };
  }
  return {
    // Without it, the provider replaces the service when its capacity changes, and the new one starts with the bootstrap image.
    forceNewDeployment: true,
    deploymentController: { type: "ECS" },
    deploymentCircuitBreaker: { enable: true, rollback: true },
    deploymentMinimumHealthyPercent: 100,
    deploymentMaximumPercent: 200,
    lifecycle: { ignoreChanges: ["task_definition", "alarms", "desired_count"] },
  };
}
