import { VALUES } from "./format.ts";
import type { Sections } from "./json-sections.ts";

/** Terraform omits empty sections, and writes none as null. */
const SECTIONS: Sections = {
  ...Object.fromEntries(Object.keys(VALUES).map((name) => [name, "value" as const])),
  resource_drift: "elements",
  resource_changes: "elements",
  deferred_changes: "elements",
  action_invocations: "elements",
  deferred_action_invocations: "elements",
  output_changes: "fields",
  checks: "elements",
  condition_results: "elements",
  variables: "fields",
  configuration: {
    provider_config: "fields",
    root_module: { resources: "elements", module_calls: "fields", variables: "fields" },
  },
  // Repeated in the sections above, or irrelevant to a review.
  planned_values: "skip",
  proposed_unknown: "skip",
  prior_state: "skip",
  relevant_attributes: "skip",
  timestamp: "skip",
};

const STATE: Sections = { values: { root_module: { resources: "elements", child_modules: "elements" } } };

/** The sections to read; the state repeats what the changes have, unless there are none. `keys` are the sections so far. */
export function sectionsAfter(keys: ReadonlySet<string>): Sections {
  return {
    ...SECTIONS,
    get prior_state() {
      return keys.has("resource_changes") ? "skip" : STATE;
    },
  };
}

export function isSection(name: string): boolean {
  return Object.hasOwn(SECTIONS, name);
}
