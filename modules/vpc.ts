import { Construct } from "constructs";
import { DefaultSecurityGroup } from "#aws/default-security-group";
import { Eip } from "#aws/eip";
import { InternetGateway } from "#aws/internet-gateway";
import { NatGateway } from "#aws/nat-gateway";
import { Route } from "#aws/route";
import { RouteTable } from "#aws/route-table";
import { RouteTableAssociation } from "#aws/route-table-association";
import { Subnet } from "#aws/subnet";
import { Vpc as AwsVpc } from "#aws/vpc";
import { subrange } from "../settings/cidr.ts";
import type { Network } from "./network.ts";

export interface VpcProps {
  readonly name: string;
  /** IPv4 range. Each subnet takes a sixteenth of it. */
  readonly cidr: string;
  /** Two or three availability zones, each with a public and a private subnet. */
  readonly zones: readonly string[];
  readonly natGateways: "one" | "one-per-zone";
}

const EVERYWHERE = "0.0.0.0/0";

/** The VPC's range has sixteen parts: public subnets start at the first, private ones at the ninth. */
const SUBNET_BITS = 4;
const FIRST_PRIVATE_PART = 8;

/** A VPC with a public and a private subnet per zone, NAT gateways, and a default security group that admits nothing. */
export class Vpc extends Construct implements Network {
  readonly id: string;
  readonly publicSubnetIds: readonly string[];
  readonly privateSubnetIds: readonly string[];
  readonly privateRouteTableIds: readonly string[];
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
