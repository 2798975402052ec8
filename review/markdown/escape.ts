// Everything in a plan may have been written by a stranger: a fork's pull request is planned too. So whatever comes from a
// plan stands in code, where Markdown means nothing, nobody is mentioned and nothing becomes a link, and it stays on its line.

/** Longest name or value inside of a sentence. */
const LONGEST_INLINE = 160;

/** Characters that move what follows, or cannot be seen: line ends, controls, directions, zero widths, tags. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u115F\u1160\u3164\uFFA0\u2800\u{E0000}-\u{E007F}]/gu;

/** A text on one line, in which every character can be seen. */
function visible(text: string): string {
  return text.replace(INVISIBLE, (character) => {
    const known = { "\n": "\\n", "\r": "\\r", "\t": "\\t" }[character];
    return known ?? `\\u{${character.codePointAt(0)?.toString(16)}}`;
  });
}

/** A text as code inside of a table, whose cells GitHub splits at pipes before it looks for code. */
export function cell(text: string): string {
  return code(visible(text).replaceAll("|", "\\u{7c}"));
}

/** A text as it is while it holds nothing but words and numbers, and as code in a table otherwise. */
export function words(text: string): string {
  return /^[A-Za-z0-9 ,:'()-]*$/.test(text) ? text : cell(text);
}

/** A text as code inside of a sentence. */
export function code(text: string): string {
  const line = shortened(visible(text), LONGEST_INLINE);
  const fence = "`".repeat(longestRun(line) + 1);
  const space = /^[` ]|[` ]$/.test(line) || line === "" ? " " : "";
  return `${fence}${space}${line}${space}${fence}`;
}

/** A text as code inside of HTML, such as a `<summary>`. */
export function htmlCode(text: string): string {
  const line = shortened(visible(text), LONGEST_INLINE);
  return `<code>${line.replace(/[&<>"'`*_~@#[\]\\|!:]/g, (character) => `&#${character.codePointAt(0)};`)}</code>`;
}

/** Lines as a block of code. */
export function block(lines: readonly string[], language: string): string {
  const text = lines.map(visible).join("\n");
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${text}\n${fence}`;
}

/** The beginning of a text that is too long, and how long it is. Limits are in characters. */
export function shortened(text: string, limit: number): string {
  return text.length <= limit ? text : `${whole(text.slice(0, limit))}… (${text.length} characters)`;
}

/** A cut must not leave half of a character. */
function whole(text: string): string {
  return text.isWellFormed() ? text : text.slice(0, -1);
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
