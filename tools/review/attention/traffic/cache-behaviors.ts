import type { Finding } from "../../model.ts";
import { at, equal, isNothing, listOf, type Value } from "../../values/value.ts";
import { text } from "../text.ts";

// The behaviors of a CloudFront distribution: where it sends requests, and what it caches and forwards.

/** Arguments that decide where requests go. */
const DESTINATION = ["path_pattern", "target_origin_id", "function_association", "lambda_function_association"];

/** Arguments that decide which responses are cached and which parts of a request the origin gets. */
const CACHING = [
  ...["allowed_methods", "cached_methods", "cache_policy_id", "forwarded_values", "origin_request_policy_id"],
  ...["min_ttl", "default_ttl", "max_ttl"],
];

/** The finding about a changed block of behaviors; other rules are about its other arguments. */
export function behaviorFinding(name: string, before: Value | undefined, after: Value | undefined): readonly Finding[] {
  const [was, is] = [listOf(before), listOf(after)];
  if (differ(was, is, DESTINATION)) {
    return [
      { severity: "caution", text: text`Its ${name} changes: requests may go elsewhere as soon as it is applied.` },
    ];
  }
  return differ(was, is, CACHING)
    ? [
        {
          severity: "caution",
          text: text`Its ${name} changes: other responses may be cached, or other requests forwarded.`,
        },
      ]
    : [];
}

function differ(was: readonly Value[], is: readonly Value[], names: readonly string[]): boolean {
  return (
    was.length !== is.length ||
    was.some((one, index) => names.some((name) => !equal(setAt(one, name), setAt(is[index], name))))
  );
}

/** Null for a value that means "not set"; the lifetimes of cached responses are 0 then. */
function setAt(behavior: Value | undefined, name: string): Value {
  const value = at(behavior, name);
  return value === undefined || isNothing(value) || value === 0 ? null : value;
}
