import { structuredPatch } from "diff/lib/patch/create.js";
import { withoutPositions } from "../differences.ts";
import type { Difference, ResourceReview } from "../model.ts";
import { textInBase64 } from "../values/base64.ts";
import { ExactNumber } from "../values/exact-number.ts";
import { equal, isFields, isList, Secret, UNKNOWN, type Value } from "../values/value.ts";
import type { Detail } from "./detail.ts";
import { inAscii, shortened, whole } from "./escape.ts";

/** Maximum length of a difference on one line. */
const ONE_LINE = 100;

/** Characters shown before the first and after the last difference of two long values. */
const CONTEXT = 30;

/** Unchanged lines shown around each changed line of a long string. */
const CONTEXT_LINES = 1;

/** Edits after which a line diff is not worth its time; such strings are shown as a whole. */
const MAX_EDITS = 1000;

/** The lines of a resource's `diff` block, with values shortened around their difference. */
export function changeLines(
  { differences, replacedBy, knownAfterApply }: Pick<ResourceReview, "differences" | "replacedBy" | "knownAfterApply">,
  { values, lines: limit }: Pick<Detail, "values" | "lines">,
): readonly string[] {
  const lines: string[] = [];
  for (const [index, difference] of differences.entries()) {
    const added = linesOf(difference, values, remarkOn(difference, replacedBy));
    const left = limit - lines.length;
    if (added.length > left) {
      const more = differences.length - index - 1;
      lines.push(
        ...added.slice(0, left),
        `  … ${added.length - left} more lines${more > 0 ? ` and ${more} more differences` : ""}`,
      );
      break;
    }
    lines.push(...added);
  }
  const later = knownAfterApply.map((path) => path + remarkOn({ path }, replacedBy).replace("  ", " "));
  return later.length === 0 ? lines : [...lines, `  known after apply: ${shortened(later.join(", "), values)}`];
}

/** A value as JSON, with words in parentheses for unknown and sensitive parts. */
export function written(value: Value): string {
  if (value === UNKNOWN) {
    return "(known after apply)";
  }
  if (value instanceof Secret) {
    return "(sensitive)";
  }
  if (isList(value)) {
    return `[${value.map(written).join(", ")}]`;
  }
  if (isFields(value)) {
    const fields = Object.entries(value).map(([name, inner]) => `${JSON.stringify(name)}: ${written(inner)}`);
    return `{${fields.join(", ")}}`;
  }
  return typeof value === "bigint" || value instanceof ExactNumber ? String(value) : JSON.stringify(value);
}

function linesOf(difference: Difference, limit: number, remark: string): readonly string[] {
  const decoded = decodedFromBase64(difference);
  const { before, after, sensitiveChanges = false, mark } = decoded;
  const path = decoded.path || "the whole resource";
  if (before === undefined || after === undefined) {
    const sign = before === undefined ? "+" : "-";
    return [`${sign} ${path}: ${shortened(written((before === undefined ? after : before) as Value), limit)}${remark}`];
  }
  const [oldText, newText] = distinct(written(before), written(after));
  if (oldText === newText) {
    const what = mark === undefined ? unseen(oldText, equal(before, after) && !sensitiveChanges) : marking(difference);
    return [`! ${path}: ${what}${remark}`];
  }
  return [
    ...visibleLines({ ...decoded, path }, limit, remark),
    ...(sensitiveChanges ? ["    a sensitive part changes as well"] : []),
  ];
}

/** A difference between texts instead of their forms in Base64, if all its strings have that form. */
function decodedFromBase64(difference: Difference): Difference {
  const sides = [difference.before, difference.after];
  const texts = sides.map((side) => (typeof side === "string" ? textInBase64(side) : undefined));
  const [before = difference.before, after = difference.after] = texts;
  const decoded = texts.filter((text) => text !== undefined);
  return decoded.length === 0 || decoded.length < sides.filter((side) => typeof side === "string").length
    ? difference
    : { ...difference, path: `${difference.path}, decoded from Base64`, before, after };
}

/** The lines of a difference whose sides do not look the same. */
function visibleLines({ path, before, after }: Difference, limit: number, remark: string): readonly string[] {
  if (typeof before === "string" && typeof after === "string") {
    const lines = lineDiff(before, after, limit);
    if (lines !== undefined) {
      return [`! ${path}:${remark}`, ...lines];
    }
  }
  const [oldText, newText] = distinct(written(before as Value), written(after as Value));
  const [was, is] = around(oldText, newText, limit);
  if (path.length + was.length + is.length <= ONE_LINE) {
    return [`! ${path}: ${was} → ${is}${remark}`];
  }
  return [`! ${path}:${remark}`, `-   ${was}`, `+   ${is}`];
}

/** A change whose sides look the same. */
function unseen(text: string, isEqual: boolean): string {
  if (!text.includes("(sensitive)")) {
    return "only its notation changes";
  }
  if (isEqual) {
    return `${text}, only its notation or its mark as sensitive changes`;
  }
  return `${text === "(sensitive)" ? text : "a sensitive part"}, changes`;
}

