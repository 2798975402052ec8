import type { Difference } from "./model.ts";
import { stepTo } from "./values/path.ts";
import {
  at,
  type BeforeAndAfter,
  changedAttributes,
  equal,
  type Fields,
  isFields,
  isList,
  isNothing,
  Secret,
  UNKNOWN,
  type Value,
} from "./values/value.ts";

/**
 * The differences of a resource, attribute by attribute and inside attributes. Because most lists of AWS are sets, elements
 * are matched by name or content. A change to their order is a separate difference, marked `(order)`.
 */
export function differences(sides: Sides): readonly Difference[] {
  const found = differencesIn(sides, "block");
  // Alone, the notation of a string that is not set is the change, as in resources of some providers.
  return found.every(({ after }) => after === UNKNOWN) ? differencesIn(sides, "value") : found;
}

/** Differences together with those of marks as sensitive. */
export function withMarks(found: readonly Difference[], { before, after, markChanges }: Marked): readonly Difference[] {
  if (markChanges.length === 0 || before === undefined || after === undefined) {
    return found;
  }
  const hiddenValue = new Secret(null);
  let all = found;
  for (const [path, changes] of Map.groupBy(markChanges, (change) => change.path)) {
    const [{ mark } = {}, ...others] = changes;
    if (mark === undefined || others.some((other) => other.mark !== mark)) {
      continue; // elements of a list that only change places
    }
    const [only, ...more] = all.filter((difference) => withoutPositions(difference.path) === path);
    all =
      only === undefined || more.length > 0
        ? [...all, { path, before: hiddenValue, after: hiddenValue, mark }]
        : all.map((difference) => (difference === only ? { ...difference, mark } : difference));
  }
  return all;
}

interface Marked extends BeforeAndAfter {
  /** Parts that only one side marks as sensitive. */
  readonly markChanges: readonly Required<Pick<Difference, "path" | "mark">>[];
}

/** A path without the positions and names of elements. */
export function withoutPositions(path: string): string {
  return path.replace(/\[[^\]]*\]/g, "");
}

interface Sides extends BeforeAndAfter {
  /** Names of the attributes that differ, if they are known. */
  readonly changed?: readonly string[];
  /** Arguments that the code sets. */
  readonly configured?: { readonly attributes: readonly string[] };
}

/** Blocks are the resource itself and the elements of its lists. Values are maps and JSON. */
type Place = "block" | "container" | "value";

function differencesIn({ before, after, changed, configured }: Sides, place: Place): readonly Difference[] {
  if (before === undefined || after === undefined) {
    const whole = after ?? before;
    if (whole !== undefined && !isFields(whole)) {
      return [{ path: "", before, after }]; // unknown or hidden as a whole
    }
    // An empty list is either an argument or a block that does not occur.
    return Object.entries(whole ?? {})
      .filter(([name, value]) => isShown(value) || (!isUnset(value) && configured?.attributes.includes(name)))
      .map(([name, value]) => ({
        path: stepTo("", name),
        before: before && value,
        after: after && value,
      }));
  }
  if (!isFields(before) || !isFields(after)) {
    return compare("", before, after, place);
  }
  const names = changed ?? changedAttributes({ before, after });
  const unequal = names.filter((name) => !isSame(at(before, name) ?? null, at(after, name) ?? null, place));
  return compareNamed("", before, after, unequal, place);
}

function isShown(value: Value): boolean {
  return !isNothing(value) && !(value instanceof Secret && value.isNull);
}

