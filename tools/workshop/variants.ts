import type { ExistingVpcSettings } from "../../settings/network.ts";
import type { Settings } from "../../settings/schema.ts";

// A workshop has two kinds of environments: the base, which is the instructor's, and one for each participant. Participants use
// the VPC and the account-wide resources of the base.

/** Environments that two digits can number: p01 to p99. */
export const MOST_PARTICIPANTS = 99;

/** Names of numbered participants: p01, p02, and so on. */
export function participantNames(participants: number): readonly string[] {
  return Array.from({ length: participants }, (_, index) => `p${String(index + 1).padStart(2, "0")}`);
}

/** IDs that stand for those of the base's network, which exists only after its deployment. */
const PLACEHOLDER = { vpc: "vpc-00000000", natAddress: "203.0.113.1" };

/** A setting by its path, such as `network.existing`, and its value. */
export type Change = readonly [path: string, value: unknown];

/** Settings of a participant's environment that differ from those of the base, without the network. */
export function participantChanges({ environment, sharedFrom, network, github }: Settings): readonly Change[] {
  return [
    ["sharedFrom", sharedFrom ?? environment],
    ...(network.existing ? [] : [["network.interfaceEndpoints", []] as const]),
    ...(github ? [["github.oidcProvider", "existing"] as const] : []),
  ];
}

/** The same as overrides, with placeholders for the IDs of the network. */
export function participantOverrides(base: Settings): readonly string[] {
  const changes: readonly Change[] = [
    ...participantChanges(base),
    ...(base.network.existing ? [] : [["network.existing", placeholders(base)] as const]),
  ];
  return changes.map(([path, value]) => `${path}=${typeof value === "string" ? value : JSON.stringify(value)}`);
}

function placeholders({ zones }: Settings): ExistingVpcSettings {
  const subnets = (kind: number) => zones.map((_, index) => `subnet-0000000${2 * index + kind}`);
  return {
    vpcId: PLACEHOLDER.vpc,
    publicSubnetIds: subnets(0),
    privateSubnetIds: subnets(1),
    natAddresses: [PLACEHOLDER.natAddress],
  };
}
