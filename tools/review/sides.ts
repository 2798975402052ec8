import type { Change } from "./plan/format.ts";
import { parseJson } from "./plan/json-sections.ts";
import { isSecretArgument, isSecretField, type Place, placeIn } from "./secrets/places.ts";
import { either, type MarkChange, type Marks, markChanges, marksAt, marksIn } from "./values/masks.ts";
import { child, isObject, keysOf } from "./values/object.ts";
import { at, type BeforeAndAfter, type Fields, Secret, UNKNOWN, type Value } from "./values/value.ts";

// Both sides of a change, with their unknown and sensitive parts marked.

type Sides = "before" | "after" | "after_unknown" | "before_sensitive" | "after_sensitive";

type Keep = (secret: unknown) => void;

/** Both sides of a change, and whether anything is marked as sensitive. */
export interface MarkedSides extends BeforeAndAfter {
  readonly isMarked: boolean;
}

/** Both sides of a change. `keep` receives every sensitive value, so that copies of it can be hidden elsewhere. */
export function sidesOf(change: Pick<Change, Sides>, keep: Keep): MarkedSides {
  const { before, after } = change;
  const unknown = marksIn(change.after_unknown);
  // Terraform hides both values when either one is marked: https://github.com/hashicorp/terraform/pull/26367
  const sensitive = either(marksIn(change.before_sensitive), marksIn(change.after_sensitive));
  const exists = after !== null || unknown !== undefined;
  parsed.clear();
  return {
    before:
      before === null || before === undefined ? undefined : marked(before, undefined, sensitive, keep, "argument"),
    after: exists ? marked(after, unknown, sensitive, keep, "argument") : undefined,
    isMarked: sensitive !== undefined,
  };
}

/** Both sides of a change with its sensitive values visible, for rules. */
export function revealedSidesOf(change: Pick<Change, Sides>): BeforeAndAfter {
  return sidesOf({ ...change, before_sensitive: undefined, after_sensitive: undefined }, () => {});
}

/** True if a part of either side is marked as sensitive. */
export function hasSensitive(change: Pick<Change, "before_sensitive" | "after_sensitive">): boolean {
  return marksIn(change.before_sensitive) !== undefined || marksIn(change.after_sensitive) !== undefined;
}

/** Parts that have a value on both sides, and of which only one side is marked as sensitive. */
export function markChangesOf(change: Pick<Change, Sides>, { before, after }: BeforeAndAfter): readonly MarkChange[] {
  const isKnown = (value: Value | undefined) => value instanceof Secret && !value.isNull;
  return markChanges(marksIn(change.before_sensitive), marksIn(change.after_sensitive)).filter(
    ({ path }) => isKnown(at(before, ...path)) && isKnown(at(after, ...path)),
  );
}

/** Remembers the sensitive values of a change. */
export function keepSecrets(change: Pick<Change, Sides>, keep: Keep): void {
  sidesOf(change, keep);
}

/** Names of the attributes that are not hidden or unknown as a whole. */
export function attributesOf({ before, after, after_unknown, ...masks }: Pick<Change, Sides>): readonly string[] {
  if (masks.before_sensitive === true || masks.after_sensitive === true || after_unknown === true) {
    return [];
  }
  return after === null && marksIn(after_unknown) === undefined
    ? keysOf(before)
    : [...keysOf(after), ...keysOf(after_unknown)];
}

function marked(value: unknown, unknown: Marks, sensitive: Marks, keep: Keep, place: Place): Value {
  if (unknown === true) {
    return UNKNOWN;
  }
  if (sensitive === true) {
    keep(value);
    return new Secret(value);
  }
  if ((unknown === undefined && sensitive === undefined) || typeof value === "string") {
    return unmarked(value, place);
  }
  if (Array.isArray(value) || Array.isArray(unknown)) {
    const length = Math.max(sizeOf(value), sizeOf(unknown));
    return Array.from({ length }, (_, index) =>
      marksAt(sensitive, index) !== true && isSecretArgument(value, index)
        ? new Secret(child(value, index))
        : marked(child(value, index), marksAt(unknown, index), marksAt(sensitive, index), keep, place),
    );
  }
  if (isObject(value) || isObject(unknown)) {
    return markedFields(value, unknown, sensitive, keep, place);
  }
  return (value ?? null) as Value;
}

