import type { Subject } from "../../subject.ts";
import { at, type Value } from "../../values/value.ts";
import { oncePerPlan, type PlanContext, reading } from "../context.ts";

// Resources that a separate policy resource, such as `aws_s3_bucket_policy`, belongs to.

/** Arguments with which a separate policy resource, such as `aws_s3_bucket_policy`, names the resource that it belongs to. */
const HOLDERS = [
  "role",
  "user",
  "group",
  "bucket",
  "queue_url",
  "arn",
  "repository",
  "key_id",
  "domain_name",
  "secret_arn",
];

/** True for a policy that is replaced by one of something else that exists already. */
export function isForAnother({ type, before, after }: Subject, context: PlanContext): boolean {
  const [was, is] = [holderOf(type, before), holderOf(type, after)];
  return (
    was !== undefined &&
    is !== undefined &&
    was !== is &&
    !holdersOf(type, context).some(({ created, renamed }) => created.has(is) || renamed.get(was) === is)
  );
}

/** True for a new policy of something that exists already. */
export function extendsExisting({ type, after }: Subject, context: PlanContext): boolean {
  const holder = holderOf(type, after);
  return holder !== undefined && !holdersOf(type, context).some(({ created }) => created.has(holder));
}

/** True for a resource with a policy of its own, such as a role, whose denials mean nothing without it. */
export function holdsItself({ type }: Subject): boolean {
  return !type.endsWith("policy");
}

export function isDestroyedWithHolder({ type, before }: Subject, context: PlanContext): boolean {
  const holder = holderOf(type, before);
  return holder !== undefined && holdersOf(type, context).some(({ destroyed }) => destroyed.has(holder));
}

function holderOf(type: string, policy: Value | undefined): string | undefined {
  return type.endsWith("_policy")
    ? HOLDERS.map((name) => at(policy, name)).find((holder) => typeof holder === "string")
    : undefined;
}

/** Names and IDs of the resources of a type that a plan creates, also in a replacement, or destroys; new names by the old ones. */
interface Holders {
  readonly renamed: ReadonlyMap<Value | undefined, Value | undefined>;
  readonly created: ReadonlySet<Value | undefined>;
  readonly destroyed: ReadonlySet<Value | undefined>;
}

/** Those of the types that a policy type can belong to: `aws_s3_bucket` for `aws_s3_bucket_policy`. */
function holdersOf(policyType: string, context: PlanContext): readonly Holders[] {
  const byType = holdersByType(context);
  return context.types.filter((type) => policyType.startsWith(`${type}_`)).map((type) => byType(type));
}

export const holdersByType = oncePerPlan((context) => {
  const known = new Map<string, Holders>();
  return (type: string): Holders => {
    const holders = known.get(type) ?? {
      created: namesOf(context.ofType(type).filter(({ action }) => action === "create" || action === "replace")),
      destroyed: namesOf(context.ofType(type).filter(({ action }) => action === "destroy")),
      renamed: new Map(
        context
          .ofType(type)
          .filter(({ action }) => action === "update" || action === "replace")
          .map(reading(({ before, after }) => [at(before, "name"), at(after, "name")])),
      ),
    };
    known.set(type, holders);
    return holders;
  };
});

const NAMES = ["name", "id", "arn", "bucket", "url", "domain_name"];

function namesOf(subjects: readonly Subject[]): Holders["created"] {
  return new Set(subjects.flatMap(reading(({ before, after }) => NAMES.map((name) => at(after ?? before, name)))));
}
