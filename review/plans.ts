import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

// What `npm run plan` leaves behind and `npm run review` reads: a folder with one JSON file per plan, and an index.

/** Where plans lie unless somebody says otherwise. */
export const PLANS_FOLDER = "cdktf.out/plans";

export const INDEX_FILE = "index.json";

/**
 * Every string that stands in for an output nobody knows yet contains this, whatever form its place demands: an ARN, a
 * bucket name, a URL. Lists of outputs hold such strings. The mark fits names of every AWS service: letters and hyphens only.
 * Nothing else in the project contains it, and `npm run deploy` never writes it.
 */
export const PLACEHOLDER_MARK = "not-yet-applied";

/**
 * How an IPv4 address or range begins that stands in so, since neither can hold the mark. RFC 5737 keeps 192.0.2.0/24 for
 * documentation: nothing has such an address.
 */
export const PLACEHOLDER_ADDRESS = "192.0.2.";

export const stackName = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/, "expected a stack's name: lower case letters, digits and hyphens");

const stack = {
  name: stackName,
  /** Stacks whose state it reads. */
  dependencies: z.array(stackName),
  /**
   * Where a person finds a resource in the code: its construct path by its Terraform address without index, as
   * `"aws_vpc.vpc_8F3A21": "network/vpc/vpc"`. cdktf writes both into `cdk.tf.json`. What is no longer in the code is missing
   * here, unless the code that had it is at hand, as in a preview.
   */
  constructs: z.record(z.string(), z.string()),
};

const planned = z.strictObject({
  ...stack,
  outcome: z.literal("planned"),
  /** File beside the index: what `terraform show -json` makes of the plan. */
  plan: z.string().regex(/^[\w-]+\.json$/, "expected a file beside the index, such as network.json"),
  /** Upstream stacks of which placeholders stand in for outputs. What is planned from them will look different in the end. */
  provisional: z.array(stackName),
  /** Upstream stacks whose own plans change outputs that this one reads: it is planned from what they have applied so far. */
  outdated: z.array(stackName),
});

const failed = z.strictObject({
  ...stack,
  outcome: z.literal("failed"),
  /** What Terraform complained of, as plain text. */
  error: z.string(),
});

/** A stack that is applied and that the code does not have: nobody plans it, and nothing but a person takes it away. */
const left = z.strictObject({
  ...stack,
  outcome: z.literal("left-behind"),
  /** How many resources it holds. */
  resources: z.int().min(1),
  /** Whether it is one that comes only when somebody names it, so that the code never has it for long. */
  onDemand: z.boolean(),
});

const plansIndex = z.strictObject({
  /** Raised when a reader of this format would misread the next. 2 added what is left behind, of which 1 is silent. */
  format: z.literal(2),
  environment: z.string(),
  /** Set when the plans were made against an emulator that had this revision applied, and not against an account. */
  preview: z.strictObject({ base: z.string() }).optional(),
  /** Each after those it depends on; those left behind come last. */
  stacks: z.array(z.discriminatedUnion("outcome", [planned, failed, left])),
});

/** The command that takes a stack away. */
export const removalOf = (stack: string): string => `npm run destroy ${stack}`;

export type PlansIndex = z.infer<typeof plansIndex>;
export type StackPlan = PlansIndex["stacks"][number];

/** Reads a folder's index. Throws an error that names the file and the field when it is missing or not of this format. */
export function readIndex(folder: string): PlansIndex {
  const file = join(folder, INDEX_FILE);
  const result = plansIndex.safeParse(parse(file));
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new Error(`${file}: ${issue?.path.join(".") || "the whole"}: ${issue?.message}`);
  }
  return result.data;
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Error(`${file}: expected the index that npm run plan writes: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
