import { z } from "zod";
import { KINDS, SEVERITIES, type Text } from "./attention/finding.ts";
import { written } from "./markdown/changes.ts";
import type { ResourceReview, Review } from "./review.ts";
import { ACTIONS } from "./subject.ts";

/**
 * A value before or after. `{"unknown": true}` stands where it is known only after apply, `{"sensitive": true}` where nobody
 * may see it, inside of a value too. JSON in strings is read. Left out where there is nothing.
 */
const side = z.unknown().optional();

const difference = z.strictObject({
  /** Such as `container_definitions[like].environment[LOGLEVEL].value`. */
  path: z.string(),
  before: side,
  after: side,
});

const resource = z.strictObject({
  /** Construct path. */
  name: z.string(),
  /** Terraform's address. */
  address: z.string(),
  type: z.string(),
  action: z.enum(ACTIONS),
  /** The address until now. */
  movedFrom: z.string().optional(),
  /** Attributes that cannot change in place. */
  replacedBy: z.array(z.string()),
  severity: z.enum(SEVERITIES).optional(),
  differences: z.array(difference),
  /** Attributes that AWS says only when it is done, and the code does not. */
  knownAfterApply: z.array(z.string()),
});

/** What `--json` writes. Raised `format` means that a reader of this one would misread it. */
export const reviewJson = z.strictObject({
  format: z.literal(2),
  environment: z.string(),
  /** The revision that an emulator had applied, when the plans are a preview. */
  base: z.string().optional(),
  /** Findings of each severity. */
  counts: z.record(z.enum(SEVERITIES), z.int()),
  /** Most dangerous first. */
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
  stacks: z.array(
    z.strictObject({
      name: z.string(),
      outcome: z.enum(["planned", "failed", "left-behind"]),
      error: z.string().optional(),
      provisional: z.array(z.string()),
      outdated: z.array(z.string()),
      counts: z.record(z.enum(ACTIONS), z.int()),
      resources: z.array(resource),
      drift: z.array(resource),
      outputs: z.array(difference),
    }),
  ),
  /** See `review/cost/`; left out where it is not asked for. */
  cost: z.unknown().optional(),
});

export type ReviewJson = z.infer<typeof reviewJson>;

/** A review for programs: all of it, whatever the comment leaves out. */
export function json({ environment, base, stacks, attention }: Review, cost?: unknown): ReviewJson {
  return {
    format: 2,
    environment,
    base,
    counts: tally(
      SEVERITIES,
      attention.map(({ severity }) => severity),
    ),
    attention: attention.map(({ kind, severity, stack, name, address, text }) => ({
      kind,
      severity,
      stack,
      name,
      address,
      text: plain(text),
    })),
    stacks: stacks.map(({ resources, drift, outputs, provisional, outdated, ...stack }) => ({
      ...stack,
      provisional: [...provisional],
      outdated: [...outdated],
      counts: tally(
        ACTIONS,
        resources.map(({ action }) => action),
      ),
      resources: resources.map(toJson),
      drift: drift.map(toJson),
      outputs: [...outputs],
    })),
    cost,
  };
}

function toJson({ replacedBy, differences, knownAfterApply, ...resource }: ResourceReview) {
  return {
    ...resource,
    replacedBy: [...replacedBy],
    differences: [...differences],
    knownAfterApply: [...knownAfterApply],
  };
}

function tally<T extends string>(all: readonly T[], found: readonly T[]): Record<T, number> {
  return Object.fromEntries(all.map((one) => [one, found.filter((other) => other === one).length])) as Record<
    T,
    number
  >;
}

function plain(text: Text): string {
  return text
    .map((part) =>
      typeof part === "string" ? part : typeof part.shown === "string" ? part.shown : written(part.shown),
    )
    .join("");
}
