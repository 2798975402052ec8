// Checks of the shape of parsed JSON. They are written by hand because zod takes longer to load than most plans take to read.

import { ExactNumber } from "../values/exact-number.ts";

/** Returns undefined for a value of the expected shape. */
export type Shape = (value: unknown) => Mismatch | undefined;

interface Mismatch {
  readonly path: readonly string[];
  readonly expected: string;
  readonly received: string;
}

/** Types of JSON values in error messages. */
export const TYPES = {
  object: "an object",
  list: "a list",
  string: "a string",
  number: "a number",
  boolean: "true or false",
  null: "null",
} as const;

/** The message names the place and the expected type, and does not quote the value: it may be a secret. */
export class ShapeError extends Error {
  override readonly name = "ShapeError";
}

/** Throws a ShapeError unless the value at a path has the expected shape. */
export function check(value: unknown, shape: Shape, at: readonly string[]): void {
  const mismatch = shape(value);
  if (mismatch !== undefined) {
    const { path, expected, received } = mismatch;
    throw new ShapeError(`${[...at, ...path].join(".")}: expected ${expected}, received ${received}`);
  }
}

export const anything: Shape = () => undefined;

export const string: Shape = (value) => (typeof value === "string" ? undefined : mismatch(TYPES.string, value));

export const boolean: Shape = (value) => (typeof value === "boolean" ? undefined : mismatch(TYPES.boolean, value));

/** `true` where a value is marked; otherwise the structure of the value. */
export const mask: Shape = (value) => {
  if (Array.isArray(value)) {
    return elementsOf(value, mask);
  }
  if (isObject(value)) {
    return fieldsOf(value, mask);
  }
  return value === undefined || value === null ? undefined : boolean(value);
};

/** A step of a path: an attribute or the position in a list. */
export const key: Shape = (value) =>
  typeof value === "string" || typeof value === "number" || typeof value === "bigint"
    ? undefined
    : mismatch("a string or a number", value);

export function optional(shape: Shape): Shape {
  return (value) => (value === undefined ? undefined : shape(value));
}

/** Terraform writes `null` for some values that are not set. */
export function nullish(shape: Shape): Shape {
  return (value) => (value === undefined || value === null ? undefined : shape(value));
}

export function list(element: Shape): Shape {
  return (value) => (Array.isArray(value) ? elementsOf(value, element) : mismatch(TYPES.list, value));
}

function elementsOf(value: readonly unknown[], element: Shape): Mismatch | undefined {
  for (let index = 0; index < value.length; index++) {
    const wrong = element(value[index]);
    if (wrong !== undefined) {
      return inside(String(index), wrong);
    }
  }
  return undefined;
}

/** An object with these fields, and any others. */
export function object(fields: Readonly<Record<string, Shape>>): Shape {
  const names = Object.keys(fields);
  const shapes = Object.values(fields);
  return (value) => {
    if (!isObject(value)) {
      return mismatch(TYPES.object, value);
    }
    for (let index = 0; index < names.length; index++) {
      const name = names[index] as string;
      const wrong = shapes[index]?.(value[name]);
      if (wrong !== undefined) {
        return inside(name, wrong);
      }
    }
    return undefined;
  };
}

/** An object with any fields, all of one shape. */
export function record(field: Shape): Shape {
  return (value) => (isObject(value) ? fieldsOf(value, field) : mismatch(TYPES.object, value));
}

function fieldsOf(value: Readonly<Record<string, unknown>>, field: Shape): Mismatch | undefined {
  for (const name in value) {
    const wrong = field(value[name]);
    if (wrong !== undefined) {
      return inside(name, wrong);
    }
  }
  return undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function inside(step: string, wrong: Mismatch): Mismatch {
  return { ...wrong, path: [step, ...wrong.path] };
}

function mismatch(expected: string, value: unknown): Mismatch {
  return { path: [], expected, received: typeOf(value) };
}

function typeOf(value: unknown): string {
  if (value === null) {
    return TYPES.null;
  }
  if (typeof value === "object") {
    return Array.isArray(value) ? TYPES.list : value instanceof ExactNumber ? TYPES.number : TYPES.object;
  }
  return value === undefined ? "nothing" : typeof value === "bigint" ? TYPES.number : TYPES[typeof value as Scalar];
}

type Scalar = "string" | "boolean" | "number";
