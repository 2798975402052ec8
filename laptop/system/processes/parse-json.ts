/** Parses JSON. Integers that a double cannot represent may be identifiers, so they become text and keep all digits. */
export function parseJson(text: string) {
  return LONG_INTEGER.test(text)
    ? JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown)
    : JSON.parse(text);
}

const LONG_INTEGER = /\d{16}/;

function keepDigits(_key: string, value: unknown, { source = "" }: { readonly source?: string } = {}): unknown {
  return typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(source) ? source : value;
}
