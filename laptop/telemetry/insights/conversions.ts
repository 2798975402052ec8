import { parseJson } from "../../system/processes/parse-json.ts";

// Conversion functions of Logs Insights. Each returns undefined for a value that it cannot convert.
// Source: "Supported operations and functions" in the CloudWatch Logs User Guide.

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** Converts a string to a number. Integers that a double cannot represent exactly stay strings and keep all digits. */
export function toNumber(text: string): number | string | undefined {
  const number = Number(text);
  if (!NUMBER.test(text) || !Number.isFinite(number)) {
    return undefined;
  }
  return /^[+-]?\d+$/.test(text) && !Number.isSafeInteger(number) ? text : number;
}

export function toBase64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(""));
}

export function fromBase64(text: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

export function hexToAscii(text: string): string | undefined {
  return /^(?:[0-7][0-9a-f])*$/i.test(text)
    ? text.replaceAll(/../g, (digits) => String.fromCharCode(Number.parseInt(digits, 16)))
    : undefined;
}

/** Converts hexadecimal digits, with or without `0x`. */
export function hexToDec(text: string): number | string | undefined {
  const [, digits] = /^(?:0x)?([0-9a-f]+)$/i.exec(text) ?? [];
  return digits === undefined ? undefined : toNumber(String(BigInt(`0x${digits}`)));
}

/** Converts the integer part of a number, as in `0xff` and `-0xff`. */
export function decToHex(number: number): string {
  return `${number <= -1 ? "-" : ""}0x${BigInt(Math.trunc(Math.abs(number))).toString(16)}`;
}

export function ipv4ToNumber(address: string): number | undefined {
  const parts = address.split(".");
  const isAddress = parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
  return isAddress ? parts.reduce((number, part) => number * 256 + Number(part), 0) : undefined;
}

/** The text itself if it is a JSON object or array. */
export function jsonMap(text: string): string | undefined {
  try {
    const value: unknown = parseJson(text);
    return typeof value === "object" && value !== null ? text : undefined;
  } catch {
    return undefined;
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };
const LOGFMT_PAIR = /([^\s="]+)=(?:"((?:\\.|[^"\\])*)"|(\S*))/gs;

/** Pairs of a line in logfmt, such as `level=error msg="not found"`, as a JSON object; undefined without pairs. */
export function logfmtMap(text: string): string | undefined {
  const pairs = [...text.matchAll(LOGFMT_PAIR)].map(([, key, quoted, plain]) => [
    key,
    quoted?.replaceAll(/\\(.)/gs, (_, character: string) => ESCAPES[character] ?? character) ?? plain,
  ]);
  return pairs.length === 0 ? undefined : JSON.stringify(Object.fromEntries(pairs));
}

/** Items of a JSON array. */
export function jsonArray(text: string): readonly unknown[] | undefined {
  try {
    const value: unknown = parseJson(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
