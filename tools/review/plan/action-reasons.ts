/**
 * Reasons for a replacement or destruction, as they follow "because". Attributes that force a replacement are listed instead.
 * Sources: https://developer.hashicorp.com/terraform/internals/json-format, "action_reason"; the last three are of OpenTofu 1.11.
 */
export const REASONS: Readonly<Record<string, string>> = {
  replace_because_tainted: "it is tainted",
  replace_by_request: "-replace requests it",
  replace_by_triggers: "replace_triggered_by requires it",
  delete_because_no_resource_config: "it is not in the configuration",
  delete_because_wrong_repetition: "count or for_each was added or removed",
  delete_because_count_index: "its index is out of range for count",
  delete_because_each_key: "its key is not in for_each",
  delete_because_no_module: "its module is not in the configuration",
  delete_because_no_move_target: "it was moved to an address that is not in the configuration",
  delete_because_enabled_false: "enabled is false",
  forgot_because_lifecycle_destroy_in_state: "destroy was false",
  forgot_because_lifecycle_destroy_in_config: "destroy is false",
};

/** Reasons that the review does not show: it lists the arguments that force a replacement, and shows no reads. */
const OTHERS: readonly string[] = [
  "replace_because_cannot_update",
  "read_because_config_unknown",
  "read_because_dependency_pending",
  "read_because_check_nested",
];

export function isKnownReason(reason: string): boolean {
  return Object.hasOwn(REASONS, reason) || OTHERS.includes(reason);
}
