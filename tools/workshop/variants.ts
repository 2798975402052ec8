import { parseDocument } from "yaml";
import type { ExistingVpcSettings } from "../../settings/network.ts";
import type { Settings } from "../../settings/schema.ts";

// A workshop has two kinds of environments: the base, which is the instructor's, and one for each participant. Participants use
// the VPC and the account-wide resources of the base.

/** Environments that two digits can number: p01 to p99. */
export const MAX_PARTICIPANTS = 99;

/** Names of numbered participants: p01, p02, and so on. */
export function participantNames(participants: number): readonly string[] {
  return Array.from({ length: participants }, (_, index) => `p${String(index + 1).padStart(2, "0")}`);
}

/** A setting by its path, such as `network.existing`, and its value. */
export type Change = readonly [path: string, value: unknown];

/** Settings of a participant's environment that differ from those of the base, without the network. */
export function participantChanges({ environment, network, github }: Settings): readonly Change[] {
  return [
    ["sharedFrom", environment],
    ...(network.existing ? [] : [["network.interfaceEndpoints", []] as const]),
    ...(github ? [["github.oidcProvider", "existing"] as const] : []),
  ];
}

/** The base's network as a participant's settings refer to it, with other IDs: it exists only after its deployment. */
export function networkPlaceholder({ zones, network }: Settings): readonly Change[] {
  const subnets = (kind: number) => zones.map((_, index) => `subnet-0000000${2 * index + kind}`);
  const existing: ExistingVpcSettings = {
    vpcId: "vpc-00000000",
    publicSubnetIds: subnets(0),
    privateSubnetIds: subnets(1),
    natAddresses: ["203.0.113.1"],
  };
  return network.existing ? [] : [["network.existing", existing]];
}

/** An environment's settings file with some values replaced. Keeps comments and order. */
export function withChanges(text: string, changes: readonly Change[]): string {
  const document = parseDocument(text);
  for (const [path, value] of changes) {
    document.setIn(path.split("."), value);
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}