/** The attribute of the resource that contains the difference. */
export function attributeOf({ path }: Pick<Difference, "path">): string {
  return /^[^.[\s]+/.exec(path)?.[0] ?? path;
}

function compare(
  path: string,
  before: Value | undefined,
  after: Value | undefined,
  place: Place,
): readonly Difference[] {
  return isSame(before, after, place) ? [] : compareUnequal(path, before, after, place);
}

function isSame(before: Value | undefined, after: Value | undefined, place: Place): boolean {
  if (equal(before, after)) {
    return true;
  }
  switch (place) {
    case "block": // Providers mix up `null` and `""`, so Terraform treats them alike.
      return isUnset(before) && isUnset(after);
    case "container": // ECS adds empty lists to the definitions of containers, which the provider ignores.
      return isNothing(before) && isNothing(after);
    default:
      return false;
  }
}

function isUnset(value: Value | undefined): boolean {
  return value === null || value === "";
}

function compareUnequal(
  path: string,
  before: Value | undefined,
  after: Value | undefined,
  place: Place,
): readonly Difference[] {
  if (before instanceof Secret || after instanceof Secret) {
    return [{ path, before: hidden(before), after: hidden(after) }];
  }
  if (isFields(before) && isFields(after)) {
    return compareFields(path, before, after, "value");
  }
  if (isList(before) && isList(after) && before.length > 0 && after.length > 0) {
    return compareLists(path, before, after, placeOfElements(path, place));
  }
  return [{ path, before, after }];
}

function placeOfElements(path: string, place: Place): Place {
  if (place === "block") {
    return path === "container_definitions" ? "container" : "block";
  }
  return "value";
}

/** Most attributes of a changed resource are equal, so only the others are sorted. */
function compareFields(path: string, before: Fields, after: Fields, place: Place): readonly Difference[] {
  const unequal: string[] = [];
  for (const name of Object.keys(before)) {
    if (!isSame(before[name], at(after, name), place)) {
      unequal.push(name);
    }
  }
  for (const name of Object.keys(after)) {
    if (!Object.hasOwn(before, name) && !isSame(undefined, after[name], place)) {
      unequal.push(name);
    }
  }
  return compareNamed(path, before, after, unequal, place);
}

function compareNamed(
  path: string,
  before: Fields,
  after: Fields,
  names: readonly string[],
  place: Place,
): readonly Difference[] {
  return names
    .toSorted()
    .flatMap((name) => compareUnequal(stepTo(path, name), at(before, name), at(after, name), place));
}

/** Hides the other side when either one is sensitive, unless it is not set. */
function hidden(value: Value | undefined): Value | undefined {
  if (value instanceof Secret) {
    return value.isNull ? null : value;
  }
  return value === undefined || value === null || value === UNKNOWN ? value : new Secret(value);
}

/** Lists in which the position of every element counts, such as a container's command. */
const POSITIONAL = /(^|\.)(command|entry_?point|args|arguments)$/i;

/** Lists whose order never counts: the elements of IAM statements, and the values of their conditions. */
const UNORDERED =
  /(^|\.)(Not)?(Action|Resource|Principal)s?$|\.(AWS|Service|Federated)$|\.Condition\.("[^"]*"|[\w-]+)\.("[^"]*"|[\w-]+)$/;

/**
 * Sets of blocks in the AWS provider. Terraform sorts sets by content, so an element that changes may also move. Without a name,
 * its position does not tell which one it is, so both versions of it are shown as a whole, like in Terraform's text.
 * Source: https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs
 */
const SETS: ReadonlySet<string> = new Set([
  ...["artifact_store", "attribute", "capacity_provider_strategy", "condition", "custom_error_response"],
  ...["custom_header", "default_capacity_provider_strategy", "ebs_block_device", "ec2_tag_filter", "egress", "entry"],
  ...["filter", "function_association", "global_secondary_index", "grant", "ingress", "inline_policy"],
  ...["lambda_function_association", "load_balancer", "local_secondary_index", "metric_query"],
  ...["noncurrent_version_transition", "notification", "option", "option_settings", "origin", "origin_group"],
  ...["parameter", "placement_constraints", "port_info", "principals", "replica", "route", "rule"],
  ...["secondary_artifacts", "secondary_sources", "selection_tag", "setting", "stateful_rule_group_reference"],
  ...["stateless_rule", "stateless_rule_group_reference", "step_adjustment", "subnet_mapping", "subscriber", "tag"],
  ...["taint", "target_group", "transition", "volume"],
]);

function compareLists(
  path: string,
  before: readonly Value[],
  after: readonly Value[],
  place: Place,
): readonly Difference[] {
  const isSet = SETS.has(path.slice(path.lastIndexOf(".") + 1));
  if (before.length === 1 && after.length === 1 && isFields(before[0]) && isFields(after[0])) {
    if (!isSet || inCommon(before[0], after[0]) >= SIMILAR) {
      const variable = variableIn(before[0], after[0]);
      // Otherwise a block that occurs once.
      return compareFields(variable === undefined ? path : `${path}[${variable}]`, before[0], after[0], place);
    }
  }
  if ([...before, ...after].some((element) => element instanceof Secret)) {
    // Terraform marks positions, so only elements at the same position can be compared.
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, index) =>
      compareElements(`${path}[${index}]`, before[index], after[index], place),
    ).flat();
  }
  if (POSITIONAL.test(path) && [...before, ...after].every(isPlain)) {
    return [{ path, before, after }];
  }
  const nameOf = namesOf([before, after]);
  const common = commonOf(before, after);
  const removed = before.keys().filter((position) => !common.has(position));
  const kept = new Set(common.values());
  const added = after.keys().filter((position) => !kept.has(position));
  const left = { before, after, removed: [...removed], added: [...added] };
  const named = pairByName(left, nameOf);
  const partners = new Map([...named, ...pairByContent(left, named, nameOf, isSet)]);
  const taken = new Set(partners.values());
  const changes = [
    ...left.removed.flatMap((position) => {
      const partner = partners.get(position);
      if (partner === undefined || (isSet && !named.has(position))) {
        const is = partner === undefined ? undefined : after[partner];
        return [{ path: elementPath(before, position), before: before[position], after: is }];
      }
      return compareElements(elementPath(after, partner), before[position], after[partner], place);
    }),
    ...left.added
      .filter((position) => !taken.has(position))
      .map((position) => ({ path: elementPath(after, position), before: undefined, after: after[position] })),
  ];
  const isReordered = !isAscending(before.keys().map((position) => common.get(position)));
  const isMoved = isReordered || (!isSet && !isAscending(before.keys().map(placeOf)));
  return isMoved && (changes.length === 0 || !UNORDERED.test(path))
    ? [...changes, { path: `${path} (order)`, before: labels(before), after: labels(after) }]
    : changes;

  function placeOf(position: number): number | undefined {
    return common.get(position) ?? named.get(position);
  }

  function elementPath(list: readonly Value[], position: number): string {
    const element = list[position] as Value;
    return `${path}[${nameOf(element) ?? (isSet || isPlain(element) ? "" : position)}]`;
  }

  function labels(list: readonly Value[]): readonly Value[] {
    return list.map((element) => nameOf(element) ?? element);
  }
}

