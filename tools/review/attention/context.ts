import type { Subject } from "../subject.ts";
import { at, type Value } from "../value.ts";
import { hasNetworkRules, type NetworkRule, networkRulesOf } from "./network-rules.ts";

/** A resource that a plan leaves as it is. */
export type Unchanged = Pick<Subject, "type" | "address" | "name" | "after">;

/** Types whose unchanged resources rules need too: policies that another one completes, and what uses a changed list. */
export const CONTEXT_TYPES: ReadonlySet<string> = new Set([
  "aws_ec2_managed_prefix_list",
  "aws_iam_group_policy",
  "aws_iam_group_policy_attachment",
  "aws_iam_policy",
  "aws_iam_role_policy",
  "aws_iam_role_policy_attachment",
  "aws_iam_user_policy",
  "aws_iam_user_policy_attachment",
  "aws_route",
  "aws_route_table",
  "aws_wafv2_rule_group",
  "aws_wafv2_web_acl",
]);

/** All changes of a stack's plan, with the indexes that rules need to look beyond one resource. */
export class PlanContext {
  readonly subjects: readonly Subject[];
  readonly #unchanged: readonly Unchanged[];
  readonly #byType: ReadonlyMap<string, readonly Subject[]>;
  #allowedBefore: readonly NetworkRule[] | undefined;
  #allowedAfter: readonly NetworkRule[] | undefined;
  #ownAccount: string | undefined | null;

  constructor(subjects: readonly Subject[], unchanged: readonly Unchanged[]) {
    this.subjects = subjects;
    this.#byType = Map.groupBy(subjects, ({ type }) => type);
    this.#unchanged = unchanged;
  }

  ofType(...types: readonly string[]): readonly Subject[] {
    return types.flatMap((type) => this.#byType.get(type) ?? []);
  }

  /** Resources without a change, of the types in `CONTEXT_TYPES`. */
  unchanged(...types: readonly string[]): readonly Unchanged[] {
    return this.#unchanged.filter(({ type }) => types.includes(type));
  }

  get types(): readonly string[] {
    return [...this.#byType.keys()];
  }

  /** Traffic allowed before the change by any resource in the plan. */
  get allowedBefore(): readonly NetworkRule[] {
    this.#allowedBefore ??= this.types
      .filter(hasNetworkRules)
      .flatMap((type) => this.ofType(type).flatMap(({ before }) => networkRulesOf(type, before)));
    return this.#allowedBefore;
  }

  /** Traffic that any resource in the plan allows after the change. */
  get allowedAfter(): readonly NetworkRule[] {
    this.#allowedAfter ??= this.types
      .filter(hasNetworkRules)
      .flatMap((type) => this.ofType(type).flatMap(({ after }) => networkRulesOf(type, after)));
    return this.#allowedAfter;
  }

  /** The account of the stack as far as existing ARNs tell it. */
  get ownAccount(): string | undefined {
    if (this.#ownAccount === undefined) {
      this.#ownAccount = this.#findOwnAccount() ?? null;
    }
    return this.#ownAccount ?? undefined;
  }

  #findOwnAccount(): string | undefined {
    for (const subject of this.subjects.filter(({ action }) => action !== "create")) {
      const account = accountOf(at(subject.before, "arn")) ?? accountOf(at(subject.before, "role"));
      if (account !== undefined) {
        return account;
      }
      subject.release();
    }
    return undefined;
  }
}

function accountOf(arn: Value | undefined): string | undefined {
  return typeof arn === "string" ? /^arn:[^:]+:[^:]+:[^:]*:(\d{12}):/.exec(arn)?.[1] : undefined;
}
