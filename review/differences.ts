import { at, type BeforeAndAfter, equal, type Fields, isFields, isList, isNothing, type Value } from "./value.ts";

/** One thing that changes inside a resource. */
export interface Difference extends BeforeAndAfter {
  /** Such as `container_definitions[like].environment[LOGLEVEL].value`. Elements of a list go by their names where they have any. */
  readonly path: string;
}

/**
 * What is different, attribute by attribute and inside of them. Lists are taken for sets, because most of AWS's are: an
 * element is added, removed or changed, wherever it stands. Only when nothing else is different their order is.
 */
export function differences({ before, after }: BeforeAndAfter): readonly Difference[] {
  if (before === undefined || after === undefined) {
    return Object.entries((after ?? before ?? {}) as Fields)
      .filter(([, value]) => !isNothing(value))
      .map(([name, value]) => ({
        path: stepTo("", name),
        before: before && value,
        after: after && value,
      }));
  }
  return compare("", before, after);
}

/** The attribute of the resource in which something is different. */
export function attributeOf({ path }: Pick<Difference, "path">): string {
  return /^[^.[\s]+/.exec(path)?.[0] ?? path;
}

function compare(path: string, before: Value | undefined, after: Value | undefined): readonly Difference[] {
  if (equal(before, after) || (isNothing(before) && isNothing(after))) {
    return [];
  }
  if (isFields(before) && isFields(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return names.flatMap((name) => compare(stepTo(path, name), at(before, name), at(after, name)));
  }
  if (isList(before) && isList(after) && before.length > 0 && after.length > 0) {
    return compareLists(path, before, after);
  }
  return [{ path, before, after }];
}

function compareLists(path: string, before: readonly Value[], after: readonly Value[]): readonly Difference[] {
  if (before.length === 1 && after.length === 1 && isFields(before[0]) && isFields(after[0])) {
    return compare(path, before[0], after[0]); // a block of which there is one
  }
  const { removed, added } = withoutCommon(before, after);
  if (removed.length === 0 && added.length === 0) {
    return [{ path: `${path} (order)`, before, after }];
  }
  const nameOf = namesOf([before, after]);
  const partners = pair(removed, added, nameOf);
  const taken = new Set(partners.values());
  const pairs: readonly BeforeAndAfter[] = [
    ...removed.map((element) => ({ before: element, after: partners.get(element) })),
    ...added.filter((element) => !taken.has(element)).map((element) => ({ before: undefined, after: element })),
  ];
  return pairs.flatMap((pair) => compare(`${path}[${labelOf(pair)}]`, pair.before, pair.after));

  function labelOf(pair: BeforeAndAfter): string {
    const element = (pair.after ?? pair.before) as Value;
    const position = (pair.after === undefined ? before : after).indexOf(element);
    return nameOf(element) ?? (isFields(element) || isList(element) ? String(position) : "");
  }
}

/** What is left of two lists when equal elements are taken out of both. */
function withoutCommon(before: readonly Value[], after: readonly Value[]) {
  const added = [...after];
  const removed = before.filter((element) => {
    const index = added.findIndex((other) => equal(element, other));
    if (index >= 0) {
      added.splice(index, 1);
    }
    return index < 0;
  });
  return { removed, added };
}

/** Finds to each removed element the added one that it has become: by name, else the one that has most in common with it. */
function pair(
  removed: readonly Value[],
  added: readonly Value[],
  nameOf: (element: Value) => string | undefined,
): ReadonlyMap<Value, Value> {
  const free = new Set(added);
  const partners = new Map<Value, Value>();
  const take = (element: Value, partner: Value | undefined) => {
    if (partner !== undefined && free.delete(partner)) {
      partners.set(element, partner);
    }
  };
  for (const element of removed) {
    const name = nameOf(element);
    take(element, name === undefined ? undefined : [...free].find((other) => nameOf(other) === name));
  }
  const [gone, come] = [removed[0], added[0]];
  if (removed.length === 1 && added.length === 1 && isFields(gone) && isFields(come)) {
    take(gone, come);
  }
  for (const element of removed.filter((element) => nameOf(element) === undefined && isFields(element))) {
    take(element, closest(element, [...free]));
  }
  return partners;
}

/** The element that has most in common with another, and no less than half. */
function closest(element: Value, others: readonly Value[]): Value | undefined {
  const shares = others.map((other) => inCommon(element, other));
  const most = Math.max(...shares);
  return most >= 0.5 ? others[shares.indexOf(most)] : undefined;
}

/** Share of the fields of two elements that are the same in both. */
function inCommon(one: Value, other: Value): number {
  if (!isFields(one) || !isFields(other)) {
    return 0;
  }
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].filter((name) => equal(at(one, name), at(other, name))).length / names.size;
}

/** Where people find the name of an element, in the APIs of AWS and in the JSON they take; a dashboard's widgets have titles. */
const NAMES = [["name"], ["Name"], ["Sid"], ["sid"], ["id"], ["Id"], ["key"], ["Key"], ["properties", "title"]];

/** How elements are called; undefined for those without a name, and for those whose name another of their list has too. */
function namesOf(lists: readonly (readonly Value[])[]): (element: Value) => string | undefined {
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
  const doubtful = new Set(lists.flatMap((list) => doubles(list.map((element) => name(element, place)))));
  return (element) => (doubtful.has(name(element, place)) ? undefined : name(element, place));
}

function doubles(names: readonly (string | undefined)[]): readonly (string | undefined)[] {
  return names.filter((name, index) => names.indexOf(name) !== index);
}

function stepTo(path: string, name: string): string {
  const step = /^[\w-]+$/.test(name) ? name : JSON.stringify(name);
  return path === "" ? step : `${path}.${step}`;
}
