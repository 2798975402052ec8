import { overlap, prefixLength } from "../../../settings/cidr.ts";
import type { Settings } from "../../../settings/schema.ts";
import { checkAddresses } from "./addresses.ts";
import type { Finding } from "./finding.ts";

const CHECK = "VPC range";

/** Range of Docker's bridge, in which some AWS services run. Source: "VPC CIDR blocks", Amazon VPC user guide. */
const DOCKER = "172.17.0.0/16";

/** Addresses that AWS keeps in each subnet. Source: "Subnet sizing for IPv4", Amazon VPC user guide. */
const RESERVED_ADDRESSES = 5;

/** Each subnet gets a sixteenth of the VPC's range. */
const SUBNET_BITS = 4;

/**
 * Checks the range of the VPC that the environment creates. Changing it later replaces the VPC and everything in it.
 *
 * @param rangeInState Reads the range of the VPC in this environment's state
 */
export async function checkVpcRange(
  settings: Pick<Settings, "network" | "zones" | "services">,
  rangeInState: () => Promise<string | undefined>,
): Promise<readonly Finding[]> {
  const { network } = settings;
  if (network.existing !== undefined) {
    return [];
  }
  return [
    ...checkAddresses(
      {
        check: CHECK,
        subnet: `each private subnet of ${network.cidr}`,
        kind: "private",
        addresses: addressesPerSubnet(network),
        larger: "set network.cidr to a larger range, which replaces a deployed VPC",
      },
      settings,
    ),
    ...(overlap(DOCKER, network.cidr) && (await rangeInState()) !== network.cidr ? [besideDocker(network.cidr)] : []),
  ];
}

function addressesPerSubnet({ cidr, interfaceEndpoints }: Settings["network"]): number {
  return 2 ** (32 - prefixLength(cidr) - SUBNET_BITS) - RESERVED_ADDRESSES - interfaceEndpoints.length;
}

function besideDocker(cidr: string): Finding {
  return {
    check: CHECK,
    status: "attention",
    text: `network.cidr is ${cidr}, and AWS services that run Docker, such as SageMaker AI, cannot reach addresses in ${DOCKER}`,
    fix: "set network.cidr to a range outside it, such as 10.0.0.0/16, before the VPC is created",
  };
}
