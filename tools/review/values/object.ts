// Access to a value of JSON that may or may not be an object.

export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

export function child(value: unknown, key: string | number): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}

export function keysOf(value: unknown): string[] {
  return isObject(value) ? Object.keys(value) : [];
}
