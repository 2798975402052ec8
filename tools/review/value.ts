import { isStore } from "./buildspec.ts";
import { ExactNumber, rawJson } from "./exact-number.ts";
import { parseJson } from "./json-sections.ts";
import type { Change } from "./plan-format.ts";
import { isSecretEntry, isSecretSetting, isSecretVariable, isStored } from "./secret-names.ts";

class Unknown {
  readonly #name = "known after apply";

  toString(): string {
    return this.#name;
  }

  /** The form in the review's JSON. */
  toJSON(): { unknown: true } {
    return { unknown: true };
  }
}

/** A value that is known only after apply. */
export const UNKNOWN = new Unknown();

/** A sensitive value. It can be compared but not read. */
export class Secret {
  readonly #value: unknown;

  constructor(value: unknown) {
    this.#value = value;
  }

  /** True for an argument that is not set, or write-only: Terraform never stores its value. */
  get isNull(): boolean {
    return this.#value === null || this.#value === undefined;
  }

  equals(other: unknown): boolean {
    return sameJson(this.#value, other instanceof Secret ? other.#value : other);
  }

  /** The form in the review's JSON. */
  toJSON(): { sensitive: true } {
    return { sensitive: true };
  }
}

export interface Fields {
  readonly [name: string]: Value;
}

/** A plan's value with its unknown and sensitive parts marked and JSON strings parsed. Numbers keep all of their digits. */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | ExactNumber
  | string
  | Unknown
  | Secret
  | readonly Value[]
  | Fields;

export interface BeforeAndAfter {
  /** Undefined when the object does not exist. */
  readonly before: Value | undefined;
  readonly after: Value | undefined;
}

type Sides = "before" | "after" | "after_unknown" | "before_sensitive" | "after_sensitive";

type Keep = (secret: unknown) => void;

/** The marked parts of a mask of Terraform: `true`, or the fields and elements in which anything is marked. */
type Marks = true | readonly (Marks | undefined)[] | { readonly [name: string]: Marks } | undefined;

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

export function isFields(value: Value | undefined): value is Fields {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** The value at a path such as `at(table, "point_in_time_recovery", 0, "enabled")`; undefined if it does not exist. */
export function at(value: Value | undefined, ...path: readonly (string | number)[]): Value | undefined {
  let inner = value;
  // Every rule reads its arguments here: iterators would be a tenth of all objects of a review.
  for (let index = 0; index < path.length; index++) {
    const step = path[index] as string | number;
    if (typeof step === "number") {
      inner = isList(inner) ? inner[step] : undefined;
    } else {
      inner = isFields(inner) && Object.hasOwn(inner, step) ? inner[step] : undefined;
    }
  }
  return inner;
}

/** A single value or a list as a list; AWS accepts either in policies and many APIs. */
export function listOf(value: Value | undefined): readonly Value[] {
  return value === undefined || value === null ? [] : isList(value) ? value : [value];
}

export function equal(one: Value | undefined, other: Value | undefined): boolean {
  if (one === other) {
    return true;
  }
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) {
    return false;
  }
  if (isList(one) && isList(other)) {
    return equalElements(one, other);
  }
  if (one instanceof Secret && other instanceof Secret) {
    return one.equals(other);
  }
  if (one instanceof ExactNumber && other instanceof ExactNumber) {
    return one.equals(other);
  }
  return isFields(one) && isFields(other) && equalFields(one, other);
}

function equalElements(one: readonly Value[], other: readonly Value[]): boolean {
  if (one.length !== other.length) {
    return false;
  }
  for (let index = 0; index < one.length; index++) {
    if (!equal(one[index], other[index])) {
      return false;
    }
  }
  return true;
}

function equalFields(one: Fields, other: Fields): boolean {
  let count = 0;
  for (const name in one) {
    count++;
    if (!Object.hasOwn(other, name) || !equal(one[name], other[name])) {
      return false;
    }
  }
  return count === Object.keys(other).length;
}

/** Names of the attributes that differ between both sides, or of all attributes if there is only one side. */
export function changedAttributes({ before, after }: BeforeAndAfter): readonly string[] {
  if (!isFields(before) || !isFields(after)) {
    return keysOf(isFields(after) ? after : isFields(before) ? before : undefined);
  }
  const changed: string[] = [];
  for (const name in after) {
    if (!Object.hasOwn(before, name) || !equal(before[name], after[name])) {
      changed.push(name);
    }
  }
  for (const name in before) {
    if (!Object.hasOwn(after, name)) {
      changed.push(name);
    }
  }
  return changed;
}

/** True for the values that AWS and its provider use for "not set". */
export function isNothing(value: Value | undefined): boolean {
  return (
    value === undefined ||
    value === null ||
    value === "" ||
    (isList(value) && value.length === 0) ||
    (isFields(value) && Object.keys(value).length === 0)
  );
}

/**
 * Names of environment variables and in JSON texts may look like secrets in any letter case. Every text in the data of a secret
 * of Kubernetes is one.
 */
type Place = "argument" | "environment" | "json" | "secret" | "store";

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

/** True for the value of an environment variable whose name looks like a secret, as a map's entry or as `name` and `value`. */
function isSecretField(parent: unknown, name: string, value: unknown, place: Place): boolean {
  if (typeof value !== "string") {
    return false;
  }
  if (place === "secret" && value !== "") {
    return true;
  }
  if (place === "store" && isStored(value)) {
    return false;
  }
  // A block in the environment names the key of a secret, such as `secret_key_ref`.
  if (
    ((place === "environment" && name !== "key") || place === "store" || isUpperCase(name)) &&
    isSecretVariable(name, value)
  ) {
    return true;
  }
  if (place === "json" ? isSecretEntry(name, value) : isSecretSetting(name, value)) {
    return true;
  }
  return (
    ((name.length === VALUE.length && name.toLowerCase() === VALUE) || name === "insecure_value") &&
    isSecretVariable(child(parent, "name") ?? child(parent, "Name"), value) &&
    !STORES.includes(child(parent, "type"))
  );
}

/** Types of a variable of CodeBuild whose value is the name of a secret. */
const STORES: readonly unknown[] = ["PARAMETER_STORE", "SECRETS_MANAGER"];

const VALUE = "value";

/** Most names start with a lowercase letter, which is faster to check than whether the whole name is uppercase. */
function isUpperCase(name: string): boolean {
  const first = name.charCodeAt(0);
  return !(first >= LOWER_A && first <= LOWER_Z) && name === name.toUpperCase();
}

const LOWER_A = "a".charCodeAt(0);
const LOWER_Z = "z".charCodeAt(0);

function placeIn(place: Place, name: string, inner: unknown, parent: unknown): Place {
  if (!isObject(inner)) {
    return place;
  }
  if ((name === "data" || name === "stringData") && child(parent, "kind") === "Secret") {
    return "secret";
  }
  if (place === "environment" && isStore(name)) {
    return "store";
  }
  return ENVIRONMENT.test(name) ? "environment" : place;
}

/**
 * True for the value of an argument of a command, such as the second element of `["--password", "hunter2"]`. The AWS CLI takes
 * the name of a secret as `--secret-id`.
 */
function isSecretArgument(list: unknown, index: number): boolean {
  const flag = index > 0 ? child(list, index - 1) : undefined;
  if (typeof flag !== "string" || flag.charCodeAt(0) !== DASH || flag === "--secret-id") {
    return false;
  }
  const value = child(list, index);
  return typeof value === "string" && value.charCodeAt(0) !== DASH && isSecretVariable(flag.replace(/^-+/, ""), value);
}

const DASH = "-".charCodeAt(0);

/**
 * Attributes that hold environment variables by name, such as `runtime_environment_variables` and Azure's `app_settings`,
 * arguments of Glue's jobs, and the registries in the configuration of Docker, whose fields have such names.
 */
const ENVIRONMENT = /(^|_)(env|envs|environment|variables|env_vars|app_settings|arguments|auths)$/i;

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

function sameJson(one: unknown, other: unknown): boolean {
  return stringify(one) === stringify(other);
}

/** JSON with numbers of any size. */
export function stringify(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    // A replacer is slow, and needed only for bigints.
    return JSON.stringify(value, (_name, inner: unknown) =>
      typeof inner === "bigint" ? rawJson(String(inner)) : inner,
    );
  }
}

