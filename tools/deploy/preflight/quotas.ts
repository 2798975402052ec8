import { GetServiceQuotaCommand, type ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import type { ExistingResources } from "./existing-resources.ts";
import type { Finding } from "./finding.ts";
import type { Inventory } from "./inventory.ts";

export interface Quota {
  readonly name: string;
  /** Number that the environment adds. */
  readonly need: (inventory: Inventory) => number;
  /** Default from AWS's documentation ("Quotas" page of the service). */
  readonly standard: number;
  /** Service and quota code in Service Quotas. Left out for a quota that it does not list. */
  readonly code?: readonly [service: string, quota: string];
  /** Resources that the quota limits, and the attribute that names them. Left out if they cannot be counted. */
  readonly counts?: readonly [type: string, name: string];
  /** True if a deployment succeeds with too small a quota, but something is limited later. */
  readonly isSoft?: true;
}

/** A quota on the number of resources of a type. */
function quotaOn(type: string, nameAttribute: string, quota: Pick<Quota, "name" | "standard" | "code">): Quota {
  return { ...quota, need: (inventory) => inventory.count(type), counts: [type, nameAttribute] };
}

/**
 * Least concurrency that Lambda leaves to functions without a reservation. It is 100 in an account with the default quota, and 10
 * in a new account, whose whole quota is 10. Source: PutFunctionConcurrency, AWS Lambda API reference, and its error message.
 */
const UNRESERVED_CONCURRENCY = 10;

export const QUOTAS: readonly Quota[] = [
  quotaOn("aws_vpc", "tags.Name", { name: "VPCs per region", standard: 5, code: ["vpc", "L-F678F1CE"] }),
  quotaOn("aws_eip", "tags.Name", {
    name: "Elastic IP addresses per region",
    standard: 5,
    code: ["ec2", "L-0263D0A3"],
  }),
  quotaOn("aws_lb", "name", {
    name: "load balancers per region",
    standard: 50,
    code: ["elasticloadbalancing", "L-53DA6B97"],
  }),
  quotaOn("aws_iam_role", "name", { name: "IAM roles", standard: 1000, code: ["iam", "L-FE177D64"] }),
  quotaOn("aws_xray_sampling_rule", "rule_name", { name: "X-Ray sampling rules per region", standard: 25 }),
  quotaOn("aws_xray_group", "group_name", { name: "X-Ray groups per region", standard: 25 }),
  quotaOn("aws_cloudwatch_log_resource_policy", "policy_name", {
    name: "CloudWatch Logs resource policies per region",
    standard: 10,
  }),
  quotaOn("aws_cloudfront_response_headers_policy", "name", {
    name: "CloudFront response headers policies",
    standard: 20,
  }),
  {
    name: "Lambda concurrency, of which 10 stay unreserved",
    need: ({ reservedConcurrency }) => reservedConcurrency && reservedConcurrency + UNRESERVED_CONCURRENCY,
    standard: 1000,
    code: ["lambda", "L-B99A9384"],
  },
  {
    name: "Fargate vCPUs at the highest task count",
    need: ({ fargateCpus }) => fargateCpus,
    standard: 6,
    code: ["fargate", "L-3032A538"],
    isSoft: true,
  },
];

/**
 * Compares the quotas of the account with the resources that other environments and other projects use and those that this
 * environment adds. Resources of this environment, recognized by their names, count once.
 */
export async function checkQuotas(
  client: ServiceQuotasClient,
  existing: Readonly<Record<string, ExistingResources>>,
  inventory: Inventory,
): Promise<readonly Finding[]> {
  const needed = QUOTAS.filter(({ need }) => need(inventory) > 0);
  return Promise.all(
    needed.map(async (quota) => {
      const [value, used] = await Promise.all([quotaOf(client, quota), inUse(quota, existing, inventory)]);
      return compare(quota, { used, need: quota.need(inventory), ...value });
    }),
  );
}

/** Counts the resources of others. Undefined if they cannot be counted, or if the credentials may not list them. */
async function inUse(
  { counts: [type, name] = ["", ""] }: Quota,
  existing: Readonly<Record<string, ExistingResources>>,
  inventory: Inventory,
): Promise<number | undefined> {
  const own = new Set(inventory.values(type, name));
  try {
    return (await existing[type]?.())?.filter((other) => !own.has(other)).length;
  } catch {
    return undefined;
  }
}

interface Comparison extends QuotaValue {
  /** Undefined if unknown. */
  readonly used: number | undefined;
  readonly need: number;
}

function compare({ name, isSoft, code }: Quota, { used, need, value, source }: Comparison): Finding {
  const check = "quota";
  const inUse = used === undefined ? "" : `${used} in use, `;
  const text = `${name}: ${inUse}this environment adds ${need}, the quota is ${value} (${source})`;
  const total = (used ?? 0) + need;
  if (total > value) {
    const fix = code
      ? `request an increase: aws service-quotas request-service-quota-increase --service-code ${code[0]} --quota-code ${code[1]} --desired-value ${Math.ceil(total)}`
      : "remove some, or request an increase from AWS Support";
    return { check, status: isSoft ? "attention" : "stop", text, fix };
  }
  return { check, status: "ok", text: `${text}, so ${Math.floor((value - (used ?? 0)) / need)} such environments fit` };
}

interface QuotaValue {
  readonly value: number;
  readonly source: string;
}

/** The applied quota, or the documented default if Service Quotas does not list it or the credentials may not read it. */
async function quotaOf(client: ServiceQuotasClient, { code, standard }: Quota): Promise<QuotaValue> {
  const fallback = { value: standard, source: "default" };
  if (code === undefined) {
    return fallback;
  }
  try {
    const [ServiceCode, QuotaCode] = code;
    const { Quota } = await client.send(new GetServiceQuotaCommand({ ServiceCode, QuotaCode }));
    return Quota?.Value === undefined ? fallback : { value: Quota.Value, source: "Service Quotas" };
  } catch {
    return fallback;
  }
}
