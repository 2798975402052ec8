import {
  AllocateAddressCommand,
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateNatGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  type EC2Client,
  ModifyVpcAttributeCommand,
} from "@aws-sdk/client-ec2";
import type { ExistingVpcSettings } from "../../../settings/network.ts";

export interface ExistingNetwork extends ExistingVpcSettings {
  readonly privateRouteTableId: string;
}

/** Creates a VPC as a network team would: two zones, public and private subnets, and one NAT gateway. */
export async function createNetwork(ec2: EC2Client, prefix = "10.8"): Promise<ExistingNetwork> {
  const vpcId = required((await ec2.send(new CreateVpcCommand({ CidrBlock: `${prefix}.0.0/16` }))).Vpc?.VpcId);
  await ec2.send(new ModifyVpcAttributeCommand({ VpcId: vpcId, EnableDnsHostnames: { Value: true } }));
  const subnet = async (AvailabilityZone: string, part: number, bits = 24) => {
    const CidrBlock = `${prefix}.${part}.0/${bits}`;
    return required(
      (await ec2.send(new CreateSubnetCommand({ VpcId: vpcId, AvailabilityZone, CidrBlock }))).Subnet?.SubnetId,
    );
  };
  const publicSubnetIds = [await subnet("us-east-1a", 0, 28), await subnet("us-east-1b", 1, 28)];
  const privateSubnetIds = [await subnet("us-east-1a", 2), await subnet("us-east-1b", 3)];

  const gateway = required((await ec2.send(new CreateInternetGatewayCommand({}))).InternetGateway?.InternetGatewayId);
  await ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId: gateway, VpcId: vpcId }));
  const publicTable = await routeTable(ec2, vpcId, publicSubnetIds);
  await route(ec2, publicTable, { GatewayId: gateway });

  const { AllocationId, PublicIp } = await ec2.send(new AllocateAddressCommand({ Domain: "vpc" }));
  const { NatGateway } = await ec2.send(new CreateNatGatewayCommand({ SubnetId: publicSubnetIds[0], AllocationId }));
  const privateRouteTableId = await routeTable(ec2, vpcId, privateSubnetIds);
  await route(ec2, privateRouteTableId, { NatGatewayId: NatGateway?.NatGatewayId });
  return { vpcId, publicSubnetIds, privateSubnetIds, natAddresses: [required(PublicIp)], privateRouteTableId };
}

async function routeTable(ec2: EC2Client, VpcId: string, subnetIds: readonly string[]): Promise<string> {
  const id = required((await ec2.send(new CreateRouteTableCommand({ VpcId }))).RouteTable?.RouteTableId);
  for (const SubnetId of subnetIds) {
    await ec2.send(new AssociateRouteTableCommand({ RouteTableId: id, SubnetId }));
  }
  return id;
}

async function route(
  ec2: EC2Client,
  RouteTableId: string,
  target: { readonly GatewayId?: string; readonly NatGatewayId?: string | undefined },
): Promise<void> {
  await ec2.send(new CreateRouteCommand({ RouteTableId, DestinationCidrBlock: "0.0.0.0/0", ...target }));
}

function required(id: string | undefined): string {
  if (id === undefined) {
    throw new Error("EC2 returned no ID");
  }
  return id;
}