function markedFields(value: unknown, unknown: Marks, sensitive: Marks, keep: Keep, place: Place): Fields {
  const copy: Record<string, Value> = { ...(isObject(value) ? (value as Fields) : {}) };
  for (const name in copy) {
    const inner = copy[name];
    const innerUnknown = marksAt(unknown, name);
    const innerSensitive = marksAt(sensitive, name);
    const changed =
      innerUnknown !== true && innerSensitive !== true && isSecretField(value, name, inner, place)
        ? new Secret(inner)
        : marked(inner, innerUnknown, innerSensitive, keep, placeIn(place, name, inner, value));
    if (changed !== inner) {
      copy[name] = changed;
    }
  }
  // Terraform leaves fields out that are known only after apply.
  const added = keysOf(unknown).filter((name) => !Object.hasOwn(copy, name));
  for (const name of added) {
    setField(copy, name, marked(undefined, marksAt(unknown, name), marksAt(sensitive, name), keep, "argument"));
  }
  return Object.keys(copy).some(isConversion) ? convertible(copy) : copy;
}

/** True for names of functions with which JavaScript turns an object into text; a map of a plan may have any key. */
function isConversion(name: string): boolean {
  return name === "toString" || name === "valueOf";
}

/** Fields that can be turned into text although they hide the functions for that. */
function convertible(fields: Record<string, Value>): Fields {
  return Object.defineProperty(fields, Symbol.toPrimitive, { value: () => "[object Object]" });
}

/** A value without masks. It is copied only where it changes: in JSON strings and values that look like secrets. */
function unmarked(value: unknown, place: Place): Value {
  if (typeof value === "string") {
    return read(value);
  }
  if (Array.isArray(value)) {
    let copy: Value[] | undefined;
    for (let index = 0; index < value.length; index++) {
      const inner = isSecretArgument(value, index) ? new Secret(value[index]) : unmarked(value[index], place);
      if (inner !== value[index]) {
        copy ??= value.slice();
        copy[index] = inner;
      }
    }
    return copy ?? value;
  }
  return isObject(value) ? unmarkedFields(value as Fields, place) : ((value ?? null) as Value);
}

function unmarkedFields(value: Fields, place: Place): Fields {
  let copy: Record<string, Value> | undefined;
  let isConvertible = true;
  for (const name in value) {
    isConvertible &&= !isConversion(name);
    const inner = value[name];
    const changed = isSecretField(value, name, inner, place)
      ? new Secret(inner)
      : unmarked(inner, placeIn(place, name, inner, value));
    if (changed !== inner) {
      copy ??= { ...value };
      copy[name] = changed;
    }
  }
  return isConvertible ? (copy ?? value) : convertible(copy ?? { ...value });
}

/** Parses a string that is a JSON object or list; other strings stay. */
function read(text: string): Value {
  if (!isJson(text)) {
    return text;
  }
  const known = parsed.get(text);
  if (known !== undefined) {
    return known;
  }
  try {
    const json = parseJson(text);
    if (text.length > 2 * MAX_DEPTH && isDeeperThan(MAX_DEPTH, json)) {
      return text;
    }
    const value = unmarked(json, "json");
    parsed.set(text, value);
    return value;
  } catch {
    return text;
  }
}

/** Levels of a JSON string beyond which recursive functions may overflow the stack; JSON strings may contain others. */
const MAX_DEPTH = 200;

function isDeeperThan(levels: number, value: unknown): boolean {
  if (!isObject(value) || levels === 0) {
    return isObject(value);
  }
  for (const name in value) {
    if (isDeeperThan(levels - 1, child(value, name))) {
      return true;
    }
  }
  return false;
}

/** JSON strings of the current change: most are the same on both sides. */
const parsed = new Map<string, Value>();

/** True for text that starts like a JSON object or list. */
function isJson(text: string): boolean {
  const first = text.charCodeAt(0);
  return first === OPEN_BRACE || first === OPEN_BRACKET || (first <= SPACE && /^\s*[{[]/.test(text));
}

const OPEN_BRACE = "{".charCodeAt(0);
const OPEN_BRACKET = "[".charCodeAt(0);
const SPACE = " ".charCodeAt(0);

/** Sets a field; an assignment to `__proto__` would set the prototype. */
function setField(fields: Record<string, Value>, name: string, value: Value): void {
  if (name === "__proto__") {
    Object.defineProperty(fields, name, { value, enumerable: true, configurable: true, writable: true });
  } else {
    fields[name] = value;
  }
}

function sizeOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}
