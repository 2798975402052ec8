import { z } from "zod";

// Every message completes the sentence "expected …".

const day = z.iso.date("a day such as 2026-09-19, in quotes");

/** A missing price is omitted, and the items that need it are listed as unpriced. */
function price<Unit extends string>(per: Unit) {
  return z
    .strictObject({
      usd: z.number().nonnegative("0 or more"),
      per: z.literal(per, { error: `"${per}", the unit of this price` }),
      /** Key of the source of the figure. */
      from: z.string(),
    })
    .optional();
}

const instanceHours = z.record(z.string(), price("instance-hour").unwrap());

const task = z.strictObject({ vcpu: price("vCPU-hour"), memory: price("GB-hour") });

export const priceListSchema = z
  .strictObject({
    region: z.string(),
    /** Day on which a person last compared the file with its sources. */
    checked: day,
    sources: z.record(
      z.string(),
      z.strictObject({
        what: z.string(),
        /** Day that the source states, or of the source's last change. */
        date: day,
        /** Page where AWS publishes such prices, or the page of the source. */
        page: z.url({ protocol: /^https$/, error: "an https address" }),
      }),
    ),
    fargate: z.strictObject({ arm: task, armSpot: task, x86: task, x86Spot: task }),
    loadBalancer: z.strictObject({ hour: price("load balancer-hour"), capacity: price("LCU-hour") }),
    natGateway: z.strictObject({ hour: price("gateway-hour"), data: price("GB") }),
    publicIpv4: z.strictObject({ hour: price("address-hour") }),
    interfaceEndpoint: z.strictObject({ hour: price("endpoint-zone-hour"), data: price("GB") }),
    dynamodb: z.strictObject({
      writes: price("million write units"),
      reads: price("million read units"),
      storage: price("GB-month"),
      backup: price("GB-month"),
    }),
    cloudwatch: z.strictObject({
      alarm: price("alarm metric-month"),
      compositeAlarm: price("alarm-month"),
      dashboard: price("dashboard-month"),
      metric: price("metric-month"),
      logIngestion: price("GB"),
      logStorage: price("GB-month"),
    }),
    opensearch: z.strictObject({ instances: instanceHours, gp3: price("GB-month") }),
    ec2: z.strictObject({ instances: instanceHours, gp3: price("GB-month") }),
    kms: z.strictObject({ key: price("key-month"), requests: price("10,000 requests") }),
    s3: z.strictObject({
      storage: price("GB-month"),
      writes: price("1,000 requests"),
      reads: price("1,000 requests"),
    }),
    cloudfront: z.strictObject({
      data: price("GB"),
      requests: price("10,000 requests"),
      functions: price("million invocations"),
    }),
    /** Of a web ACL for CloudFront. A managed rule group of AWS counts as one rule. */
    waf: z.strictObject({
      acl: price("web ACL-month"),
      rule: price("rule-month"),
      requests: price("million requests"),
    }),
    ecr: z.strictObject({ storage: price("GB-month") }),
    lambda: z.strictObject({
      requests: price("million requests"),
      arm: price("GB-second"),
      x86: price("GB-second"),
    }),
    sqs: z.strictObject({ requests: price("million requests") }),
    sns: z.strictObject({ publishes: price("million requests"), emails: price("100,000 emails") }),
    codepipeline: z.strictObject({ action: price("action-minute") }),
    /** Keys are CodeBuild's container type and compute type, such as `LINUX_CONTAINER BUILD_GENERAL1_SMALL`. */
    codebuild: z.strictObject({ minutes: z.record(z.string(), price("build-minute").unwrap()) }),
    xray: z.strictObject({ recorded: price("million traces"), read: price("million traces") }),
    route53: z.strictObject({ zone: price("zone-month"), queries: price("million queries") }),
    internet: z.strictObject({ data: price("GB") }),
  })
  .superRefine(sourcesExist);

/** On-demand prices of one region in US dollars, before taxes, discounts and free allowances. */
export type PriceList = Readonly<z.infer<typeof priceListSchema>>;

export type Price = { readonly usd: number; readonly per: string; readonly from: string };

function sourcesExist(list: { sources: Record<string, unknown> }, context: z.RefinementCtx): void {
  const known = Object.keys(list.sources);
  for (const { path, price } of pricesIn(list)) {
    if (!known.includes(price.from)) {
      context.addIssue({ code: "custom", path: [...path, "from"], message: `one of the sources: ${known.join(", ")}` });
    }
  }
}

/** Every price of a list with its path, such as `["fargate", "arm", "vcpu"]`. */
export function pricesIn(tree: object, path: readonly string[] = []): { path: readonly string[]; price: Price }[] {
  return Object.entries(tree).flatMap(([name, branch]: [string, unknown]) => {
    if (typeof branch !== "object" || branch === null) {
      return [];
    }
    const here = [...path, name];
    return "usd" in branch ? [{ path: here, price: branch as Price }] : pricesIn(branch, here);
  });
}
