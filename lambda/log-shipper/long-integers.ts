// JSON in which integers keep their digits. JavaScript's numbers hold integers up to 2^53 exactly. A reviver of JSON.parse
// could keep the digits of others, but takes seconds for an array of half a million short numbers.

/**
 * A string, or an integer that a number may not hold exactly: one of at least 16 digits. A string without an end goes to the
 * end of the line: if it did not match, each of its quotes would start a search of its own.
 */
const STRING_OR_LONG_INTEGER = /"[^"\\]*(?:\\.?[^"\\]*)*(?:"|$)|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/gs;

/** Finds lines that may have such an integer. Digits within a text rarely look so. */
const LONG_INTEGER = /[[,:\s]-?\d{16,}(?=[\s\]},])/;

/** First character of a text in place of an integer. It is half of a surrogate pair, and no other text begins with one. */
const MARK = "\uDFFF";

/** The same in JSON, followed by the digits. */
const MARKED = /"\\udfff(-?\d+)"/g;

/** Parses JSON. An integer that a number cannot hold exactly becomes a text that {@link digitsOf} recognizes. */
export function parse(json: string): unknown {
  return JSON.parse(LONG_INTEGER.test(json) ? json.replace(STRING_OR_LONG_INTEGER, marked) : json);
}

/** The digits of an integer that a number cannot hold exactly; undefined for any other value. */
export function digitsOf(value: unknown): string | undefined {
  return typeof value === "string" && value.startsWith(MARK) ? value.slice(MARK.length) : undefined;
}

/** Writes a parsed value as JSON. */
export function stringify(value: unknown): string {
  return JSON.stringify(value).replace(MARKED, "$1");
}

function marked(token: string): string {
  if (!token.startsWith('"')) {
    return Number.isSafeInteger(Number(token)) ? token : `"\\udfff${token}"`;
  }
  // A line's own text may begin with an escaped half of a pair, which could not be stored anyway.
  return token.startsWith('"\\u') ? JSON.stringify((JSON.parse(token) as string).toWellFormed()) : token;
}
