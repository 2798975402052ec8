import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { check } from "../../../settings/check.ts";
import { INDEX_FILE } from "./plans.ts";

// The index of a plans folder. It is apart from `plans.ts` because zod takes longer to load than most plans take to review.

export const stackName = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/, "the name of a stack: lowercase letters, digits, and hyphens");

const stack = {
  name: stackName,
  /** Stacks whose state this stack reads. */
  dependencies: z.array(stackName),
  /**
   * Construct paths by Terraform address without index, such as `"aws_vpc.vpc_8F3A21": "network/vpc/vpc"`. cdktf writes both into
   * `cdk.tf.json`. Resources that are no longer in the code are missing, except in a preview, which also has the old code.
   */
  constructs: z.record(z.string(), z.string()),
};

const planned = z.strictObject({
  ...stack,
  outcome: z.literal("planned"),
  /** File next to the index, with the output of `terraform show -json`. */
  plan: z.string().regex(/^[\w-]+\.json$/, "a file next to the index, such as network.json"),
  /** Upstream stacks with mock outputs. Values planned from mock outputs change once the upstream stack is applied. */
  mocked: z.array(stackName),
  /** Upstream stacks whose plans change outputs that this stack reads; this plan uses the currently applied outputs. */
  outdated: z.array(stackName),
});

const failed = z.strictObject({
  ...stack,
  outcome: z.literal("failed"),
  /** Terraform's error message as plain text. */
  error: z.string(),
});

/** A deployed stack that is not in the code. It has no plan and exists until someone destroys it. */
const orphaned = z.strictObject({
  ...stack,
  outcome: z.literal("orphaned"),
  /** Number of resources in its state. */
  resources: z.int().min(1),
  /** True for a stack that is in the code only when a command names it. */
  onDemand: z.boolean(),
});

const plansIndex = z.strictObject({
  /** Incremented for incompatible changes. 2 added stacks that are not in the code; 3 renamed fields. */
  format: z.literal(3),
  environment: z.string(),
  /** Set for plans made against an emulator to which this revision was applied, instead of an account. */
  preview: z.strictObject({ base: z.string() }).optional(),
  /** Each stack after its dependencies; orphaned stacks last. */
  stacks: z.array(
    z.discriminatedUnion("outcome", [planned, failed, orphaned], {
      error: ({ code }) => (code === "invalid_union" ? "planned, failed, or orphaned" : undefined),
    }),
  ),
});

export type PlansIndex = z.infer<typeof plansIndex>;
export type StackPlan = PlansIndex["stacks"][number];

/** Reads the index of a folder. Errors name the file and the invalid field. */
export function readIndex(folder: string): PlansIndex {
  const file = join(folder, INDEX_FILE);
  const { data, problems } = check(plansIndex, parse(read(file, folder), file), WORDING);
  if (problems) {
    throw new Error(`${file}: ${problems[0]}`);
  }
  return data;
}

const WORDING = { whole: "the file", unknownKey: "no such field in the index that npm run plan writes" };

function read(file: string, folder: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const found = code === "ENOENT" ? `found no ${INDEX_FILE}` : message;
    throw new Error(`${folder}: expected the plans that npm run plan writes, ${found}: run npm run plan first`, {
      cause: error,
    });
  }
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${file}: expected the index that npm run plan writes, found invalid JSON`, { cause: error });
  }
}
