import { z } from "zod";
import { contains, isRange, overlap, prefixLength, startsAtItsNetwork } from "./cidr.ts";
import { isUnique } from "./unique.ts";

// Every message completes the sentence "expected …", as in schema.ts.

/** AWS services that tasks, builds, and sessions call. Each endpoint costs an hourly fee per zone. */
const INTERFACE_ENDPOINTS = [
  "ecr.api",
  "ecr.dkr",
  "logs",
  "monitoring",
  "secretsmanager",
  "ssm",
  "ssmmessages",
  "sts",
  "xray",
] as const;

/** An IPv4 range in CIDR notation. */
export const range = z
  .string()
  .refine(isRange, { error: "an IPv4 range such as 10.0.0.0/16", abort: true })
  .refine(startsAtItsNetwork, { error: "a range written with its first address, such as 10.0.0.0/16", abort: true });

/** Ranges without addresses for hosts: this network, loopback, link-local, multicast, and reserved. Source: RFC 6890. */
const WITHOUT_HOSTS = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4"];

/** Ranges of private networks, which no address of a NAT is in. Sources: RFC 1918, RFC 6598. */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

const PUBLIC_ADDRESS = "a public IPv4 address such as 203.0.113.7";

/** A resource ID of EC2. Source: "Resource IDs", Amazon EC2 user guide: 8 or 17 hexadecimal digits. */
const resourceId = (kind: string) => {
  const error = `the ID of an existing ${kind}, such as ${kind}-0123456789abcdef0`;
  return z.string(error).regex(new RegExp(`^${kind}-([0-9a-f]{8}|[0-9a-f]{17})$`), error);
};

const subnetIds = z.array(resourceId("subnet")).refine(isUnique, "every subnet once");

const existing = z.strictObject({
  vpcId: resourceId("vpc"),
  /** Subnets of the load balancer, one per zone in the order of `zones`, with a route to an internet gateway. */
  publicSubnetIds: subnetIds,
  /** Subnets of everything else, one per zone in the order of `zones`, with a route to the internet through NAT. */
  privateSubnetIds: subnetIds,
  /** Public addresses of the NAT. The load balancer's test listener admits them. */
  natAddresses: z
    .array(
      z
        .ipv4({ error: PUBLIC_ADDRESS, abort: true })
        .refine((address) => !PRIVATE.some((range) => contains(range, `${address}/32`)), PUBLIC_ADDRESS),
    )
    .min(1, "one address or more")
    .refine(isUnique, "every address once"),
});

/** A VPC that is managed elsewhere, with its subnets. */
export type ExistingVpcSettings = z.infer<typeof existing>;

export const network = z
  .strictObject({
    /** Range of the VPC. Each subnet gets a sixteenth of it; three zones have six subnets. */
    cidr: range,
    /** `one` is cheap, but no private subnet reaches the internet if its zone fails; `one-per-zone` costs one gateway per zone. */
    natGateways: z.enum(["one", "one-per-zone"]),
    /** Interface endpoints, which keep this traffic inside the VPC and save the price of NAT. */
    interfaceEndpoints: z.array(z.enum(INTERFACE_ENDPOINTS)).refine(isUnique, "every endpoint once"),
    /** Uses this VPC instead of creating one, and creates no subnets, routes, NAT gateways, endpoints, or flow logs. */
    existing: existing.optional(),
  })
  .superRefine(({ cidr, interfaceEndpoints, existing }, context) => {
    const report = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
    const withoutHosts = WITHOUT_HOSTS.find((range) => overlap(range, cidr));
    if (withoutHosts !== undefined) {
      report("cidr", `a range outside ${withoutHosts}, which has no addresses for hosts`);
    }
    if (existing === undefined && !(prefixLength(cidr) >= 16 && prefixLength(cidr) <= 22)) {
      report(
        "cidr",
        "a range from /16 (the largest a VPC takes) to /22 (the smallest that leaves every subnet room for 50 tasks)",
      );
    }
    if (existing !== undefined && interfaceEndpoints.length > 0) {
      report(
        "interfaceEndpoints",
        "an empty list with network.existing, because a VPC's endpoints belong to its owner",
      );
    }
  });

/** Checks that an existing VPC has one subnet of each kind per zone. */
export function subnetsFillZones(
  {
    zones,
    network: { existing },
  }: { zones: readonly string[]; network: { existing?: ExistingVpcSettings | undefined } },
  context: z.RefinementCtx,
): void {
  for (const kind of ["publicSubnetIds", "privateSubnetIds"] as const) {
    if (existing !== undefined && existing[kind].length !== zones.length) {
      context.addIssue({
        code: "custom",
        path: ["network", "existing", kind],
        message: `${zones.length} subnets, one in each of ${zones.join(", ")}`,
      });
    }
  }
}
