import { namesOf } from "../differences.ts";
import type { Finding, Severity } from "../model.ts";
import type { Subject } from "../subject.ts";
import { textInBase64 } from "../values/base64.ts";
import { at, equal, isFields, isList, isNothing, listOf, Secret, UNKNOWN, type Value } from "../values/value.ts";
import { lowerFirst, text } from "./text.ts";

// Rules about one argument of a resource: a row each.

export type Side = Value | undefined;

type Worse = (before: Side, after: Side, subject: Subject) => boolean;

/** An argument whose change matters in one direction. */
export interface Row {
  /** Resource types; without them, every type with the argument. */
  readonly types?: readonly string[];
  /** Path of the argument. `*` matches each element of a list: those with the same name are compared, or equal ones and then the others in their order. */
  readonly path: readonly (string | number)[];
  /**
   * True for a change in the wrong direction. Never called when both sides are equal or one is unknown or sensitive. `before` is
   * undefined for a created resource.
   */
  readonly worse: Worse;
  readonly severity: Severity;
  /** The consequence of the change. */
  readonly meaning: string;
}

/** Arguments by resource type, written as `cors.0.allow_origins`. */
type Places = Readonly<Record<string, string | readonly string[]>>;

/** Rows with the same meaning, one for each of several arguments. */
export function rows(severity: Severity, meaning: string, worse: Worse, places: Places): readonly Row[] {
  return Object.entries(places).flatMap(([type, paths]) =>
    [paths].flat().map((path) => ({ types: [type], path: stepsOf(path), worse, severity, meaning })),
  );
}

function stepsOf(path: string): Row["path"] {
  return path.split(".").map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}

/** Also true for the string "true", which some arguments take. */
export function isOn(value: Side): boolean {
  return value === true || value === "true";
}

/** Was on and is off. */
export const off = (before: Side, after: Side): boolean => isOn(before) && !isOn(after);

/** Was on and is set to off, for an argument that is on when it is not set. */
export const switchedOff = (before: Side, after: Side): boolean => isOn(before) && isOff(after);

/** Is on and was off, or the resource is created. */
export const on = (before: Side, after: Side): boolean => isOn(after) && !isOn(before);

/** Was set and is not. */
export const gone = (before: Side, after: Side): boolean => !isNothing(before) && isNothing(after);

/** Had one of these values and has another one. */
export const leaves =
  (...good: readonly Value[]) =>
  (before: Side, after: Side): boolean =>
    isOneOf(good, before) && !isOneOf(good, after);

/** Has one of these values, from bad to worse, and had a better one or is created. */
export const becomes =
  (...bad: readonly Value[]) =>
  (before: Side, after: Side): boolean =>
    positionIn(bad, after) > positionIn(bad, before);

function isOneOf(values: readonly Value[], side: Side): boolean {
  return positionIn(values, side) >= 0;
}

/** AWS and the provider accept some names in any letter case. */
function positionIn(values: readonly Value[], side: Side): number {
  return values.findIndex((value) => equal(inLowerCase(value), inLowerCase(side)));
}

function inLowerCase(value: Side): Side {
  return typeof value === "string" ? value.toLowerCase() : value;
}

/** Is off, missing, or 0 in a created resource. */
export const missingAtCreation = (_before: Side, after: Side, { action }: Subject): boolean =>
  action === "create" && (isNothing(after) || isOff(after) || after === 0);

/** Is set to off in a created resource; AWS decides if it is missing. */
export const offAtCreation = (_before: Side, after: Side, { action }: Subject): boolean =>
  action === "create" && isOff(after);

function isOff(value: Side): boolean {
  return value === false || value === "false";
}

/** Any of several conditions. */
export const either =
  (...conditions: readonly Worse[]): Worse =>
  (before, after, subject) =>
    conditions.some((condition) => condition(before, after, subject));

/** A condition for created resources only. */
export const created =
  (condition: Worse): Worse =>
  (before, after, subject) =>
    subject.action === "create" && condition(before, after, subject);

/** A condition for resources that exist before the change. */
export const existing =
  (condition: Worse): Worse =>
  (before, after, subject) =>
    subject.before !== undefined && condition(before, after, subject);

/** A condition on one value that holds after the change and did not before. */
export const newly =
  (holds: (side: Side) => boolean) =>
  (before: Side, after: Side): boolean =>
    holds(after) && !holds(before);

