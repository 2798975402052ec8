import type { ExistingVpcSettings } from "../../settings/network.ts";
import type { Change } from "../../tools/workshop/variants.ts";

// Settings that tests apply with real Terraform in the emulator, instead of those in the environment's file.

/** Adds the GitHub roles, and with them a permissions boundary on every other role. */
export const GITHUB_ROLES: readonly Change[] = [
  ["github.repository", "octo/mysfits"],
  ["github.ownerId", 123456],
  ["github.repositoryId", 456789],
  ["github.deployEnvironment", "production"],
];

/** A change of one task definition (like service) and of the parameter that starts its release. */
export const LOUDER: readonly Change[] = [["services.like.logLevel", "DEBUG"]];

/** Another source of the pipelines, no approval, and another way to shift traffic. */
export const OTHER_DELIVERY: readonly Change[] = [
  ["delivery.branch", "release"],
  ["delivery.githubRepository", "octo/mysfits"],
  ["delivery.approval", "off"],
  ["delivery.trafficShift", "AllAtOnce"],
  ["delivery.bakeMinutes", 10],
];

/** A slower and shorter load test of two mysfits, whose instance is larger and stays on. */
export const OTHER_LOAD: readonly Change[] = [
  ["load.rate", 20],
  ["load.durationSeconds", 300],
  ["load.rampSeconds", 30],
  ["load.mysfits", ["4e53920c-505a-4a90-a694-b9300791f0ae", "2b473002-36f8-4b87-954e-9a377e0ccbec"]],
  ["load.powerOff", "off"],
  ["load.instanceType", "c7g.medium"],
];

/** A VPC that exists before the first deployment. */
export function existingVpc(cidr: string, network: ExistingVpcSettings): readonly Change[] {
  const { vpcId, publicSubnetIds, privateSubnetIds, natAddresses } = network;
  return [
    ["network.cidr", cidr],
    ["network.existing", { vpcId, publicSubnetIds, privateSubnetIds, natAddresses }],
    ["network.interfaceEndpoints", []],
  ];
}

/** A protected platform with a domain and a firewall that reports. */
export const PROTECTED_PLATFORM: readonly Change[] = [
  ["protection", "on"],
  ["cloudFrontPriceClass", "PriceClass_All"],
  ["site.domain", "pets.example.com"],
  ["site.certificateArn", "arn:aws:acm:us-east-1:123456789012:certificate/pets"],
  ["waf", "count"],
];

/** A domain with everything that Terraform creates for it, and a firewall that blocks. */
export const OWN_DOMAIN: readonly Change[] = [
  ["site", { domain: "mysfits.example.com", hostedZoneId: "Z0123456789ABC", redirectWww: "on" }],
  ["waf", "block"],
];

/** Larger data nodes with dedicated masters, and a sign-in without a second factor. */
export const LARGE_SEARCH: readonly Change[] = [
  ["logSearch.instanceType", "r6g.large.search"],
  ["logSearch.masterType", "m6g.large.search"],
  ["logSearch.volumeGib", 20],
  ["logSearch.mfa", "off"],
];

/** On top of settings/workshop.yaml, which has no address for invitations, and the steps of lab 4. */
export const PREVIEWED: readonly Change[] = [
  ["logSearch.adminEmail", "admin@mythical-mysfits.example"],
  ["services.like.scaling", "cpu"],
];

/** Changes as overrides, such as `network.natGateways="one"`. JSON is also YAML. */
export function overridesOf(changes: readonly Change[]): readonly string[] {
  return changes.map(([path, value]) => `${path}=${JSON.stringify(value)}`);
}
