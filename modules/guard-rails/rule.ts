import type { Resource } from "./resource.ts";

/** A property that every plan of every environment must have. */
export interface Rule {
  readonly name: string;
  /** Terraform types that the rule checks; `data.<type>` for a data source, `provider.<name>` for a provider. */
  readonly types: readonly string[];
  /**
   * Lists a resource's problems, each as argument, value, and (after a colon) the fix. The other resources of the stack are
   * for properties that Terraform spreads over several resources, such as a bucket's encryption.
   */
  readonly check: (resource: Resource, stack: readonly Resource[]) => readonly string[];
}
