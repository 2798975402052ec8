import { Construct } from "constructs";
import { CloudwatchLogGroup } from "#aws/cloudwatch-log-group";
import { FlowLog } from "#aws/flow-log";
import { ServiceRole } from "./service-role.ts";
import type { Vpc } from "./vpc.ts";

export interface FlowLogsProps {
  readonly name: string;
  readonly vpc: Vpc;
  readonly retentionDays: number;
}

/** Flow logs of a VPC: accepted and rejected connections, per minute. */
export class FlowLogs extends Construct {
  constructor(scope: Construct, id: string, { name, vpc, retentionDays }: FlowLogsProps) {
    super(scope, id);
    const group = new CloudwatchLogGroup(this, "log-group", {
      name: `/${name}/flow-logs`,
      retentionInDays: retentionDays,
    });
    const writer = new ServiceRole(this, "writer", {
      name: `${name}-flow-logs`,
      service: "vpc-flow-logs.amazonaws.com",
      statements: [
        {
          actions: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
          resources: [`${group.arn}:*`],
        },
      ],
    });
    new FlowLog(this, "flow-log", {
      vpcId: vpc.id,
      trafficType: "ALL",
      logDestinationType: "cloud-watch-logs",
      logDestination: group.arn,
      iamRoleArn: writer.role.arn,
      maxAggregationInterval: 60,
      tags: { Name: name },
      dependsOn: writer.policies,
    });
  }
}
