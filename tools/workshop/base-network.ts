import { DescribeSecurityGroupsCommand, EC2Client } from "@aws-sdk/client-ec2";
import type { ExistingVpcSettings } from "../../settings/network.ts";
import type { Settings } from "../../settings/schema.ts";
import { explainErrors } from "../aws/explain-errors.ts";
import { readAttributes } from "../deploy/state.ts";
import { findStack, type Stack } from "../deploy/synth.ts";

/** Reads the network that the base created, in the form in which a participant's settings refer to it. */
export async function readBaseNetwork(
  stacks: readonly Stack[],
  { account, zones, environment, project }: Settings,
): Promise<ExistingVpcSettings> {
  const stack = findStack(stacks, "network");
  const [[vpc], subnets, addresses] = await Promise.all([
    readAttributes(stack, account, "aws_vpc"),
    readAttributes(stack, account, "aws_subnet"),
    readAttributes(stack, account, "aws_eip"),
  ]);
  const subnetIds = (kind: "public" | "private") =>
    zones.map((zone) => {
      const name = `${project.prefix}-${environment}-${kind}-${zone}`;
      return required(subnets.find(({ tags }) => (tags as { Name?: string }).Name === name)?.id, `subnet ${name}`);
    });
  return {
    vpcId: required(vpc?.id, "VPC"),
    publicSubnetIds: subnetIds("public"),
    privateSubnetIds: subnetIds("private"),
    natAddresses: addresses.map(({ public_ip }) => required(public_ip, "NAT address")),
  };
}

/** Names of environments of this project, other than the base, with security groups in the VPC that the base created. */
export async function environmentsInBaseVpc(
  stacks: readonly Stack[],
  { account, region, environment, project }: Settings,
): Promise<readonly string[]> {
  const [vpc] = await readAttributes(findStack(stacks, "network"), account, "aws_vpc");
  if (vpc === undefined) {
    return [];
  }
  const { SecurityGroups = [] } = await explainErrors(new EC2Client({ region })).send(
    new DescribeSecurityGroupsCommand({
      Filters: [
        { Name: "vpc-id", Values: [`${vpc.id}`] },
        { Name: "tag:Project", Values: [project.tag] },
      ],
    }),
  );
  const names = SecurityGroups.map(({ Tags = [] }) => Tags.find(({ Key }) => Key === "Environment")?.Value);
  return [...new Set(names)].filter((name) => name !== undefined && name !== environment) as readonly string[];
}

function required(value: unknown, what: string): string {
  if (typeof value !== "string") {
    throw new Error(`the base has no ${what}: deploy its network stack first`);
  }
  return value;
}
