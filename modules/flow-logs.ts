import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { FlowLog } from "@cdktf/provider-aws/lib/flow-log/index.js";
import { Construct } from "constructs";
import { ServiceRole } from "./service-role.ts";
import type { Vpc } from "./vpc.ts";

export interface FlowLogsProps {
  readonly name: string;
  readonly vpc: Vpc;
  readonly account: string;
  readonly retentionDays: number;
}

/** Who talked to whom inside the VPC, accepted and rejected, minute by minute. */
export class FlowLogs extends Construct {
  constructor(scope: Construct, id: string, { name, vpc, account, retentionDays }: FlowLogsProps) {
    super(scope, id);
    const group = new CloudwatchLogGroup(this, "log-group", {
      name: `/${name}/flow-logs`,
      retentionInDays: retentionDays,
    });
    const writer = new ServiceRole(this, "writer", {
      name: `${name}-flow-logs`,
      service: "vpc-flow-logs.amazonaws.com",
      account,
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
      dependsOn: writer.policy ? [writer.policy] : [],
    });
  }
}
