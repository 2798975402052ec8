/** A point in time, the type of `@timestamp` and of the date functions. */
export class Timestamp {
  /** Milliseconds since 1970. */
  readonly milliseconds: number;

  constructor(milliseconds: number) {
    this.milliseconds = milliseconds;
  }

  /** Returns the time; undefined for a number that is outside the range of a `Date`. */
  static at(milliseconds: number): Timestamp | undefined {
    return Math.abs(milliseconds) <= 8.64e15 ? new Timestamp(milliseconds) : undefined;
  }

  toString(): string {
    return new Date(this.milliseconds).toISOString();
  }
}

/** Value of a field or an expression; undefined for a field that a line does not have. */
export type Value = string | number | boolean | Timestamp | undefined;

export type Operator = "=" | "!=" | "<" | "<=" | ">" | ">=";

const NUMBER = /^-?\d+(?:\.\d+)?$/;

/** Parses a number in the usual notations. Integers that a double cannot represent exactly stay strings and keep all digits. */
export function constant(text: string): string | number {
  const isNumber = /^-?(?:(?:0|[1-9]\d*)(?:\.\d+)?|\.\d+)$/.test(text);
  return isNumber && (text.includes(".") || Number.isSafeInteger(Number(text))) ? Number(text) : text;
}

/** Returns a value as a number; undefined if it is not a number. Text must consist of digits and a decimal point. */
export function numberOf(value: Value): number | bigint | undefined {
  if (typeof value === "string") {
    if (!NUMBER.test(value)) {
      return undefined;
    }
    const number = Number(value);
    return value.includes(".") || Number.isSafeInteger(number) ? number : BigInt(value);
  }
  return value instanceof Timestamp ? value.milliseconds : typeof value === "number" ? value : undefined;
}

/** Parses a time as ISO 8601 or as Insights shows it, `2026-01-01 12:03:00.000`; UTC unless it says otherwise. */
export function parseTime(text: string): number | undefined {
  const [, date, time = "", zone = ""] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?))?(Z|[+-]\d\d:?\d\d)?$/.exec(text.trim()) ?? [];
  if (date === undefined || !isDay(date)) {
    return undefined;
  }
  const milliseconds = Date.parse(`${date}T${time || "00:00"}${zone || "Z"}`);
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

/** False for a day that its month does not have, which `Date` would count as a day of the next month. */
function isDay(date: string): boolean {
  const day = new Date(date);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date);
}

/**
 * Compares two values. Two strings are equal only if they are identical; a number and a string are equal if the string is
 * that number. With a missing field, every comparison is false, except `!=` with a value.
 */
export function compare(operator: Operator, left: Value, right: Value): boolean {
  if (left === undefined || right === undefined) {
    return operator === "!=" && left !== right;
  }
  if (operator === "=" || operator === "!=") {
    return areEqual(left, right) === (operator === "=");
  }
  const order = orderOf(left, right);
  switch (operator) {
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
  }
}

function areEqual(left: NonNullable<Value>, right: NonNullable<Value>): boolean {
  if (left instanceof Timestamp || right instanceof Timestamp) {
    return orderOf(left, right) === 0;
  }
  if (typeof left === "boolean" || typeof right === "boolean") {
    // AWS writes booleans as true and false, and its boolean functions return 1 and 0.
    return booleanText(left) === booleanText(right);
  }
  if (typeof left === typeof right) {
    return left === right;
  }
  const [one, other] = [numberOf(left), numberOf(right)];
  // A number such as 1e-7 equals the string that JavaScript writes for it.
  return (one !== undefined && one === other) || String(left) === String(right);
}

function booleanText(value: NonNullable<Value>): string {
  return value === 1 ? "true" : value === 0 ? "false" : String(value);
}

/** Negative, zero, or positive; NaN if the values have no order, such as a number and a word. */
function orderOf(left: NonNullable<Value>, right: NonNullable<Value>): number {
  if (left instanceof Timestamp || right instanceof Timestamp) {
    return (millisecondsOf(left) ?? Number.NaN) - (millisecondsOf(right) ?? Number.NaN);
  }
  const [one, other] = [numberOf(left), numberOf(right)];
  if (one !== undefined && other !== undefined) {
    return one < other ? -1 : one > other ? 1 : 0;
  }
  return typeof left === "string" && typeof right === "string"
    ? left < right
      ? -1
      : left > right
        ? 1
        : 0
    : Number.NaN;
}

function millisecondsOf(value: NonNullable<Value>): number | undefined {
  const number = numberOf(value);
  return number === undefined ? parseTime(String(value)) : Number(number);
}

/**
 * Orders values for `sort`: missing ones last, text before numbers, and text by its runs of digits and other characters.
 * Source: "sort" in the CloudWatch Logs Insights query syntax.
 */
export function naturalOrder(left: NonNullable<Value>, right: NonNullable<Value>): number {
  const [one, other] = [numberOf(left), numberOf(right)];
  if (one !== undefined && other !== undefined) {
    return one < other ? -1 : one > other ? 1 : 0;
  }
  if (one !== undefined || other !== undefined) {
    return one === undefined ? -1 : 1;
  }
  const chunks = (value: Value) => String(value).match(/\d+|\D+/g) ?? [];
  const [some, others] = [chunks(left), chunks(right)];
  for (const [index, chunk] of some.entries()) {
    const against = others[index];
    if (against === undefined) {
      return 1;
    }
    const areDigits = /^\d/.test(chunk) && /^\d/.test(against);
    const order = (areDigits && chunk.length - against.length) || (chunk < against ? -1 : chunk > against ? 1 : 0);
    if (order !== 0) {
      return order;
    }
  }
  return some.length - others.length;
}
