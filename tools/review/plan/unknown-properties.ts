import { CHANGE, type CheckResult, type OutputChange, RESOURCE_CHANGE } from "./format.ts";

// Properties and values of a plan that this program does not know, such as those of a later Terraform.

/** Called with the place of each, such as `resource_changes.change.replica`. */
export type Count = (property: string) => void;

/** Properties of each element that this program knows, including those it does not need. */
const KNOWN = {
  change: new Set([
    ...Object.keys(CHANGE),
    ...["generated_config", "before_identity", "after_identity", "before_identity_schema_version"],
  ]),
  check: new Set(["address", "status", "instances"]),
  condition: new Set(["address", "condition_type", "result", "unknown", "error_message"]),
  deferred: new Set(["reason", "resource_change", "action_invocation"]),
  invocation: new Set([
    ...["address", "type", "name", "config_values", "config_sensitive", "config_unknown", "provider_name"],
    ...["lifecycle_action_trigger", "invoke_action_trigger"],
  ]),
  resource: new Set([
    ...Object.keys(RESOURCE_CHANGE),
    ...["name", "module_address", "provider_name", "index_unknown", "previous_provider_name"],
  ]),
} satisfies Readonly<Record<string, ReadonlySet<string>>>;

const KNOWN_STATUSES: ReadonlySet<string> = new Set(["pass", "fail", "error", "unknown"]);

/** OpenTofu 1.11 lists ephemeral resources, which it only opens: opentofu/opentofu, `internal/command/jsonplan/plan.go`. */
export const OPEN = "open";

const KNOWN_ACTIONS: ReadonlySet<string> = new Set(["no-op", "create", "read", "update", "delete", "forget", OPEN]);

const KNOWN_MODES: ReadonlySet<string> = new Set(["managed", "data", "ephemeral"]);

export function countUnknown(element: unknown, kind: keyof typeof KNOWN, section: string, count: Count): void {
  for (const property in element as object) {
    if (!KNOWN[kind].has(property)) {
      count(`${section}.${property}`);
    }
  }
}

export function countUnknownMode({ mode }: { readonly mode: string }, section: string, count: Count): void {
  if (!KNOWN_MODES.has(mode)) {
    count(`${section}.mode`);
  }
}

export function countUnknownActions({ actions }: Pick<OutputChange, "actions">, section: string, count: Count): void {
  if (actions.length === 0) {
    count(`${section}.actions`);
  }
  for (const action of actions) {
    if (!KNOWN_ACTIONS.has(action)) {
      count(`${section}.actions.${action}`);
    }
  }
}

export function countUnknownStatuses(check: CheckResult, section: string, count: Count): void {
  for (const { status = "unknown" } of [check, ...(check.instances ?? [])]) {
    if (!KNOWN_STATUSES.has(status)) {
      count(`${section}.status.${status}`);
    }
  }
}
