// JSON in which every number keeps its digits. A double holds integers up to 2^53 exactly, and about 16 digits of other numbers.
// A reviver of JSON.parse could keep the digits, but takes seconds for an array of half a million short numbers.

/** A number that a double may not represent exactly: one of at least 16 characters, or with an exponent of 3 digits. */
const LONG_NUMBER = /[[,:\s](-?(?:[\d.]{16,}|[\d.]+(?=[eE][+-]?\d{3}))(?:[eE][+-]?\d+)?)(?=[\s\]},])/g;

/**
 * A string, or a number that a double may not represent exactly. An unterminated string extends to the end of the line: if
 * it did not match, each of its quotes would start a search of its own.
 */
const STRING_OR_LONG_NUMBER =
  /"[^"\\]*(?:\\.?[^"\\]*)*(?:"|$)|(?<![\d.eE+-])-?(?=[\d.]{16}|[\d.]+[eE][+-]?\d{3})\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;

/**
 * First character of a string that holds a number's digits. It is half of a surrogate pair, and no other string begins with
 * one.
 */
const MARK = "\uDFFF";

/** A line's own string that begins with the character. */
const LOOKS_MARKED = /"\\udfff/i;

/** A whole string of this kind in JSON, which escapes the character. */
const MARKED = /"\\udfff(-?[\d.eE+-]+)"/g;

/** Parses JSON. A number that a double cannot represent exactly becomes a string that {@link digitsOf} recognizes. */
export function parse(json: string): unknown {
  return JSON.parse(
    mayLoseDigits(json) || LOOKS_MARKED.test(json) ? json.replace(STRING_OR_LONG_NUMBER, marked) : json,
  );
}

/**
 * True for JSON with a number that a double cannot represent exactly, and rarely for other JSON, which has such a number in
 * a string.
 */
export function mayLoseDigits(json: string): boolean {
  LONG_NUMBER.lastIndex = 0;
  for (let match = LONG_NUMBER.exec(json); match; match = LONG_NUMBER.exec(json)) {
    if (!isExact(match[1] as string)) {
      return true;
    }
  }
  return false;
}

/** The number as it was written, if a double cannot represent it exactly; undefined for any other value. */
export function digitsOf(value: unknown): string | undefined {
  return typeof value === "string" && value.startsWith(MARK) ? value.slice(MARK.length) : undefined;
}

/** Writes a parsed value as JSON. */
export function stringify(value: unknown): string {
  return JSON.stringify(value).replace(MARKED, "$1");
}

/** True if a double keeps all digits of a JSON number. */
export function isExact(token: string): boolean {
  const number = Number(token);
  if (/^-?\d+$/.test(token)) {
    return Number.isSafeInteger(number);
  }
  const written = String(number);
  return token === written || (Number.isFinite(number) && decimal(token) === decimal(written));
}

/** A number's digits and its power of ten, identical for all notations of the number. */
function decimal(token: string): string {
  const [, whole = "", fraction = "", exponent = "0"] = /^-?(\d*)\.?(\d*)(?:[eE](.+))?$/.exec(token) ?? [];
  const digits = (whole + fraction).replace(/^0+/, "");
  let end = digits.length;
  while (digits[end - 1] === "0") {
    end -= 1;
  }
  return end === 0 ? "0" : `${digits.slice(0, end)}e${Number(exponent) - fraction.length + digits.length - end}`;
}

function marked(token: string): string {
  if (!token.startsWith('"')) {
    return isExact(token) ? token : `"\\udfff${token}"`;
  }
  // A line's own text may begin with an escaped half of a pair, which could not be stored anyway.
  return token.startsWith('"\\u') ? JSON.stringify((JSON.parse(token) as string).toWellFormed()) : token;
}
