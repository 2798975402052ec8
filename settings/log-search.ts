import { z } from "zod";
import { onOff } from "./on-off.ts";

// Every message completes the sentence "expected …", as in schema.ts.

/** Instance type with generation and size. Its availability depends on engine and region. */
const nodeType = z
  .string()
  .regex(/^[a-z]+\d[a-z]*\.\w+\.search$/, "an instance type of OpenSearch Service such as t3.small.search")
  // Source: "Encryption of data at rest", Amazon OpenSearch Service developer guide.
  .regex(/^(?!([mr]3|t2|ultrawarm\d)\.)/, "an instance type that encrypts its data, not M3, R3, T2, or UltraWarm")
  // Source: "Supported instance types in Amazon OpenSearch Service" in its developer guide.
  .regex(
    /^(?!t3\.(?!small|medium))/,
    "another instance type, because T3 has only t3.small.search and t3.medium.search",
  );

/** Families with disks of their own (i3, im4gn, r6gd), and those that are older than gp3. Source: {@link GP3_GIB}. */
const WITHOUT_GP3 = /^(o?i[a-z]*\d[a-z]*|[a-z]+\d[a-z]*d|[cmr]4)\./;

/** OpenSearch-optimized families (OR1, OR2, OM2, OI2). */
const OPENSEARCH_ONLY = /^o[a-z]\d/;

/** GiB of the largest gp3 volume. Source: "EBS volume size quotas", Amazon OpenSearch Service developer guide. */
const GP3_GIB: readonly (readonly [families: RegExp, sizes: Readonly<Record<string, number>>])[] = [
  [/^t3$/, { small: 100, medium: 200 }],
  [/^c5$/, { large: 256, xlarge: 512, "2xlarge": 1024, "4xlarge": 1536, "9xlarge": 3584, "18xlarge": 7168 }],
  [/^c6g$/, { large: 256, xlarge: 512, "2xlarge": 1024, "4xlarge": 1536, "8xlarge": 3072, "12xlarge": 4608 }],
  [/^m(5|6g)$/, { large: 1024, xlarge: 2048, "2xlarge": 3072, "4xlarge": 6144, "8xlarge": 12_288, "12xlarge": 18_432 }],
  [/^r(5|6g)$/, { large: 2048, xlarge: 3072, "2xlarge": 6144, "4xlarge": 12_288, "8xlarge": 16_384 }],
];

/** The largest of all instance types. */
const LARGEST_GIB = 24_576;

/**
 * Maximum number of data nodes if the data nodes or the dedicated masters are T3 instances.
 * Source: "Amazon OpenSearch Service quotas" in its developer guide.
 */
const T3_DOMAIN = 10;

const fields = z.strictObject({
  /** OpenSearch, or the last Elasticsearch version on AWS, with the workshop's Kibana. Changing it creates a new domain. */
  engine: z.enum(["Elasticsearch_7.10", "OpenSearch_2.19", "OpenSearch_3.1", "OpenSearch_3.3", "OpenSearch_3.5"]),
  /** Instance type of the data nodes. */
  instanceType: nodeType.refine(
    (type) => !WITHOUT_GP3.test(type),
    "an instance type with gp3 volumes, such as r6g.large.search",
  ),
  /** Number of data nodes: one, or the same number in every zone. */
  instances: z
    .int()
    .min(1, { error: "1 or more", abort: true })
    .max(80, "80 or less, AWS's default quota for a domain"),
  /** Instance type of three dedicated masters, which hold no data; none if omitted. */
  masterType: nodeType.optional(),
  /** Volume size of each data node in GiB. */
  volumeGib: z.int().min(10, "10 GiB or more, the smallest volume of a node"),
  /** Days that a log line can be searched; CloudWatch Logs keeps it for `logs.retentionDays`. */
  keepDays: z.int().min(1, "1 day or more").max(3653, "3653 days (ten years) or less"),
  /**
   * Reserved concurrency of the log shipper, so that a flood of lines neither overloads the domain nor starves the
   * account's other functions. If omitted, nothing is reserved: a new account has a concurrency of 10 and cannot reserve
   * any.
   */
  maxShippers: z.int().min(1, "1 or more").max(100, "100 or less").optional(),
  /** Address that is invited to sign in to the dashboards; if omitted, `email`. Without either, no invitation is sent. */
  adminEmail: z.email("an email address").optional(),
  /** Second factor at sign-in, from an authenticator app. */
  mfa: onOff,
});

type Nodes = z.infer<typeof fields>;

export const logSearch = fields
  .superRefine(volumeFitsNode)
  .superRefine(nodesFitEngine)
  .superRefine(nodesFitT3)
  .superRefine(shardsFitNodes);

/** Checks that the data nodes are spread evenly over the zones. */
export function nodesFillZones(
  { zones, logSearch: { instances } }: { zones: readonly string[]; logSearch: Pick<Nodes, "instances"> },
  context: z.RefinementCtx,
): void {
  if (instances > 1 && instances % zones.length !== 0) {
    context.addIssue({
      code: "custom",
      path: ["logSearch", "instances"],
      message: `1, or a multiple of the ${zones.length} zones`,
    });
  }
}

function volumeFitsNode({ instanceType, volumeGib }: Nodes, context: z.RefinementCtx): void {
  const [family = "", size = ""] = instanceType.split(".");
  const [, sizes] = GP3_GIB.find(([families]) => families.test(family)) ?? [];
  const largest = sizes?.[size];
  if (volumeGib > (largest ?? LARGEST_GIB)) {
    const message = largest
      ? `${largest} GiB or less, the largest volume of ${instanceType}`
      : `${LARGEST_GIB} GiB or less, the largest volume of a node`;
    context.addIssue({ code: "custom", path: ["volumeGib"], message });
  }
}

/** Source: "OpenSearch optimized instances" in the Amazon OpenSearch Service developer guide. */
function nodesFitEngine({ engine, instanceType }: Nodes, context: z.RefinementCtx): void {
  if (engine.startsWith("Elasticsearch") && OPENSEARCH_ONLY.test(instanceType)) {
    context.addIssue({ code: "custom", path: ["instanceType"], message: `an instance type that ${engine} runs on` });
  }
}

function nodesFitT3({ instances, instanceType, masterType }: Nodes, context: z.RefinementCtx): void {
  const t3 = [instanceType, masterType].find((type) => type?.startsWith("t3."));
  if (t3 !== undefined && instances > T3_DOMAIN) {
    context.addIssue({ code: "custom", path: ["instances"], message: `${T3_DOMAIN} or less with ${t3}` });
  }
}

/**
 * OpenSearch allows 1,000 shards per node (cluster.max_shards_per_node). Each day uses one shard, and a replica if there
 * are several nodes. A tenth is left for other indices.
 */
function shardsFitNodes({ instances, keepDays }: Nodes, context: z.RefinementCtx): void {
  const days = instances === 1 ? 900 : 450 * instances;
  if (keepDays > days) {
    context.addIssue({
      code: "custom",
      path: ["keepDays"],
      message: `${days} days or less with ${instances} data node${instances === 1 ? "" : "s"}, which hold 1,000 shards each`,
    });
  }
}
