import {
  decToHex,
  fromBase64,
  hexToAscii,
  hexToDec,
  ipv4ToNumber,
  jsonArray,
  toBase64,
  toNumber,
} from "./conversions.ts";
import { numberOf, Timestamp, type Value } from "./value.ts";

// Functions of Logs Insights, without those of dates, maps, and conditions on IP addresses. Documented functions that the laptop does
// not support, such as `formatDate`, are rejected. Source: "Supported operations and functions" in the CloudWatch Logs User Guide.

export interface InsightsFunction {
  /** Smallest and largest number of arguments. */
  readonly arity: readonly [number, number];
  /** True for functions that return 1 or 0, which `filter` takes as a condition. */
  readonly isCondition?: boolean;
  /** True for functions of strings, which reject times: AWS does not document their form as a string. */
  readonly isOfText?: boolean;
  run(values: readonly Value[]): Value;
}

const ANY = Number.POSITIVE_INFINITY;

export const FUNCTIONS: Readonly<Record<string, InsightsFunction>> = {
  abs: numeric(1, 1, Math.abs),
  ceil: numeric(1, 1, Math.ceil),
  floor: numeric(1, 1, Math.floor),
  greatest: numeric(1, ANY, Math.max),
  least: numeric(1, ANY, Math.min),
  log: numeric(1, 1, Math.log),
  round: numeric(1, 2, (number, digits = 0) => Math.round(number * 10 ** digits) / 10 ** digits),
  sqrt: numeric(1, 1, Math.sqrt),
  tonumber: text(1, 1, toNumber),
  todouble: text(1, 1, toNumber),
  dectohex: numeric(1, 1, decToHex),
  coalesce: { arity: [1, ANY], run: (values) => values.find((value) => value !== undefined) },
  concat: { arity: [1, ANY], isOfText: true, run: (values) => values.map((value) => textOf(value) ?? "").join("") },
  isblank: condition(1, ([value]) => value === undefined || String(value).trim() === ""),
  isempty: condition(1, ([value]) => value === undefined || value === ""),
  ispresent: condition(1, ([value]) => value !== undefined),
  isnumeric: {
    ...condition(1, ([value]) => value !== undefined && toNumber(String(value)) !== undefined),
    isOfText: true,
  },
  strcontains: textCondition((value, part) => value.includes(part)),
  startswith: textCondition((value, part) => value.startsWith(part)),
  endswith: textCondition((value, part) => value.endsWith(part)),
  strlen: text(1, 1, (value) => [...value].length),
  toupper: text(1, 1, (value) => value.toUpperCase()),
  tolower: text(1, 1, (value) => value.toLowerCase()),
  trim: text(1, 2, (value, characters) => trimStart(trimEnd(value, characters), characters)),
  ltrim: text(1, 2, trimStart),
  rtrim: text(1, 2, trimEnd),
  replace: text(3, 3, (value, searched, replacement) => value.replaceAll(String(searched), () => String(replacement))),
  substr: text(2, 3, (value, start, length = Number.MAX_SAFE_INTEGER) =>
    isIndex(start) && isIndex(length) ? [...value].slice(start, start + length).join("") : undefined,
  ),
  messagesize: text(1, 1, (value) => new TextEncoder().encode(value).length),
  base64encode: text(1, 1, toBase64),
  base64decode: text(1, 1, fromBase64),
  hextoascii: text(1, 1, hexToAscii),
  hextodec: text(1, 1, hexToDec),
  ipv4tonumber: text(1, 1, ipv4ToNumber),
  jsonarraysize: text(1, 1, (value) => jsonArray(value)?.length),
  jsonarraycontains: textCondition((value, item) => jsonArray(value)?.some((each) => String(each) === item) === true),
  tomillis: { arity: [1, 1], run: ([value]) => (value instanceof Timestamp ? value.milliseconds : undefined) },
  frommillis: {
    arity: [1, 1],
    run: ([value]) => {
      const milliseconds = numberOf(value);
      return milliseconds === undefined ? undefined : Timestamp.at(Number(milliseconds));
    },
  },
};

function numeric(least: number, most: number, run: (...numbers: number[]) => number | string): InsightsFunction {
  return {
    arity: [least, most],
    run: (values) => {
      const numbers = values.map(numberOf);
      const result = numbers.includes(undefined) ? undefined : run(...numbers.map(Number));
      return typeof result === "number" ? finite(result) : result;
    },
  };
}

/** A string function; undefined if any of its arguments is missing. */
function text(least: number, most: number, run: (text: string, ...more: Value[]) => Value): InsightsFunction {
  return {
    arity: [least, most],
    isOfText: true,
    run: ([value, ...more]) =>
      value === undefined || more.includes(undefined) ? undefined : run(String(value), ...more),
  };
}

function condition(count: number, holds: (values: readonly Value[]) => boolean): InsightsFunction {
  return { arity: [count, count], isCondition: true, run: (values) => (holds(values) ? 1 : 0) };
}

/** A condition on two strings, which is false if either is missing. */
function textCondition(holds: (text: string, part: string) => boolean): InsightsFunction {
  return {
    ...condition(2, ([text, part]) => text !== undefined && part !== undefined && holds(String(text), String(part))),
    isOfText: true,
  };
}

/** True for a non-negative whole number. AWS does not document how `substr` counts from the end. */
export function isIndex(value: Value): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}

function textOf(value: Value): string | undefined {
  return value === undefined ? undefined : String(value);
}

/** Returns undefined for anything but a finite number, such as the result of a division by zero. */
export function finite(number: number): number | undefined {
  return Number.isFinite(number) ? number : undefined;
}

/** Removes white space, or any of these characters, from the start. */
function trimStart(text: string, characters?: Value): string {
  const all = [...text];
  const first = all.findIndex((character) => !String(characters).includes(character));
  return characters === undefined ? text.trimStart() : first < 0 ? "" : all.slice(first).join("");
}

/** Removes white space, or any of these characters, from the end. */
function trimEnd(text: string, characters?: Value): string {
  const all = [...text];
  const last = all.findLastIndex((character) => !String(characters).includes(character));
  return characters === undefined ? text.trimEnd() : all.slice(0, last + 1).join("");
}
