import { isCredential, isSecretVariable } from "./credentials.ts";
import type { Change } from "./plan-file.ts";

class Unknown {
  readonly #name = "known after apply";

  toString(): string {
    return this.#name;
  }

  /** How it looks in JSON. */
  toJSON(): { unknown: true } {
    return { unknown: true };
  }
}

/** Stands where a value is known only once it is applied. */
export const UNKNOWN = new Unknown();

/** Stands where Terraform says that nobody may see the value. It can be compared, and never be read. */
export class Secret {
  readonly #value: unknown;

  constructor(value: unknown) {
    this.#value = value;
  }

  equals(other: unknown): boolean {
    return JSON.stringify(this.#value) === JSON.stringify(other instanceof Secret ? other.#value : other);
  }

  /** How it looks in JSON. */
  toJSON(): { sensitive: true } {
    return { sensitive: true };
  }
}

export interface Fields {
  readonly [name: string]: Value;
}

/** A value of a plan with its unknown and its secret parts marked, and with the JSON in its strings read. */
export type Value = null | boolean | number | string | Unknown | Secret | readonly Value[] | Fields;

export interface BeforeAndAfter {
  /** Undefined for what does not exist. */
  readonly before: Value | undefined;
  readonly after: Value | undefined;
}

type Sides = "before" | "after" | "after_unknown" | "before_sensitive" | "after_sensitive";

type Keep = (secret: unknown) => void;

/** Both sides of a change. `keep` is told every secret that is taken out, for the sake of copies of it elsewhere. */
export function sidesOf(change: Pick<Change, Sides>, keep: Keep): BeforeAndAfter {
  const { before, after, after_unknown: unknown, before_sensitive, after_sensitive } = change;
  const exists = after !== null || contains(unknown);
  return {
    before: before === null || before === undefined ? undefined : marked(before, false, before_sensitive, keep),
    after: exists ? marked(after, unknown, after_sensitive, keep) : undefined,
  };
}

export function isFields(value: Value | undefined): value is Fields {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Secret) &&
    !(value instanceof Unknown)
  );
}

export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** The value at a path, as `at(table, "point_in_time_recovery", 0, "enabled")`; undefined where there is none. */
export function at(value: Value | undefined, ...path: readonly (string | number)[]): Value | undefined {
  return path.reduce<Value | undefined>((inner, step) => {
    if (typeof step === "number") {
      return isList(inner) ? inner[step] : undefined;
    }
    return isFields(inner) && Object.hasOwn(inner, step) ? inner[step] : undefined;
  }, value);
}

/** What a single value or a list of them holds, as a list: AWS and its policies accept either. */
export function listOf(value: Value | undefined): readonly Value[] {
  return value === undefined || value === null ? [] : isList(value) ? value : [value];
}

export function equal(one: Value | undefined, other: Value | undefined): boolean {
  if (one instanceof Secret && other instanceof Secret) {
    return one.equals(other);
  }
  if (isList(one) && isList(other)) {
    return one.length === other.length && one.every((item, index) => equal(item, other[index]));
  }
  if (isFields(one) && isFields(other)) {
    const names = Object.keys(one);
    return (
      names.length === Object.keys(other).length &&
      names.every((name) => Object.hasOwn(other, name) && equal(one[name], other[name]))
    );
  }
  return one === other;
}

/** True for what AWS and its provider use alike to say "nothing there". */
export function isNothing(value: Value | undefined): boolean {
  return (
    value === undefined ||
    value === null ||
    value === "" ||
    (isList(value) && value.length === 0) ||
    (isFields(value) && Object.keys(value).length === 0)
  );
}

function marked(value: unknown, unknown: unknown, sensitive: unknown, keep: Keep): Value {
  if (unknown === true) {
    return UNKNOWN;
  }
  if (sensitive === true || (typeof value === "string" && isCredential(value))) {
    keep(value);
    return new Secret(value);
  }
  const inner = (key: string | number, isSecret: boolean) =>
    marked(child(value, key), child(unknown, key), isSecret || child(sensitive, key), keep);
  if (Array.isArray(value) || Array.isArray(unknown)) {
    const length = Math.max(sizeOf(value), sizeOf(unknown));
    return Array.from({ length }, (_, index) => inner(index, false));
  }
  if (isObject(value) || isObject(unknown)) {
    const variable = child(value, "name");
    const isSecret = (name: string) =>
      isSecretVariable(name, child(value, name)) ||
      (name === "value" && isSecretVariable(variable, child(value, name)));
    const names = new Set([...keysOf(value), ...keysOf(unknown)]);
    return fields([...names].map((name) => [name, inner(name, isSecret(name))]));
  }
  return typeof value === "string" ? read(value, keep) : ((value ?? null) as Value);
}

/** A JSON object or list in a string becomes one; any other string stays. */
function read(text: string, keep: Keep): Value {
  if (!/^\s*[{[]/.test(text)) {
    return text;
  }
  try {
    return marked(JSON.parse(text), false, false, keep);
  } catch {
    return text;
  }
}

/** An object that takes any name, `__proto__` too, for a name like others. */
function fields(entries: readonly (readonly [string, Value])[]): Fields {
  return Object.fromEntries(entries);
}

function contains(unknown: unknown): boolean {
  return unknown === true || (isObject(unknown) && Object.values(unknown).some(contains));
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
