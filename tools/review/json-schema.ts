import { z } from "zod";
import { KINDS, SEVERITIES } from "./model.ts";
import { ACTIONS, ORDERS } from "./subject.ts";

// The format of the review for programs. The reviews themselves are written without zod, which takes long to load.

/**
 * A value before or after the change. `{"unknown": true}` is known only after apply, and `{"sensitive": true}` is hidden; both
 * also occur inside values. JSON strings are parsed. Missing if there is no value.
 */
const side = z.unknown().optional();

const difference = z.strictObject({
  /** Such as `container_definitions[like].environment[LOGLEVEL].value`. */
  path: z.string(),
  before: side,
  after: side,
  /** True if a hidden part of a text changes, perhaps beside others. */
  sensitiveChanges: z.literal(true).optional(),
  /** Set if the value becomes sensitive, or is no longer sensitive after apply. */
  mark: z.enum(["added", "removed"]).optional(),
});

const resource = z.strictObject({
  /** Construct path, or the address if there is none. */
  name: z.string(),
  /** Terraform address. */
  address: z.string(),
  type: z.string(),
  action: z.enum(ACTIONS),
  /** The address in the state. */
  movedFrom: z.string().optional(),
  /** ID of the existing object that is imported. */
  importedAs: z.string().optional(),
  /** Order of a replacement. */
  order: z.enum(ORDERS).optional(),
  /** Terraform's reason for the action. */
  reason: z.string().optional(),
  /** Paths that cannot change in place. */
  replacedBy: z.array(z.string()),
  severity: z.enum(SEVERITIES).optional(),
  differences: z.array(difference),
  /** Attributes not set in the code that AWS assigns during apply. */
  knownAfterApply: z.array(z.string()),
});

const stack = z.strictObject({
  name: z.string(),
  outcome: z.enum(["planned", "failed", "orphaned"]),
  error: z.string().optional(),
  mocked: z.array(z.string()),
  outdated: z.array(z.string()),
  /** False when the plan is only a part of what Terraform will do. */
  isComplete: z.boolean(),
  /** Addresses of actions that applying invokes. */
  invocations: z.array(z.string()),
  /** Addresses of resources whose changes, and of actions whose invocations, are deferred. */
  deferred: z.array(z.string()),
  /** Resources by action; `import` includes imported resources with another action. */
  counts: z.record(z.enum(ACTIONS), z.int()),
  resources: z.array(resource),
  drift: z.array(resource),
  outputs: z.array(difference),
});

/** The output of `--json`. A new `format` is incompatible with readers of this one. */
export const reviewJson = z.strictObject({
  format: z.literal(4),
  environment: z.string(),
  /** Revision applied to the emulator when the plans are a preview. */
  base: z.string().optional(),
  /** Findings by severity. */
  counts: z.record(z.enum(SEVERITIES), z.int()),
  /** Most severe first. */
  attention: z.array(
    z.strictObject({
      kind: z.enum(KINDS),
      severity: z.enum(SEVERITIES),
      stack: z.string(),
      name: z.string(),
      address: z.string().optional(),
      text: z.string(),
    }),
  ),
  /** In the order in which they are applied. */
  stacks: z.array(stack),
  /** See `tools/review/cost/`; missing without a price file. */
  cost: z.unknown().optional(),
});

export type ReviewJson = z.infer<typeof reviewJson>;
