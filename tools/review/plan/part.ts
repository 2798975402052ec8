import type { ActionInvocation, CheckResult, OutputChange, ResourceChange, ResourceHead } from "./format.ts";

export type PlanPart =
  /** A resource or data source of the plan, including those without a change. */
  | ({ readonly kind: "resource" } & ResourcePart)
  /** A change made outside Terraform since the last apply. */
  | ({ readonly kind: "drift" } & ResourcePart)
  | { readonly kind: "output"; readonly name: string; readonly change: OutputChange }
  /** The value of a variable of the root module. */
  | { readonly kind: "variable"; readonly name: string; readonly value: unknown }
  /** A variable of the root module that is marked as sensitive. */
  | { readonly kind: "sensitive variable"; readonly name: string }
  /** A resource of the state, only in plans without planned resources, as -refresh-only makes them. */
  | { readonly kind: "state"; readonly type: string; readonly values: unknown; readonly sensitive: unknown }
  | ({ readonly kind: "configured"; readonly address: string; readonly provider?: string } & Configured)
  /** The region of a provider, or what it refers to, such as `var.region`. */
  | { readonly kind: "provider"; readonly key: string; readonly region: string }
  /** A change that Terraform expects but does not plan yet. */
  | ({ readonly kind: "deferred"; readonly reason: string } & ResourcePart)
  | { readonly kind: "invocation"; readonly invocation: ActionInvocation }
  /** An action that a later plan invokes. */
  | { readonly kind: "deferred invocation"; readonly reason: string; readonly invocation: ActionInvocation }
  | { readonly kind: "check"; readonly check: CheckResult }
  | { readonly kind: "summary"; readonly summary: PlanSummary };

export interface ResourcePart {
  readonly head: ResourceHead;
  /** Reads the resource with its values, which are not kept. */
  readonly read: () => ResourceChange;
}

/** Facts about the plan as a whole; the last part of every plan. */
export interface PlanSummary {
  /** False for a plan with `-target`, `-exclude`, or deferred changes. */
  readonly isComplete: boolean;
  /** True when planning ended with an error. */
  readonly isErrored: boolean;
  /** Properties of the plan that this program does not know, such as `resource_changes.change.replica`, with their number. */
  readonly unknown: ReadonlyMap<string, number>;
}

/** The configuration of a resource. */
export interface Configured {
  /** Arguments set in the code. */
  readonly attributes: readonly string[];
  /** Addresses of the policy documents and IAM resources that an argument refers to, by argument. */
  readonly references: Readonly<Record<string, readonly string[]>>;
  readonly provisioners?: readonly Provisioner[];
}

/** A program that Terraform runs when it creates or destroys a resource; a plan does not say which of the two. */
export interface Provisioner {
  /** Such as `local-exec`. */
  readonly type: string;
  /** Empty if they are not constant. */
  readonly commands: readonly string[];
}
