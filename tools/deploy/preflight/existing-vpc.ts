import type { EC2Client, Route } from "@aws-sdk/client-ec2";
import type { Settings } from "../../../settings/schema.ts";
import { checkAddresses } from "./addresses.ts";
import type { Finding } from "./finding.ts";
import type { Inventory } from "./inventory.ts";
import { readVpc, type SubnetReading, type VpcReading } from "./read-vpc.ts";

type Placement = Pick<Settings, "zones" | "network" | "services">;

const CHECK = "existing VPC";
const LARGER = "choose a larger subnet";

/**
 * Checks the VPC in `network.existing`: that it and its subnets exist, its DNS attributes, the subnets' zones, their routes to
 * the internet, the addresses of its NAT gateways, and free addresses.
 */
export async function checkExistingVpc(
  ec2: EC2Client,
  settings: Placement,
  inventory: Inventory,
): Promise<readonly Finding[]> {
  const { zones, network } = settings;
  const { existing } = network;
  if (existing === undefined) {
    return [];
  }
  const { vpcId, publicSubnetIds, privateSubnetIds } = existing;
  const groups = inventory.values("aws_security_group", "name");
  const vpc = await readVpc(ec2, vpcId, [...publicSubnetIds, ...privateSubnetIds], groups);
  if (vpc === undefined) {
    return [stop(`${vpcId} does not exist in this account and region`, "correct network.existing.vpcId")];
  }
  const subnets = (["public", "private"] as const).flatMap((kind) =>
    existing[`${kind}SubnetIds`].flatMap((id, index) => {
      const subnet = vpc.subnets.get(id);
      return subnet === undefined
        ? [stop(`${id} does not exist in this account and region`, `correct network.existing.${kind}SubnetIds`)]
        : [
            ...checkPlace(id, subnet, { vpcId, zone: `${zones[index]}` }),
            ...(kind === "public" ? checkPublicRoute(id, subnet.route) : checkPrivateRoute(id, subnet.route)),
            ...checkAddresses(
              { check: CHECK, subnet: id, kind, addresses: subnet.addresses, larger: LARGER },
              settings,
            ),
          ];
    }),
  );
  const problems = [...checkVpc(vpcId, vpc, network.cidr), ...subnets, ...checkNat(vpc, existing)];
  return problems.length > 0
    ? problems
    : [{ check: CHECK, status: "ok", text: `${vpcId} with ${vpc.subnets.size} subnets` }];
}

function stop(text: string, fix: string): Finding {
  return { check: CHECK, status: "stop", text, fix };
}

function checkVpc(vpcId: string, { ranges, dnsSupport, dnsHostnames }: VpcReading, cidr: string): Finding[] {
  const off = [
    ...(dnsSupport ? [] : [["enableDnsSupport", "--enable-dns-support"] as const]),
    ...(dnsHostnames ? [] : [["enableDnsHostnames", "--enable-dns-hostnames"] as const]),
  ];
  return [
    ...off.map(([attribute, option]) =>
      stop(
        `${vpcId} has ${attribute} off, and service discovery requires it`,
        `aws ec2 modify-vpc-attribute --vpc-id ${vpcId} ${option}`,
      ),
    ),
    ...(ranges.includes(cidr)
      ? []
      : [stop(`${vpcId} has the range ${ranges.join(", ")}, but the settings say ${cidr}`, "correct network.cidr")]),
  ];
}

function checkPlace(
  id: string,
  subnet: SubnetReading,
  { vpcId, zone }: { readonly vpcId: string; readonly zone: string },
): Finding[] {
  return [
    ...(subnet.vpcId === vpcId ? [] : [stop(`${id} is in ${subnet.vpcId}`, `choose a subnet of ${vpcId}`)]),
    ...(subnet.zone === zone
      ? []
      : [stop(`${id} is in ${subnet.zone}, but the settings say ${zone}`, "list the subnets in the order of zones")]),
  ];
}

function checkPublicRoute(id: string, route: Route | undefined): Finding[] {
  return toInternetGateway(route)
    ? []
    : [stop(`${id} has no default route to an internet gateway`, "choose a public subnet for the load balancer")];
}

function checkPrivateRoute(id: string, route: Route | undefined): Finding[] {
  const fix = "add a default route to a NAT gateway, or choose another subnet";
  if (route === undefined) {
    return [stop(`${id} has no default route`, fix)];
  }
  return toInternetGateway(route)
    ? [stop(`${id} has a default route to an internet gateway, and tasks have no public addresses`, fix)]
    : [];
}

function toInternetGateway(route: Route | undefined): boolean {
  return route?.GatewayId?.startsWith("igw-") === true;
}

/** NAT behind a transit gateway is in another VPC, and is not checked. */
function checkNat(
  { subnets }: VpcReading,
  { privateSubnetIds, natAddresses }: NonNullable<Settings["network"]["existing"]>,
): Finding[] {
  const used = new Set(privateSubnetIds.flatMap((id) => subnets.get(id)?.natAddresses ?? []));
  return [...used].every((address) => natAddresses.includes(address))
    ? []
    : [
        stop(
          `the private subnets reach the internet from ${[...used].join(", ")}, and the smoke test would be rejected`,
          `set network.existing.natAddresses to [${[...used].join(", ")}]`,
        ),
      ];
}
