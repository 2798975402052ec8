import type { Resource } from "./resource.ts";

/** Something that must never be planned, whatever the environment. */
export interface Rule {
  readonly name: string;
  /** Terraform types that the rule looks at; a data source is `data.` and its type, a provider `provider.` and its name. */
  readonly types: readonly string[];
  /**
   * What is wrong with a resource, or nothing. Every answer names the argument, its value and, behind a colon, the fix.
   * The stack's other resources are there for what Terraform spreads over several, such as a bucket and its encryption.
   */
  readonly check: (resource: Resource, stack: readonly Resource[]) => readonly string[];
}