/** The name of a variable or setting whose value changes: without it, the only one of a list would not be known. */
function variableIn(before: Fields, after: Fields): string | undefined {
  const nameOf = namesOf([[before], [after]]);
  const name = nameOf(before);
  return name === nameOf(after) && ["value", "Value"].some((value) => Object.hasOwn(after, value)) ? name : undefined;
}

/** An element counts even when it is empty, unlike the value of an attribute. */
function compareElements(
  path: string,
  before: Value | undefined,
  after: Value | undefined,
  place: Place,
): readonly Difference[] {
  if (before === undefined || after === undefined) {
    return [{ path, before, after }];
  }
  return isFields(before) && isFields(after)
    ? compareFields(path, before, after, place)
    : compare(path, before, after, "value");
}

function isAscending(positions: Iterable<number | undefined>): boolean {
  let last = -1;
  for (const position of positions) {
    if (position !== undefined) {
      if (position < last) {
        return false;
      }
      last = position;
    }
  }
  return true;
}

function isPlain(element: Value): boolean {
  return !isFields(element) && !isList(element);
}

/** Maximum number of element pairs for which comparing each is faster than taking fingerprints. */
const FEW_PAIRS = 64;

/** Positions in the second list of the elements that both lists have, by their positions in the first. */
function commonOf(before: readonly Value[], after: readonly Value[]): ReadonlyMap<number, number> {
  // Comparing every pair would take minutes for long lists.
  const group = before.length * after.length > FEW_PAIRS ? fingerprint : () => "";
  const candidates = Map.groupBy(after.keys(), (position) => group(after[position] as Value));
  const common = new Map<number, number>();
  before.forEach((element, index) => {
    const positions = candidates.get(group(element)) ?? [];
    const found = positions.findIndex((position) => equal(element, after[position]));
    if (found >= 0) {
      const [position] = positions.splice(found, 1);
      common.set(index, position as number);
    }
  });
  return common;
}

/** The same for equal values. */
function fingerprint(value: Value): string {
  if (isList(value)) {
    return `[${value.map(fingerprint).join()}]`;
  }
  if (isFields(value)) {
    const fields = Object.keys(value)
      .sort()
      .map((name) => `${name}:${fingerprint(value[name] as Value)}`);
    return `{${fields.join()}}`;
  }
  return value instanceof Secret ? "secret" : `${typeof value} ${value}`;
}

/** Two lists, and the positions of the elements that have no counterpart: `removed` in `before`, `added` in `after`. */
interface Left {
  readonly before: readonly Value[];
  readonly after: readonly Value[];
  readonly removed: readonly number[];
  readonly added: readonly number[];
}

