import type { z } from "zod";

export type Checked<Output> =
  | { readonly data: Output; readonly problems?: undefined }
  | { readonly data?: undefined; readonly problems: readonly string[] };

/** Names of the parts of a checked value in messages. */
export interface Wording {
  /** The value as a whole, such as `the file`. */
  readonly whole: string;
  /** Completes the message about an unknown key, such as `no such setting`. */
  readonly unknownKey: string;
  /** Current names of renamed keys, by the path with the old name. */
  readonly renamed?: Readonly<Record<string, string>>;
}

/**
 * Checks a value against a schema whose messages complete the sentence "expected …". Each problem is one line with the path,
 * the value, and what was expected, such as `network.natGateways is 2: expected one or one-per-zone`.
 */
export function check<Output>(schema: z.ZodType<Output>, value: unknown, wording: Wording): Checked<Output> {
  const { success, data, error } = schema.safeParse(value, { error: expectation });
  return success
    ? { data }
    : { problems: error.issues.filter(isOwnProblem).flatMap((issue) => explain(issue, value, wording)) };
}

/** False for a problem with a value of the wrong type, such as the length of a string where a list was expected. */
function isOwnProblem({ path }: z.core.$ZodIssue, index: number, issues: readonly z.core.$ZodIssue[]): boolean {
  const place = path.join(".");
  return !issues.slice(0, index).some(({ code, path }) => code === "invalid_type" && path.join(".") === place);
}

/** Formats a value for a message. */
export function show(value: unknown): string {
  return value === undefined ? "missing" : textOf(value).slice(0, LONGEST_VALUE);
}

/** JSON has no infinite numbers, and no value that contains itself, as a YAML alias can. */
function textOf(value: unknown): string {
  try {
    return typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));
  } catch {
    return String(value);
  }
}

/** Maximum number of characters of a value in a message. */
const LONGEST_VALUE = 100;

const OR = new Intl.ListFormat("en", { type: "disjunction" });

function explain(issue: z.core.$ZodIssue, value: unknown, { whole, unknownKey, renamed }: Wording): readonly string[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      const name = issue.message.split(LIST).find((known) => plain(known) === plain(key)) ?? renamed?.[path.join(".")];
      const expected = name === undefined ? unknownKey : `expected the name ${name}`;
      return `${path.join(".")} is ${show(valueAt(value, path))}: ${expected}`;
    });
  }
  if (issue.code === "invalid_key") {
    const parent = issue.path.slice(0, -1).join(".");
    return issue.issues.map(({ message }) => `${parent} has the key ${show(issue.path.at(-1))}: expected ${message}`);
  }
  return [`${issue.path.join(".") || whole} is ${show(valueAt(value, issue.path))}: expected ${issue.message}`];
}

/** A name without its letter case, hyphens, and underscores. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, "");
}

const LIST = ", ";

/** Default message for a schema without one. That of unknown keys lists the known ones. */
function expectation(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return typeOf(issue);
    case "unrecognized_keys":
      return Object.keys(definitionOf(issue).shape ?? {}).join(LIST);
    case "invalid_value":
      return OR.format(issue.values.map(String));
    case "too_small":
      return `${issue.minimum}${UNITS[issue.origin] ?? ""} or more`;
    case "too_big":
      return `${issue.maximum}${UNITS[issue.origin] ?? ""} or less`;
  }
}

/** A text without a message of its own has that of its first check, which says more than "text". */
function typeOf(issue: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidType>): string {
  const { format, checks: [first] = [] } = definitionOf(issue);
  const message = issue.expected === "string" ? first?._zod.def.error?.(issue) : undefined;
  const type = issue.expected === "number" && format === "safeint" ? TYPES.int : TYPES[issue.expected];
  return typeof message === "string" ? message : (type ?? issue.expected);
}

/** The definition of the schema that found an issue. */
function definitionOf({ inst }: z.core.$ZodRawIssue): Definition {
  return (inst?._zod.def ?? {}) as Definition;
}

interface Definition {
  readonly format?: string;
  readonly checks?: readonly { readonly _zod: { readonly def: { readonly error?: z.core.$ZodErrorMap } } }[];
  readonly shape?: object;
}

const TYPES: Readonly<Record<string, string>> = {
  array: "a list",
  boolean: "true or false",
  int: "a whole number",
  number: "a number",
  object: "names with values",
  record: "names with values",
  string: "text",
};

const UNITS: Readonly<Record<string, string>> = { string: " characters", array: " entries" };

function valueAt(tree: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (branch, name) =>
      typeof branch === "object" && branch !== null ? (branch as Record<PropertyKey, unknown>)[name] : undefined,
    tree,
  );
}
