import type { Settings } from "../../../settings/schema.ts";
import type { Finding } from "./finding.ts";

/** Free addresses per subnet. Source: "Subnets for your load balancer", Application Load Balancer user guide. */
const LOAD_BALANCER_ADDRESSES = 8;

/** Addresses per private subnet of the smoke test's function and the load generator. */
const TEST_ADDRESSES = 2;

export interface Subnet {
  readonly check: string;
  /** The subnet in messages, such as its ID. */
  readonly subnet: string;
  readonly kind: "public" | "private";
  /** Addresses that this environment can use. */
  readonly addresses: number;
  /** The way to a larger subnet. */
  readonly larger: string;
}

/** Checks that a subnet has addresses for the first deployment, and for the highest task counts. */
export function checkAddresses(
  { check, subnet, kind, addresses, larger }: Subnet,
  { zones, services }: Pick<Settings, "zones" | "services">,
): Finding[] {
  const tasks = (count: "desiredTasks" | "maxTasks") =>
    Object.values(services).reduce((sum, service) => sum + service[count], 0);
  const isPublic = kind === "public";
  // A release starts as many tasks again.
  const atFirst = isPublic
    ? LOAD_BALANCER_ADDRESSES
    : Math.ceil((2 * tasks("desiredTasks")) / zones.length) + TEST_ADDRESSES;
  const atMost = isPublic ? LOAD_BALANCER_ADDRESSES : Math.ceil(tasks("maxTasks") / zones.length) + TEST_ADDRESSES;
  const text = `${subnet} has ${addresses} addresses for this environment`;
  if (addresses < atFirst) {
    return [{ check, status: "stop", text: `${text}, and the first deployment uses ${atFirst}`, fix: larger }];
  }
  return addresses >= atMost
    ? []
    : [
        {
          check,
          status: "attention",
          text: `${text}, and the highest task counts use ${atMost}`,
          fix: `${larger}, or lower maxTasks`,
        },
      ];
}
