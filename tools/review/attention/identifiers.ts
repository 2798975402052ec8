import { at, isNothing, type Value } from "../values/value.ts";

/** Attributes by which other resources refer to a resource. */
const IDENTIFIERS = [
  ...["arn", "arn_suffix", "bucket", "cluster_identifier", "domain_name", "function_name"],
  ...["id", "identifier", "key_id", "name", "url"],
];

/** The IDs, ARNs, URLs, and names of a resource. */
export function identifiersOf(side: Value | undefined): readonly Value[] {
  return IDENTIFIERS.map((name) => at(side, name) ?? null).filter((value) => !isNothing(value));
}

/** Key of an index of identifiers; names are unique only among resources of a type. */
export function identifierKey(type: string, identifier: Value | undefined): string {
  return `${type} ${identifier}`;
}
