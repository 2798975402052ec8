import { type Difference, differences } from "./differences.ts";
import { ATTACHED_TYPES, type Attached, collect } from "./drift.ts";
import type { Configured, PlanPart } from "./plan-file.ts";
import type { StackPlan } from "./plans.ts";
import type { Secrets } from "./secrets.ts";
import { type Subject, subjectOf } from "./subject.ts";
import { sidesOf } from "./value.ts";

/** What a stack's plan holds for a review. */
export interface Gathered {
  readonly stack: StackPlan;
  readonly subjects: readonly Subject[];
  /** What happened to resources outside of Terraform. */
  readonly drifted: readonly Subject[];
  readonly outputs: readonly Difference[];
}

/** Goes through a plan once, and keeps only what changes. What concerns all stacks goes to `secrets` and `attached`. */
export async function gather(
  stack: StackPlan,
  parts: AsyncIterable<PlanPart>,
  secrets: Secrets,
  attached: Attached,
): Promise<Gathered> {
  const naming = { stack: stack.name, constructs: stack.constructs };
  const subjects: Found[] = [];
  const drifted: Found[] = [];
  const configured = new Map<string, Configured>();
  // Nobody asks what the code says of a resource that neither changes nor has drifted; Terraform writes drift first.
  const untouched = new Set<string>();
  const outputs: Difference[] = [];
  for await (const part of parts) {
    switch (part.kind) {
      case "resource": {
        const { type, change } = part.resource;
        if (ATTACHED_TYPES.includes(type)) {
          collect(attached, type, sidesOf(change, secrets.keep).before);
        }
        const subject = subjectOf(part.resource, naming, secrets.keep);
        if (subject === undefined && !drifted.some(({ address }) => address === part.resource.address)) {
          untouched.add(withoutIndex(part.resource.address));
        }
        subjects.push(...some(subject));
        break;
      }
      case "drift":
        drifted.push(...some(subjectOf(part.resource, naming, secrets.keep)));
        break;
      case "output":
        outputs.push(...outputDifferences(part.name, sidesOf(part.change, keepOf(part.name, secrets))));
        break;
      case "configured":
        if (!untouched.has(part.address)) {
          configured.set(part.address, part);
        }
    }
  }
  const complete = (found: Found): Subject => ({
    ...found,
    configured: configured.get(withoutIndex(found.address)) ?? NOT_IN_THE_CODE,
  });
  return { stack, subjects: subjects.map(complete), drifted: drifted.map(complete), outputs };
}

function withoutIndex(address: string): string {
  return address.replace(/\[[^\]]*\]$/, "");
}

const NOT_IN_THE_CODE: Configured = { attributes: [], documents: {} };

type Found = Omit<Subject, "configured">;

/** cdktf marks every output that another stack reads, so its mark says nothing about copies of the value. */
function keepOf(output: string, { keep }: Secrets): Secrets["keep"] {
  return output.startsWith("cross-stack-output-") ? () => {} : keep;
}

function outputDifferences(name: string, { before, after }: ReturnType<typeof sidesOf>): readonly Difference[] {
  return differences({ before: { [name]: before ?? null }, after: { [name]: after ?? null } });
}

function some<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
}
