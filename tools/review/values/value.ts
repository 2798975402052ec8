import { ExactNumber, rawJson } from "./exact-number.ts";
import { keysOf } from "./object.ts";

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