/** Differs from the value before, and both are set. */
export const changed = (before: Side, after: Side): boolean => !isNothing(before) && !isNothing(after);

/** A smaller number than before; 0 and unset mean "forever". */
export const shorter = (before: Side, after: Side): boolean => before !== undefined && lasting(after) < lasting(before);

function lasting(value: Side): number {
  return typeof value === "number" && value > 0 ? value : Number.POSITIVE_INFINITY;
}

/** A smaller number than before. */
export const smaller = (before: Side, after: Side): boolean =>
  typeof before === "number" && typeof after === "number" && after < before;

/** A larger number than before. */
export const larger = (before: Side, after: Side): boolean => smaller(after, before);

/** A lower limit than before, where -1 is none. */
export const tighter = (before: Side, after: Side): boolean =>
  typeof before === "number" && typeof after === "number" && after >= 0 && (before < 0 || after < before);

/** A number that becomes 0, even as a string. */
export const zero = (before: Side, after: Side): boolean => before !== undefined && !isZero(before) && isZero(after);

function isZero(value: Side): boolean {
  return value === 0 || value === "0";
}

/** A list that lacks elements it had. An element that is known only after apply may be one of them. */
export const fewer = (before: Side, after: Side): boolean =>
  isList(before) && after !== UNKNOWN && without(before, after).length > unknownsIn(after);

/** A list with fewer elements than before; others may have replaced them. */
export const shorterList = (before: Side, after: Side): boolean =>
  isList(before) && isList(after) && after.length < before.length;

/** A list that had elements and has none. */
export const emptied = (before: Side, after: Side): boolean =>
  listOf(before).length > 0 && after !== UNKNOWN && listOf(after).length === 0;

/** A list with elements that it did not have. An element that is known only after apply may replace a lost one. */
export const more = (before: Side, after: Side): boolean =>
  isList(after) &&
  before !== UNKNOWN &&
  (without(after, before).length > unknownsIn(after) || unknownsIn(after) > without(before, after).length);

function without(side: Side, other: Side): readonly Value[] {
  return listOf(side).filter((element) => !listOf(other).some((one) => equal(element, one)));
}

function unknownsIn(side: Side): number {
  return listOf(side).filter((element) => element === UNKNOWN).length;
}

/** A list that has this element and did not have it, or is created with it. */
export const gains = (element: Value) => newly((side) => listOf(side).includes(element));

/** Elements of a set on both sides with the same name; their positions mean nothing. */
export function sameNamed(before: Side, after: Side, key: string): readonly [Value, Value][] {
  return listOf(before).flatMap((was): [Value, Value][] => {
    const is = listOf(after).find((other) => at(other, key) === at(was, key));
    return is === undefined ? [] : [[was, is]];
  });
}

/** Elements of a set whose names the other side lacks. */
export function missingFrom(other: Side, side: Side, key: string): readonly Value[] {
  return listOf(side).filter((one) => !listOf(other).some((candidate) => at(candidate, key) === at(one, key)));
}

/** Elements of a set on both sides with the same name, and those that only get another name. */
export function withRenamed(
  before: Side,
  after: Side,
  key: string,
  isSame: (was: Value, is: Value) => boolean,
): readonly (readonly [Value, Value])[] {
  const added = [...missingFrom(before, after, key)];
  const renamed = missingFrom(after, before, key).flatMap((was) => {
    const index = added.findIndex((is) => isSame(was, is));
    return index < 0 ? [] : added.splice(index, 1).map((is) => [was, is] as const);
  });
  return [...sameNamed(before, after, key), ...renamed];
}

/** A set that lacks elements it had, by their names. */
export const lacks =
  (key: string) =>
  (before: Side, after: Side): boolean =>
    isList(after) && missingFrom(after, before, key).length > 0;

/** Ranks below the previous value in a list from weak to strong; unknown names count as strong. */
export const weaker =
  (...order: readonly string[]) =>
  (before: Side, after: Side): boolean =>
    before !== undefined && strength(order, after) < strength(order, before);

function strength(order: readonly string[], value: Side): number {
  const matching = order.filter((name) => typeof value === "string" && value.startsWith(name));
  const longest = matching.toSorted((one, other) => other.length - one.length)[0];
  return longest === undefined ? (isNothing(value) ? -1 : order.length) : order.indexOf(longest);
}

