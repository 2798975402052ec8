import type { TerraformResource } from "#cdktf";

/** Lifecycle that replaces a resource together with another one, whose ID is unknown while a replacement is planned. */
export function replacedWith(other: TerraformResource) {
  // Terraform accepts a bare reference only.
  return { replaceTriggeredBy: [`${other.terraformResourceType}.${other.friendlyUniqueId}.id`] };
}
