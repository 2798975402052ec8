import {
  DescribeNatGatewaysCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  type EC2Client,
  type Route,
  type RouteTable,
  type Subnet,
} from "@aws-sdk/client-ec2";

/** An existing VPC as EC2 describes it. */
export interface VpcReading {
  readonly ranges: readonly string[];
  readonly dnsSupport: boolean;
  readonly dnsHostnames: boolean;
  /** By ID. Unknown subnets are left out. */
  readonly subnets: ReadonlyMap<string, SubnetReading>;
}

export interface SubnetReading {
  readonly vpcId: string | undefined;
  readonly zone: string | undefined;
  /** Default route; undefined if there is none or its target is gone. */
  readonly route: Route | undefined;
  /** Public addresses of the NAT gateway that the default route leads to. */
  readonly natAddresses: readonly string[];
  /** Free addresses, and those that this environment already uses. */
  readonly addresses: number;
}

/**
 * Reads a VPC and subnets, or returns undefined if there is no such VPC. It filters by ID, because a request for an unknown ID
 * is an error that names only the first one.
 *
 * @param securityGroups Names of the environment's security groups, by which its own network interfaces are found.
 */
export async function readVpc(
  ec2: EC2Client,
  vpcId: string,
  subnetIds: readonly string[],
  securityGroups: readonly string[],
): Promise<VpcReading | undefined> {
  const inVpc = [{ Name: "vpc-id", Values: [vpcId] }];
  const inSubnets = { Name: "subnet-id", Values: [...subnetIds] };
  const { Vpcs: [vpc] = [] } = await ec2.send(new DescribeVpcsCommand({ Filters: inVpc }));
  if (vpc === undefined) {
    return undefined;
  }
  const [support, hostnames, { Subnets = [] }, { RouteTables = [] }, { NatGateways = [] }, { NetworkInterfaces = [] }] =
    await Promise.all([
      ec2.send(new DescribeVpcAttributeCommand({ VpcId: vpcId, Attribute: "enableDnsSupport" })),
      ec2.send(new DescribeVpcAttributeCommand({ VpcId: vpcId, Attribute: "enableDnsHostnames" })),
      ec2.send(new DescribeSubnetsCommand({ Filters: [inSubnets] })),
      ec2.send(new DescribeRouteTablesCommand({ Filters: inVpc })),
      ec2.send(new DescribeNatGatewaysCommand({ Filter: inVpc })),
      ec2.send(new DescribeNetworkInterfacesCommand({ Filters: [inSubnets] })),
    ]);

  const own = NetworkInterfaces.filter(({ Groups = [] }) =>
    Groups.some(({ GroupName }) => GroupName !== undefined && securityGroups.includes(GroupName)),
  );
  const reading = ({ SubnetId, VpcId, AvailabilityZone, AvailableIpAddressCount = 0 }: Subnet): SubnetReading => {
    const route = defaultRoute(RouteTables, SubnetId);
    const nat = NatGateways.find(({ NatGatewayId }) => NatGatewayId === route?.NatGatewayId);
    return {
      vpcId: VpcId,
      zone: AvailabilityZone,
      route,
      natAddresses: nat?.NatGatewayAddresses?.flatMap(({ PublicIp }) => PublicIp ?? []) ?? [],
      addresses: AvailableIpAddressCount + own.filter((used) => used.SubnetId === SubnetId).length,
    };
  };
  return {
    ranges: vpc.CidrBlockAssociationSet?.flatMap(({ CidrBlock }) => CidrBlock ?? []) ?? [],
    dnsSupport: support.EnableDnsSupport?.Value === true,
    dnsHostnames: hostnames.EnableDnsHostnames?.Value === true,
    subnets: new Map(Subnets.map((subnet) => [`${subnet.SubnetId}`, reading(subnet)])),
  };
}

/** A subnet without a route table of its own uses the VPC's main one. */
function defaultRoute(tables: readonly RouteTable[], subnetId: string | undefined): Route | undefined {
  const table =
    tables.find(({ Associations = [] }) => Associations.some(({ SubnetId }) => SubnetId === subnetId)) ??
    tables.find(({ Associations = [] }) => Associations.some(({ Main }) => Main));
  return table?.Routes?.find(
    ({ DestinationCidrBlock, State }) => DestinationCidrBlock === "0.0.0.0/0" && State !== "blackhole",
  );
}