/** Rows by resource type, and the rows for every type by the first step of their path. */
export interface Table {
  readonly byType: ReadonlyMap<string, readonly Row[]>;
  readonly byArgument: ReadonlyMap<string, readonly Row[]>;
}

/** Types with the arguments of another type, whose rows apply to them too. */
const SIBLINGS: Readonly<Record<string, string>> = {
  aws_alb: "aws_lb",
  aws_alb_listener: "aws_lb_listener",
  aws_alb_listener_rule: "aws_lb_listener_rule",
  aws_alb_target_group: "aws_lb_target_group",
  aws_cloudfront_multitenant_distribution: "aws_cloudfront_distribution",
  aws_cognito_managed_user_pool_client: "aws_cognito_user_pool_client",
  aws_default_subnet: "aws_subnet",
  aws_default_vpc: "aws_vpc",
  aws_elasticsearch_domain: "aws_opensearch_domain",
  aws_route53domains_domain: "aws_route53domains_registered_domain",
  aws_s3_bucket_object: "aws_s3_object",
  aws_spot_instance_request: "aws_instance",
};

export function tableOf(rows: readonly Row[]): Table {
  const byType = new Map<string, Row[]>();
  for (const row of rows) {
    for (const type of row.types ?? []) {
      byType.set(type, [...(byType.get(type) ?? []), row]);
    }
  }
  for (const [type, sibling] of Object.entries(SIBLINGS)) {
    const own = byType.get(type) ?? [];
    const others = byType.get(sibling) ?? [];
    byType.set(type, [...own, ...others.filter((row) => !own.some((one) => isSameRow(one, row)))]);
  }
  const ofAnyType = rows.filter(({ types }) => types === undefined);
  return { byType, byArgument: Map.groupBy(ofAnyType, ({ path }) => String(path[0])) };
}

function isSameRow(one: Row, other: Row): boolean {
  return one.meaning === other.meaning && one.path.join() === other.path.join();
}

/** Paths of the arguments of a type that a table has rows about; of a block with a switch, the path of the block. */
export function pathsIn({ byType, byArgument }: Table, type: string): readonly string[] {
  const rows = [...(byType.get(type) ?? []), ...[...byArgument.values()].flat()];
  return rows.map(({ path }) => nameOf(path).replace(/\.(customer_managed_key_)?enabled?$/, ""));
}

/** Applies the rows of a table to a resource that exists after the change. */
export function evaluateRows(table: Table, subject: Subject): readonly Finding[] {
  const { before, after } = subject;
  const applicable = after === undefined ? NO_ROWS : applicableRows(table, subject);
  if (applicable.length === 0) {
    return NO_FINDINGS;
  }
  return applicable.flatMap((row) =>
    pairsAt(row.path, before, after)
      .flatMap(([was, is]) => findingsAt(row, was, is, subject))
      .slice(0, 1),
  );
}

const NO_ROWS: readonly Row[] = [];

const NO_FINDINGS: readonly Finding[] = [];

/** The rows for the type and for the arguments that it has. Of an existing resource, only changed arguments count. */
function applicableRows({ byType, byArgument }: Table, { type, before, changed }: Subject): readonly Row[] {
  const ofType = byType.get(type);
  const rows = ofType?.filter(({ path }) => before === undefined || changed.includes(String(path[0]))) ?? NO_ROWS;
  if (byArgument.size === 0) {
    return rows;
  }
  const ofArguments = changed.filter((argument) => byArgument.has(argument));
  return ofArguments.length === 0
    ? rows
    : [...rows, ...ofArguments.flatMap((argument) => byArgument.get(argument) ?? NO_ROWS)];
}

function findingsAt(row: Row, was: Side, is: Side, subject: Subject): readonly Finding[] {
  const { path, severity, meaning, worse } = row;
  if (is === UNKNOWN && isLeftToAws(path, subject)) {
    return findingsAt(row, was, null, subject);
  }
  if (isKnown(was) && isKnown(is)) {
    return (subject.before === undefined || !equal(was, is)) && worse(was, is, subject)
      ? [{ severity, text: [...changeOf(nameOf(path), was, is, subject), ` ${meaning}`] }]
      : [];
  }
  return mayBecomeWorse(row, was, is, subject)
    ? [
        {
          severity: severity === "note" ? "note" : "caution",
          text: [
            ...text`${nameOf(path)} was ${was ?? null} and is known only after apply. If it changes: `,
            lowerFirst(meaning),
          ],
        },
      ]
    : [];
}