/** Sets a field; an assignment to `__proto__` would set the prototype. */
function setField(fields: Record<string, Value>, name: string, value: Value): void {
  if (name === "__proto__") {
    Object.defineProperty(fields, name, { value, enumerable: true, configurable: true, writable: true });
  } else {
    fields[name] = value;
  }
}

/** Most masks mark nothing, and need not be followed into the value. */
function marksIn(mask: unknown): Marks {
  if (!isObject(mask)) {
    return mask === true ? true : undefined;
  }
  if (Array.isArray(mask)) {
    let elements: Marks[] | undefined;
    for (let index = 0; index < mask.length; index++) {
      const inner = marksIn(mask[index]);
      if (inner !== undefined) {
        elements ??= new Array(mask.length);
        elements[index] = inner;
      }
    }
    return elements;
  }
  let found: [string, Marks][] | undefined;
  for (const name in mask) {
    const inner = marksIn((mask as Record<string, unknown>)[name]);
    if (inner !== undefined) {
      found ??= [];
      found.push([name, inner]);
    }
  }
  return found && (Object.fromEntries(found) as Marks);
}

/** The union of two masks. */
function either(one: Marks, other: Marks): Marks {
  if (one === undefined || other === undefined) {
    return one ?? other;
  }
  if (one === true || other === true) {
    return true;
  }
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries(
    [...names].map((name) => [name, either(marksAt(one, name), marksAt(other, name))]),
  ) as Marks;
}

function marksAt(marks: Marks, key: string | number): Marks {
  return marks === undefined ? undefined : (child(marks, key) as Marks);
}

function child(value: unknown, key: string | number): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}

function keysOf(value: unknown): string[] {
  return isObject(value) ? Object.keys(value) : [];
}

function sizeOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
