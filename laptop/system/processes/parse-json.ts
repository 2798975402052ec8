import { isExact, mayLoseDigits } from "../../../lambda/log-shipper/exact-numbers.ts";

/** Parses JSON. Numbers that a double cannot represent exactly may be identifiers, so they become strings and keep all digits. */
export function parseJson(text: string) {
  return mayLoseDigits(text)
    ? JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown)
    : JSON.parse(text);
}

function keepDigits(_key: string, value: unknown, { source = "" }: { readonly source?: string } = {}): unknown {
  return typeof value === "number" && !isExact(source) ? source : value;
}
