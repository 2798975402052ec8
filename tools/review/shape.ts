// Checks of the shape of parsed JSON. They are written by hand because zod takes longer to load than most plans take to read.

/** Throws a ShapeError unless the value has the expected shape. */
export type Shape = (value: unknown, path: readonly string[]) => void;

/** The message names the place and the expected type, and does not quote the value: it may be a secret. */
export class ShapeError extends Error {
  override readonly name = "ShapeError";
}

export const anything: Shape = () => {};

export const string: Shape = (value, path) => {
  if (typeof value !== "string") {
    throw mismatch("string", value, path);
  }
};

/** A step of a path: an attribute or the position in a list. */
export const key: Shape = (value, path) => {
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "bigint") {
    throw mismatch("string or number", value, path);
  }
};

export function optional(shape: Shape): Shape {
  return (value, path) => {
    if (value !== undefined) {
      shape(value, path);
    }
  };
}

/** Terraform writes `null` for some values that are not set. */
export function nullish(shape: Shape): Shape {
  return (value, path) => {
    if (value !== undefined && value !== null) {
      shape(value, path);
    }
  };
}

export function list(element: Shape): Shape {
  return (value, path) => {
    if (!Array.isArray(value)) {
      throw mismatch("array", value, path);
    }
    for (let index = 0; index < value.length; index++) {
      element(value[index], [...path, String(index)]);
    }
  };
}

/** An object with these fields, and any others. */
export function object(fields: Readonly<Record<string, Shape>>): Shape {
  const entries = Object.entries(fields).map(([name, shape]) => ({ name, shape, step: [name] }));
  return (value, path) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw mismatch("object", value, path);
    }
    for (const { name, shape, step } of entries) {
      shape((value as Record<string, unknown>)[name], path.length === 0 ? step : [...path, name]);
    }
  };
}

function mismatch(expected: string, value: unknown, path: readonly string[]): ShapeError {
  const received = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  return new ShapeError(`${path.join(".")}: Invalid input: expected ${expected}, received ${received}`);
}