/** Terraform warns of such a change, too: its values are shown from then on, or no longer. */
function marking({ before, after, mark }: Difference): string {
  const change = equal(before, after) ? "" : " changes, and";
  return mark === "removed"
    ? `(sensitive),${change} is no longer marked as sensitive`
    : `(sensitive),${change} becomes sensitive`;
}

/** Texts that only look alike, because Unicode has two forms of many characters, in ASCII. */
function distinct(before: string, after: string): readonly [string, string] {
  return before !== after && before.normalize("NFKC") === after.normalize("NFKC")
    ? [inAscii(before), inAscii(after)]
    : [before, after];
}

/** True for strings of several lines, as scripts and YAML are. */
function isLong(before: string, after: string): boolean {
  return before.trimEnd().includes("\n") || after.trimEnd().includes("\n");
}

/** The changed lines of two strings with their neighbors; undefined for short strings, and for those with too little in common. */
function lineDiff(before: string, after: string, limit: number): readonly string[] | undefined {
  if (!isLong(before, after)) {
    return undefined;
  }
  const [was, is] = distinct(before, after);
  const [old, fresh] = [linesIn(was), linesIn(is)];
  const common = commonOf(old, fresh);
  if (common === 0) {
    return shownLines([...signed("-", old), ...signed("+", fresh)], limit);
  }
  if (old.length + fresh.length - 2 * common > MAX_EDITS) {
    return undefined;
  }
  const patch = structuredPatch("", "", was, is, undefined, undefined, {
    context: CONTEXT_LINES,
    maxEditLength: MAX_EDITS,
  });
  return patch?.hunks.flatMap(({ lines }, index) => [...(index === 0 ? [] : ["    …"]), ...shownLines(lines, limit)]);
}

/** The lines of a string with their ends. */
function linesIn(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Number of lines that two strings have in common, in any order. Without them, a line diff takes longest. */
function commonOf(was: readonly string[], is: readonly string[]): number {
  const left = new Map<string, number>();
  for (const line of was) {
    left.set(line, (left.get(line) ?? 0) + 1);
  }
  return is.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count > 0;
  }).length;
}

function signed(sign: "+" | "-", lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) =>
    line.endsWith("\n") ? [sign + line.slice(0, -1)] : [sign + line, "\\ No newline at end of file"],
  );
}

/** The lines of a patch. Long lines that replace each other are shown around their difference. */
function shownLines(lines: readonly string[], limit: number): readonly string[] {
  const shown = lines.map((line) => shortened(line.slice(1), limit));
  for (const [removed, added] of replacedLines(lines)) {
    [shown[removed], shown[added]] = around((lines[removed] ?? "").slice(1), (lines[added] ?? "").slice(1), limit);
  }
  return lines.map((line, index) => `${line[0] === "\\" ? " " : line[0]}   ${shown[index]}`);
}

/** Positions of each removed line and of the added one in its place. */
function replacedLines(lines: readonly string[]): readonly (readonly [removed: number, added: number])[] {
  const pairs: [number, number][] = [];
  let removed: number[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.startsWith("-")) {
      removed.push(index);
    } else if (line.startsWith(" ")) {
      removed = [];
    } else if (line.startsWith("+")) {
      const position = removed.shift();
      pairs.push(...(position === undefined ? [] : [[position, index] as [number, number]]));
    }
  }
  return pairs;
}

function remarkOn({ path }: Pick<Difference, "path">, replacedBy: readonly string[]): string {
  const plain = withoutPositions(path).replace(/ \(order\)$/, "");
  const isCause = replacedBy.some((cause) => isWithin(plain, cause) || isWithin(cause, plain));
  return isCause ? "  (forces the replacement)" : "";
}

/** True when a path is the other one or inside it. */
function isWithin(path: string, other: string): boolean {
  return path === other || path.startsWith(`${other}.`);
}

/** Two long values from shortly before their first difference to shortly after their last one. */
function around(before: string, after: string, limit: number): readonly [string, string] {
  if (before.length <= limit && after.length <= limit) {
    return [before, after];
  }
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) {
    start++;
  }
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) {
    end++;
  }
  const from = Math.max(0, start - CONTEXT);
  const behind = Math.max(0, end - CONTEXT);
  const cut = (text: string) => {
    if (text.length - start - end > limit - CONTEXT) {
      return endsOf(text, start, text.length - end, limit);
    }
    const middle = whole(text.slice(from, text.length - behind));
    const shown = middle.length <= limit ? middle + (behind > 0 ? "…" : "") : shortened(whole(text.slice(from)), limit);
    return (from > 0 ? "…" : "") + shown;
  };
  return [cut(before), cut(after)];
}

/** The first and the last characters of a long difference; it may consist of two small ones. */
function endsOf(text: string, start: number, end: number, limit: number): string {
  const half = Math.floor(limit / 2);
  const margin = Math.min(CONTEXT, Math.floor(limit / 6));
  const [first, last] = [Math.max(0, start - margin), Math.min(text.length, end + margin)];
  const [head, tail] = [text.slice(first, first + half), text.slice(last - half, last)].map(whole);
  return `${first > 0 ? "…" : ""}${head}… (${text.length} characters) …${tail}${last < text.length ? "…" : ""}`;
}
