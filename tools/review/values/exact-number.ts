/**
 * A number that a double cannot represent exactly, such as a fraction with 20 digits. Integers of up to 40 digits are
 * bigints instead.
 */
export class ExactNumber {
  readonly #text: string;

  /** A normalized decimal. */
  constructor(text: string) {
    this.#text = text;
  }

  equals(other: ExactNumber): boolean {
    return this.#text === other.#text;
  }

  toString(): string {
    return this.#text;
  }

  /** The form in the review's JSON. */
  toJSON(): unknown {
    return rawJson(this.#text);
  }
}

/** JSON text that `JSON.stringify` writes as it is. Newer than TypeScript's declaration: https://github.com/tc39/proposal-json-parse-with-source */
export const { rawJSON: rawJson } = JSON as unknown as { rawJSON(text: string): unknown };

/** Integers with more digits are written in scientific notation. A 128-bit number has up to 39. */
const MAX_DIGITS = 40;

/** The number that JSON spells as `source`, with all of its digits. `value` is its double. */
export function exactNumber(value: number, source: string): number | bigint | ExactNumber {
  if (String(value) === source && Math.abs(value) <= Number.MAX_SAFE_INTEGER) {
    return value;
  }
  const decimal = decimalOf(source);
  if (decimal.exponent >= 0n && BigInt(decimal.digits.length) + decimal.exponent <= MAX_DIGITS) {
    const integer = BigInt(decimal.digits + "0".repeat(Number(decimal.exponent)));
    return Number.isSafeInteger(value) ? value : decimal.isNegative ? -integer : integer;
  }
  return Number.isFinite(value) && isEqual(decimal, decimalOf(String(value))) ? value : new ExactNumber(text(decimal));
}

/** The number `digits * 10 ** exponent`, without zeros at either end of the digits. */
interface Decimal {
  readonly isNegative: boolean;
  readonly digits: string;
  readonly exponent: bigint;
}

function decimalOf(source: string): Decimal {
  const [, sign, whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(source) ?? [];
  const all = (whole + fraction).replace(/^0+/, "");
  const digits = withoutLastZeros(all);
  if (digits === "") {
    return { isNegative: false, digits: "0", exponent: 0n };
  }
  const shift = all.length - digits.length - fraction.length;
  return { isNegative: sign === "-", digits, exponent: BigInt(exponent.replace("+", "")) + BigInt(shift) };
}

/** A regular expression would take quadratic time. */
function withoutLastZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === "0") {
    end--;
  }
  return digits.slice(0, end);
}

function isEqual(one: Decimal, other: Decimal): boolean {
  return one.isNegative === other.isNegative && one.digits === other.digits && one.exponent === other.exponent;
}

/** Scientific notation, except for fractions with at most six zeros after the point, as JavaScript prints them. */
function text({ isNegative, digits, exponent }: Decimal): string {
  const sign = isNegative ? "-" : "";
  const point = BigInt(digits.length) + exponent; // digits before the point
  if (exponent < 0n && point > -6n) {
    const padded = point > 0n ? digits : "0".repeat(1 - Number(point)) + digits;
    const position = point > 0n ? Number(point) : 1;
    return `${sign}${padded.slice(0, position)}.${padded.slice(position)}`;
  }
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
  const power = point - 1n;
  return `${sign}${digits[0]}${fraction}e${power < 0n ? "" : "+"}${power}`;
}
