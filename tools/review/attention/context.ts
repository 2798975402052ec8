import type { Subject } from "../subject.ts";
import { at, type Value } from "../values/value.ts";

/** A resource that a plan leaves as it is. Its values are read when they are needed. */
export type Unchanged = Pick<Subject, "type" | "address" | "name" | "after">;

/** Types whose unchanged resources rules need too: rules and policies that others repeat or complete, and what uses a changed list. */
export const CONTEXT_TYPES: ReadonlySet<string> = new Set([
  "aws_default_network_acl",
  "aws_default_route_table",
  "aws_default_security_group",
  "aws_ec2_managed_prefix_list",
  "aws_iam_group_policy",
  "aws_iam_group_policy_attachment",
  "aws_iam_policy",
  "aws_iam_role",
  "aws_iam_role_policy",
  "aws_iam_role_policy_attachment",
  "aws_iam_user_policy",
  "aws_iam_user_policy_attachment",
  "aws_network_acl",
  "aws_network_acl_rule",
  "aws_route",
  "aws_route_table",
  "aws_security_group",
  "aws_security_group_rule",
  "aws_vpc_security_group_egress_rule",
  "aws_vpc_security_group_ingress_rule",
  "aws_wafv2_rule_group",
  "aws_wafv2_web_acl",
]);

/** All changes of a stack's plan, for rules that look beyond one resource. */
export class PlanContext {
  readonly subjects: readonly Subject[];
  readonly #unchanged: readonly Unchanged[];
  readonly #byType: ReadonlyMap<string, readonly Subject[]>;

  constructor(subjects: readonly Subject[], unchanged: readonly Unchanged[]) {
    this.subjects = subjects;
    this.#byType = Map.groupBy(subjects, ({ type }) => type);
    this.#unchanged = unchanged;
  }

  /** To read values of many resources, use `reading`. */
  ofType(...types: readonly string[]): readonly Subject[] {
    return types.flatMap((type) => this.#byType.get(type) ?? []);
  }

  /** Resources without a change, of the types in `CONTEXT_TYPES`, one after the other. */
  unchanged(...types: readonly string[]): IteratorObject<Unchanged> {
    const found = this.#unchanged.values().filter(({ type }) => types.includes(type));
    return found.map((resource) => ({ ...resource })); // reads the values once
  }

  get types(): readonly string[] {
    return [...this.#byType.keys()];
  }
}

/** Builds an index of a plan when it is first needed. Without one, rules would read all resources again for each resource. */
export function oncePerPlan<T>(build: (context: PlanContext) => T): (context: PlanContext) => T {
  const built = new WeakMap<PlanContext, { readonly index: T }>();
  return (context) => {
    const known = built.get(context) ?? { index: build(context) };
    built.set(context, known);
    return known.index;
  };
}

/** A resource as it is after the change; a forgotten one stays as it is. */
export function remaining({ action, before, after }: Pick<Subject, "action" | "before" | "after">): Value | undefined {
  return action === "forget" ? before : after;
}

/** Reads the values of a resource without keeping them in memory. */
export function reading<T>(read: (subject: Subject) => T): (subject: Subject) => T {
  return (subject) => {
    const result = read(subject);
    subject.release();
    return result;
  };
}

/** The account of the stack as far as existing ARNs tell it. */
export const ownAccount = oncePerPlan((context) => {
  for (const subject of context.subjects.filter(({ action }) => action !== "create")) {
    const account = reading(({ before }) => accountOf(before))(subject);
    if (account !== undefined) {
      return account;
    }
  }
  return context
    .unchanged(...CONTEXT_TYPES)
    .map(({ after }) => accountOf(after))
    .find((account) => account !== undefined);
});

function accountOf(resource: Value | undefined): string | undefined {
  return [at(resource, "arn"), at(resource, "role")]
    .map((arn) => /^arn:[^:]+:[^:]+:[^:]*:(\d{12}):/.exec(String(arn))?.[1])
    .find((account) => account !== undefined);
}