/** True for an argument of a new resource that the code does not set, so that the default of AWS applies. */
function isLeftToAws(path: Row["path"], { action, configured: { attributes } }: Subject): boolean {
  return action === "create" && attributes.length > 0 && !attributes.includes(String(path[0]));
}

/** Placeholder for a string that is known only after apply. */
export const ANOTHER_VALUE = "another value";

/** True for a switch or a word whose new value is known only after apply, if a different value would be worse. */
function mayBecomeWorse({ path, worse }: Row, was: Side, is: Side, subject: Subject): boolean {
  const other = typeof was === "boolean" ? !was : typeof was === "string" && was !== "" ? ANOTHER_VALUE : undefined;
  return (
    is === UNKNOWN &&
    other !== undefined &&
    subject.configured.attributes.includes(String(path[0])) &&
    worse(was, other, subject)
  );
}

function nameOf(path: Row["path"]): string {
  return path.filter((step) => typeof step === "string" && step !== "*").join(".");
}

const MAX_SHOWN = 120;

/** Only words, numbers, and switches are shown; lists, blocks, and texts that are long, encoded, or of several lines are among the changes. */
export function changeOf(name: string, was: Side, is: Side, { action }: Subject): Finding["text"] {
  const isLong = [was, is].some(
    (side) =>
      isFields(side) ||
      isList(side) ||
      String(side).length > MAX_SHOWN ||
      String(side).includes("\n") ||
      isEncoded(String(side)),
  );
  if (action === "create") {
    return isNothing(is)
      ? text`Created without ${name}.`
      : isLong
        ? text`Created with ${name}.`
        : text`Created with ${name} set to ${is ?? null}.`;
  }
  if (was === undefined || was === null || was === "") {
    return isNothing(is)
      ? text`${name} is not set.`
      : isLong
        ? text`${name} is set.`
        : text`${name} is set to ${is ?? null}.`;
  }
  if (isLong) {
    return text`${name} changes.`;
  }
  return isNothing(is) ? text`${name} is removed; it was ${was}.` : text`${name} changes from ${was} to ${is ?? null}.`;
}

/** True for a text in Base64, and for the hash of user data, which the provider keeps instead of the script. */
function isEncoded(value: string): boolean {
  return /^[\da-f]{40}$/.test(value) || textInBase64(value) !== undefined;
}

/** Both sides of an argument; a `*` in the path gives a pair for each position. */
function pairsAt(path: Row["path"], before: Side, after: Side): readonly (readonly [Side, Side])[] {
  const star = path.indexOf("*");
  if (star < 0) {
    return [[reach(before, path), reach(after, path)]];
  }
  const [lists, rest] = [path.slice(0, star), path.slice(star + 1)];
  const [was, is] = [listAt(before, lists), listAt(after, lists)];
  return elementPairs(was, is).flatMap(([one, other]) => pairsAt(rest, one, other));
}

/** The elements of a list with the earlier ones of the same names; without unique names, with equal ones or else in their order. */
export function elementPairs(was: readonly Value[], is: readonly Value[]): readonly (readonly [Side, Side])[] {
  const nameOf = namesOf([was, is]);
  if (![...was, ...is].every((element) => nameOf(element) !== undefined)) {
    return unnamedPairs(was, is);
  }
  const old = new Map(was.map((element) => [nameOf(element), element]));
  return is.map((element) => [old.get(nameOf(element)), element] as const);
}

/** The positions of elements in a set change when another one joins or leaves it. */
function unnamedPairs(was: readonly Value[], is: readonly Value[]): readonly (readonly [Side, Side])[] {
  const rest = [...was];
  const equals = is.map((element) => {
    const index = rest.findIndex((other) => equal(other, element));
    return index < 0 ? undefined : rest.splice(index, 1)[0];
  });
  return is.map((element, index) => [equals[index] ?? rest.shift(), element] as const);
}

function listAt(side: Side, path: Row["path"]): readonly Value[] {
  const list = at(side, ...path);
  return isList(list) ? list : [];
}

/** The value at a path; unknown inside of what is unknown. */
function reach(value: Side, path: Row["path"]): Side {
  let inner = value;
  for (const step of path) {
    inner = inner === UNKNOWN ? UNKNOWN : at(inner, step);
  }
  return inner;
}

export function isKnown(value: Side): boolean {
  return value !== UNKNOWN && !(value instanceof Secret);
}
