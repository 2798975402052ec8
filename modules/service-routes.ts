import { LbListenerRule } from "@cdktf/provider-aws/lib/lb-listener-rule/index.js";
import { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group/index.js";
import { Construct } from "constructs";
import type { Service } from "../specs/services.ts";
import type { LoadBalancer } from "./load-balancer.ts";
import type { Vpc } from "./vpc.ts";

export interface ServiceRoutesProps {
  readonly name: string;
  readonly service: Service;
  readonly vpc: Vpc;
  readonly loadBalancer: LoadBalancer;
}

/** Rules are tried by rising priority: paths of their own first, the service that takes the rest last. */
const PRIORITY = { path: 100, rest: 1000 };

/** The target groups of a service and the listener rules that lead to them: one group for a rolling service, blue and green for the other. */
export class ServiceRoutes extends Construct {
  /** The group that takes the first tasks: blue, where there are two. */
  readonly targetGroupArn: string;
  readonly targetGroupNames: readonly string[];
  /** What CloudWatch calls the groups: `targetgroup/<name>/<id>`. */
  readonly targetGroupSuffixes: readonly string[];
  /** A service can register its tasks only once these stand. */
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

  private rule(kind: string, listenerArn: string, group: LbTargetGroup, { path, release }: Service): LbListenerRule {
    return new LbListenerRule(this, `${kind}-rule`, {
      listenerArn,
      priority: path ? PRIORITY.path : PRIORITY.rest,
      action: [{ type: "forward", targetGroupArn: group.arn }],
      condition: [{ pathPattern: { values: [path ?? "/*"] } }],
      // CodeDeploy moves a blue/green service's rules from group to group.
      ...(release === "blue-green" && { lifecycle: { ignoreChanges: ["action"] } }),
    });
  }
}
