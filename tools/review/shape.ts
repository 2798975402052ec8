// Checks of the shape of parsed JSON. They are written by hand because zod takes longer to load than most plans take to read.

/** Returns undefined for a value of the expected shape. */
export type Shape = (value: unknown) => Mismatch | undefined;

interface Mismatch {
  readonly path: readonly string[];
  readonly expected: string;
  readonly received: string;
}

/** The message names the place and the expected type, and does not quote the value: it may be a secret. */
export class ShapeError extends Error {
  override readonly name = "ShapeError";
}

/** Throws a ShapeError unless a value has the expected shape. */
export function check(value: unknown, shape: Shape): void {
  const mismatch = shape(value);
  if (mismatch !== undefined) {
    const { path, expected, received } = mismatch;
    throw new ShapeError(`${path.join(".")}: Invalid input: expected ${expected}, received ${received}`);
  }
}

export const anything: Shape = () => undefined;

export const string: Shape = (value) => (typeof value === "string" ? undefined : mismatch("string", value));

/** A step of a path: an attribute or the position in a list. */
export const key: Shape = (value) =>
  typeof value === "string" || typeof value === "number" || typeof value === "bigint"
    ? undefined
    : mismatch("string or number", value);

export function optional(shape: Shape): Shape {
  return (value) => (value === undefined ? undefined : shape(value));
}

/** Terraform writes `null` for some values that are not set. */
export function nullish(shape: Shape): Shape {
  return (value) => (value === undefined || value === null ? undefined : shape(value));
}

export function list(element: Shape): Shape {
  return (value) => {
    if (!Array.isArray(value)) {
      return mismatch("array", value);
    }
    for (let index = 0; index < value.length; index++) {
      const wrong = element(value[index]);
      if (wrong !== undefined) {
        return inside(String(index), wrong);
      }
    }
    return undefined;
  };
}

/** An object with these fields, and any others. */
export function object(fields: Readonly<Record<string, Shape>>): Shape {
  const entries = Object.entries(fields);
  return (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return mismatch("object", value);
    }
    for (const [name, shape] of entries) {
      const wrong = shape((value as Record<string, unknown>)[name]);
      if (wrong !== undefined) {
        return inside(name, wrong);
      }
    }
    return undefined;
  };
}

function inside(step: string, wrong: Mismatch): Mismatch {
  return { ...wrong, path: [step, ...wrong.path] };
}

function mismatch(expected: string, value: unknown): Mismatch {
  const received = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  return { path: [], expected, received };
}