/** Positions of added elements by the position of the removed one with the same name. */
function pairByName(
  { before, after, removed, added }: Left,
  nameOf: (element: Value) => string | undefined,
): ReadonlyMap<number, number> {
  const positions = new Map(added.map((position) => [nameOf(after[position] as Value), position]));
  positions.delete(undefined);
  const partners = new Map<number, number>();
  for (const position of removed) {
    const partner = positions.get(nameOf(before[position] as Value));
    if (partner !== undefined) {
      partners.set(position, partner);
    }
  }
  return partners;
}

/** Maximum number of element pairs to compare field by field; more would take seconds. */
const MAX_PAIRS = 50_000;

/** Pairs the other elements: those with the most fields in common, and in a list, the only two left. */
function pairByContent(
  { before, after, removed, added }: Left,
  named: ReadonlyMap<number, number>,
  nameOf: (element: Value) => string | undefined,
  isSet: boolean,
): ReadonlyMap<number, number> {
  const partners = new Map<number, number>();
  const taken = new Set(named.values());
  if (removed.length * added.length > MAX_PAIRS) {
    return partners;
  }
  const isOnly = !isSet && removed.length === 1 && added.length === 1;
  const free = new Set(added.filter((position) => !taken.has(position)));
  for (const position of removed) {
    const element = before[position] as Value;
    if (named.has(position) || !(isFields(element) || isLongText(element))) {
      continue;
    }
    const partner = isOnly ? added.find((place) => maySucceed(element, after[place] as Value)) : closestTo(element);
    if (partner !== undefined && free.delete(partner)) {
      partners.set(position, partner);
    }
  }
  return partners;

  /** An element with another name is another one, unless most of it stays the same. */
  function maySucceed(element: Value, other: Value): boolean {
    if (isLongText(element)) {
      return isLongText(other);
    }
    const isRenamed = nameOf(element) !== undefined && nameOf(other) !== undefined;
    return isFields(other) && (!isRenamed || inCommon(element, other) >= SIMILAR);
  }

  function closestTo(element: Value): number | undefined {
    return nameOf(element) === undefined ? closest(element, after, [...free]) : undefined;
  }
}

/** True for a text that is shown line by line, such as a file of values for Helm. */
function isLongText(value: Value): boolean {
  return typeof value === "string" && value.includes("\n");
}

/** Position of the element that shares most fields with another: at least half of them. */
function closest(element: Value, list: readonly Value[], positions: readonly number[]): number | undefined {
  const shares = positions.map((position) => inCommon(element, list[position] as Value));
  const most = Math.max(...shares);
  return most >= SIMILAR ? positions[shares.indexOf(most)] : undefined;
}

/** Minimum fraction of common fields for two elements to count as one element that changed. */
const SIMILAR = 0.5;

/** Fraction of the fields of two elements that are equal, without those that are not set in either one. */
function inCommon(one: Value, other: Value): number {
  if (!isFields(one) || !isFields(other)) {
    return 0;
  }
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  const equals = names.filter((name) => equal(at(one, name), at(other, name)));
  const unset = equals.filter((name) => isNothing(one[name]) || one[name] === false || one[name] === 0);
  return (equals.length - unset.length) / (names.length - unset.length);
}

/** Fields that name an element in the APIs of AWS and in their JSON; the widgets of a dashboard have titles. */
const NAMES = [
  ["name"],
  ["Name"],
  ["Sid"],
  ["sid"],
  ["id"],
  ["Id"],
  ["key"],
  ["Key"],
  ["properties", "title"],
  ["path_pattern"],
  ["origin_id"],
  ["device_name"],
  ["capacity_provider"],
];

/** The names of elements; undefined for elements without a name and for names that occur twice in a list. */
export function namesOf(lists: readonly (readonly Value[])[]): (element: Value) => string | undefined {
  const name = (element: Value, place: readonly string[]) => {
    const found = at(element, ...place);
    return typeof found === "string" && found !== "" ? found : undefined;
  };
  const place = NAMES.find((place) =>
    lists.every((list) => list.some((element) => name(element, place) !== undefined)),
  );
  if (place === undefined) {
    return () => undefined;
  }
  const ambiguous = new Set(lists.flatMap((list) => duplicates(list.map((element) => name(element, place)))));
  return (element) => (ambiguous.has(name(element, place)) ? undefined : name(element, place));
}

function duplicates(names: readonly (string | undefined)[]): readonly (string | undefined)[] {
  const seen = new Set<string | undefined>();
  return names.filter((name) => seen.size === seen.add(name).size);
}
