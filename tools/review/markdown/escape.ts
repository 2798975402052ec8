// All text in a plan is untrusted, because pull requests from forks are planned too. Text from a plan is shown as code, where
// Markdown, mentions, and links have no effect, and on a single line.

/** Longest name or value inside a sentence. */
const LONGEST_INLINE = 160;

/** Characters of a longer one that stay at its end: of an address, the resource and its key. */
const INLINE_END = 80;

/**
 * Invisible characters and characters that move others: line ends, controls, directions, zero widths, tags, other spaces, and
 * variants of characters other than emojis.
 */
const INVISIBLE =
  /(?! |(?<=\p{Extended_Pictographic})\uFE0F)[\p{Cc}\p{Cf}\p{Cs}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** For most strings, a test for other characters is faster than a search for invisible ones. */
const NOT_PRINTABLE_ASCII = /[^ -~]/;

/** Text on one line with every character visible. */
function visible(text: string): string {
  if (!NOT_PRINTABLE_ASCII.test(text)) {
    return text;
  }
  return text.replace(INVISIBLE, (character) => {
    const known = { "\n": "\\n", "\r": "\\r", "\t": "\\t" }[character];
    return known ?? `\\u{${character.codePointAt(0)?.toString(16)}}`;
  });
}

/** Text in which all characters beyond ASCII are written as their numbers. */
export function inAscii(text: string): string {
  return text.replace(/[^ -~\n\r\t]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** Text as code inside a table. GitHub splits cells at pipes before it parses code. */
export function cell(text: string): string {
  return code(visible(text).replaceAll("|", "\\u{7c}"));
}

/** Text unchanged if it consists of words and numbers, and otherwise as code in a table. */
export function words(text: string): string {
  return /^[A-Za-z0-9 ,:'()-]*$/.test(text) ? text : cell(text);
}

/** Text as code inside a sentence. */
export function code(text: string): string {
  const line = abridged(visible(text));
  const fence = "`".repeat(longestRun(line) + 1);
  const space = /^[` ]|[` ]$/.test(line) || line === "" ? " " : "";
  return `${fence}${space}${line}${space}${fence}`;
}

/** Text as code inside HTML, such as a `<summary>`. */
export function htmlCode(text: string): string {
  const line = abridged(visible(text));
  return `<code>${line.replace(/[&<>"'`*_~@#[\]\\|!:]/g, (character) => `&#${character.codePointAt(0)};`)}</code>`;
}

/** Lines as a block of code. */
export function block(lines: readonly string[], language: string): string {
  const text = lines.map(visible).join("\n");
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${text}\n${fence}`;
}

/** The beginning of text longer than the limit, followed by its length. Limits are in characters. */
export function shortened(text: string, limit: number): string {
  return text.length <= limit ? text : `${whole(text.slice(0, limit))}… (${text.length} characters)`;
}

/** The beginning and the end of a long text. */
function abridged(text: string): string {
  return text.length <= LONGEST_INLINE
    ? text
    : `${shortened(text, LONGEST_INLINE - INLINE_END)} …${whole(text.slice(-INLINE_END))}`;
}

/** Drops half of a surrogate pair at either end of a part of a text. */
export function whole(part: string): string {
  return part.isWellFormed() ? part : part.replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g, "");
}

function longestRun(text: string): number {
  if (!text.includes("`")) {
    return 0;
  }
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
