import { Construct } from "constructs";
import { LbListenerRule } from "#aws/lb-listener-rule";
import { LbTargetGroup } from "#aws/lb-target-group";
import type { Service } from "../model/service.ts";
import type { LoadBalancer } from "./load-balancer.ts";
import type { Network } from "./network.ts";

export interface ServiceRoutesProps {
  readonly name: string;
  readonly service: Service;
  readonly vpc: Network;
  readonly loadBalancer: LoadBalancer;
}

/** The target groups of a service and their listener rules: one group for rolling releases, two (blue and green) for blue/green. */
export class ServiceRoutes extends Construct {
  /** Group of the first tasks: blue, if there are two. */
  readonly targetGroupArn: string;
  readonly targetGroupNames: readonly string[];
  /** Dimensions of the groups' CloudWatch metrics: `targetgroup/<name>/<id>`. */
  readonly targetGroupSuffixes: readonly string[];
  /** Dependency of the ECS service: ECS rejects a target group without a load balancer. */
  readonly rules: LbListenerRule[];

  constructor(scope: Construct, id: string, props: ServiceRoutesProps) {
    super(scope, id);
    const { service, loadBalancer } = props;
    const blue = this.targetGroup(service.release === "blue-green" ? "blue" : undefined, props);
    const green = service.release === "blue-green" ? this.targetGroup("green", props) : undefined;
    this.rules = [
      this.rule("production", loadBalancer.productionListenerArn, blue, service),
      this.rule("test", loadBalancer.testListenerArn, green ?? blue, service),
    ];
    const groups = green ? [blue, green] : [blue];
    this.targetGroupArn = blue.arn;
    this.targetGroupNames = groups.map(({ name }) => name);
    this.targetGroupSuffixes = groups.map(({ arnSuffix }) => arnSuffix);
  }

  private targetGroup(color: "blue" | "green" | undefined, { name, service, vpc }: ServiceRoutesProps): LbTargetGroup {
    const { health } = service;
    return new LbTargetGroup(this, color ?? "targets", {
      name: color ? `${name}-${color}` : name,
      vpcId: vpc.id,
      targetType: "ip",
      protocol: "HTTP",
      port: service.container.port,
      deregistrationDelay: String(service.drainSeconds),
      healthCheck: {
        path: health.path,
        interval: health.interval,
        timeout: health.timeout,
        healthyThreshold: health.healthyAfter,
        unhealthyThreshold: health.unhealthyAfter,
        matcher: "200",
      },
    });
  }

  private rule(kind: string, listenerArn: string, group: LbTargetGroup, { rule, release }: Service): LbListenerRule {
    return new LbListenerRule(this, `${kind}-rule`, {
      listenerArn,
      priority: rule.priority,
      action: [{ type: "forward", targetGroupArn: group.arn }],
      condition: [{ pathPattern: { values: [rule.path] } }],
      // CodeDeploy switches the rules of a blue/green service between the groups.
      ...(release === "blue-green" && { lifecycle: { ignoreChanges: ["action"] } }),
    });
  }
}
