import { overlap } from "../../../settings/cidr.ts";
import type { Settings } from "../../../settings/schema.ts";
import type { Finding } from "./finding.ts";

/** Range of Docker's bridge, in which some AWS services run. Source: "VPC CIDR blocks", Amazon VPC user guide. */
const DOCKER = "172.17.0.0/16";

/**
 * Checks the range of a VPC that does not exist yet: changing it later replaces the VPC and everything in it.
 *
 * @param ownRange Reads the range of the VPC in this environment's state
 */
export async function checkNewVpc(
  { network: { cidr, existing } }: Pick<Settings, "network">,
  ownRange: () => Promise<string | undefined>,
): Promise<readonly Finding[]> {
  if (existing !== undefined || !overlap(DOCKER, cidr) || (await ownRange()) === cidr) {
    return [];
  }
  return [
    {
      check: "new VPC",
      status: "attention",
      text: `network.cidr is ${cidr}, and AWS services that run Docker, such as SageMaker AI, cannot reach addresses in ${DOCKER}`,
      fix: "set network.cidr to a range outside it, such as 10.0.0.0/16; later, this replaces the VPC and everything in it",
    },
  ];
}
