import type { ExistingVpcSettings } from "../../settings/network.ts";
import type { Change } from "../../tools/workshop/variants.ts";

// Settings that tests apply with real Terraform in the emulator, instead of those in the environment's file.

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

/** Changes as overrides, such as `network.natGateways="one"`. JSON is also YAML. */
export function overridesOf(changes: readonly Change[]): readonly string[] {
  return changes.map(([path, value]) => `${path}=${JSON.stringify(value)}`);
}
