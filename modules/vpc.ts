import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group/index.js";
import { Eip } from "@cdktf/provider-aws/lib/eip/index.js";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway/index.js";
import { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway/index.js";
import { Route } from "@cdktf/provider-aws/lib/route/index.js";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table/index.js";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association/index.js";
import { Subnet } from "@cdktf/provider-aws/lib/subnet/index.js";
import { Vpc as AwsVpc } from "@cdktf/provider-aws/lib/vpc/index.js";
import { Construct } from "constructs";
import { subrange } from "../settings/cidr.ts";

export interface VpcProps {
  readonly name: string;
  /** IPv4 range; each subnet takes a sixteenth of it. */
  readonly cidr: string;
  /** Availability zones, two or three; each gets a public and a private subnet. */
  readonly zones: readonly string[];
  readonly natGateways: "one" | "one-per-zone";
}

const EVERYWHERE = "0.0.0.0/0";

/** Sixteen parts of the VPC's range: public subnets take them from the first on, private ones from the ninth. */
const SUBNET_BITS = 4;
const FIRST_PRIVATE_PART = 8;

/** A VPC with a public and a private subnet in every zone, a way out for the private ones, and a default security group that admits nothing. */
export class Vpc extends Construct {
  readonly id: string;
  readonly publicSubnetIds: readonly string[];
  readonly privateSubnetIds: readonly string[];
  readonly privateRouteTableIds: readonly string[];
  /** Public IPv4 addresses under which the private subnets reach the internet. */
  readonly natAddresses: readonly string[];

  constructor(scope: Construct, id: string, { name, cidr, zones, natGateways }: VpcProps) {
    super(scope, id);
    const vpc = new AwsVpc(this, "vpc", {
      cidrBlock: cidr,
      enableDnsSupport: true,
      enableDnsHostnames: true,
      tags: { Name: name },
    });
    this.id = vpc.id;
    new DefaultSecurityGroup(this, "default-security-group", {
      vpcId: vpc.id,
      tags: { Name: `${name}-default-closed` },
    });

    const subnet = (kind: "public" | "private", zone: string, part: number) =>
      new Subnet(this, `${kind}-${zone}`, {
        vpcId: vpc.id,
        availabilityZone: zone,
        cidrBlock: subrange(cidr, SUBNET_BITS, part),
        tags: { Name: `${name}-${kind}-${zone}` },
      });
    const publicSubnets = zones.map((zone, index) => subnet("public", zone, index));
    const privateSubnets = zones.map((zone, index) => subnet("private", zone, FIRST_PRIVATE_PART + index));
    this.publicSubnetIds = publicSubnets.map(({ id }) => id);
    this.privateSubnetIds = privateSubnets.map(({ id }) => id);

    const internet = new InternetGateway(this, "internet-gateway", { vpcId: vpc.id, tags: { Name: name } });
    const publicTable = this.routeTable("public", vpc.id, publicSubnets, name);
    new Route(this, "public-route", {
      routeTableId: publicTable.id,
      destinationCidrBlock: EVERYWHERE,
      gatewayId: internet.id,
    });

    const nats = publicSubnets.slice(0, natGateways === "one" ? 1 : zones.length).map((publicSubnet, index) => {
      const zone = zones[index];
      const address = new Eip(this, `nat-address-${zone}`, {
        domain: "vpc",
        tags: { Name: `${name}-nat-${zone}` },
        dependsOn: [internet],
      });
      return {
        address,
        gateway: new NatGateway(this, `nat-${zone}`, {
          allocationId: address.id,
          subnetId: publicSubnet.id,
          tags: { Name: `${name}-${zone}` },
          dependsOn: [internet],
        }),
      };
    });
    this.natAddresses = nats.map(({ address }) => address.publicIp);
    const privateTables = privateSubnets.map((privateSubnet, index) => {
      const zone = zones[index];
      const table = this.routeTable(`private-${zone}`, vpc.id, [privateSubnet], name);
      const nat = nats[index] ?? nats[0];
      new Route(this, `private-route-${zone}`, {
        routeTableId: table.id,
        destinationCidrBlock: EVERYWHERE,
        natGatewayId: nat?.gateway.id,
      });
      return table;
    });
    this.privateRouteTableIds = privateTables.map(({ id }) => id);
  }

  private routeTable(kind: string, vpcId: string, subnets: readonly Subnet[], name: string): RouteTable {
    const table = new RouteTable(this, `${kind}-routes`, { vpcId, tags: { Name: `${name}-${kind}` } });
    subnets.forEach((subnet, index) => {
      new RouteTableAssociation(this, `${kind}-association-${index}`, { routeTableId: table.id, subnetId: subnet.id });
    });
    return table;
  }
}
