import type { ExistingVpcSettings } from "../../settings/network.ts";
import type { Change } from "../../tools/workshop/variants.ts";

// Settings that tests apply with real Terraform in the emulator, instead of those in the environment's file. Each test takes its
// own from here, and applied-settings.test.ts checks that one of them has another value of every setting.

/** Adds the GitHub roles, and with them a permissions boundary on every other role. */
export const GITHUB_ROLES: readonly Change[] = [
  ["github.repository", "octo/mysfits"],
  ["github.ownerId", 123456],
  ["github.repositoryId", 456789],
  ["github.deployEnvironment", "production"],
];

/** A change to one task definition (like service) and to the parameter that starts its release. */
export const LIKE_LOG_LEVEL: readonly Change[] = [["services.like.logLevel", "DEBUG"]];

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

/** A base of a workshop, copied for its participants: names of its own, three zones, and few optional parts. */
export const WORKSHOP_BASE: readonly Change[] = [
  ["project", { prefix: "pets", tag: "pet-store", title: "Pets" }],
  ["zones", ["us-east-1a", "us-east-1b", "us-east-1c"]],
  ["network.natGateways", "one-per-zone"],
  ["network.interfaceEndpoints", []],
  ["cloudFrontPriceClass", "PriceClass_200"],
  ["logSearch.instances", 1], // not deployed, but two nodes do not fill three zones
  ["labs.metadataProxy", "off"],
  ["labs.logSearch", "off"],
  ["labs.tracing", "off"],
  ["labs.monitoring", "off"],
  ["delivery.rollbackOnAlarms", "off"],
  ["labs.scaling", "off"],
  ...GITHUB_ROLES,
];

interface Existing {
  readonly certificateArn: string;
  readonly hostedZoneId: string;
  /** ARN of the key of the secrets. */
  readonly key: string;
}

/** Secrets of the services, by variable. */
export const SECRETS = {
  API_TOKEN: "arn:aws:secretsmanager:us-east-1:123456789012:secret:pets/token-AbCdEf:token::",
  FLAG: "/pets/flag",
} as const;

/** A participant with HTTPS to the load balancer, secrets, another size of every service, and the parts that the base omits. */
export function participant({ certificateArn, hostedZoneId, key }: Existing): readonly Change[] {
  return [
    ["sharedFrom", "emulator"],
    ["github.oidcProvider", "existing"],
    ["tls", { hostName: "origin.example.com", hostedZoneId, certificateArn }],
    ["labs.metadataProxy", "on"],
    ["labs.metadataProxyFrom", ["10.0.0.0/20"]],
    ["labs.scaling", "on"],
    ["services.like.scaling", "requests-per-task"],
    ...["services.like", "services.monolith"].flatMap((service): Change[] => [
      [`${service}.cpu`, 512],
      [`${service}.memory`, 1024],
      [`${service}.minTasks`, 3],
      [`${service}.desiredTasks`, 4],
      [`${service}.maxTasks`, 6],
      [`${service}.capacity`, "FARGATE_SPOT"],
      [`${service}.logLevel`, "WARN"],
      [`${service}.secrets`, SECRETS],
      [`${service}.secretKeys`, [key]],
    ]),
  ];
}

/** Changes as overrides, such as `network.natGateways="one"`. JSON is also YAML. */
export function overridesOf(changes: readonly Change[]): readonly string[] {
  return changes.map(([path, value]) => `${path}=${JSON.stringify(value)}`);
}
