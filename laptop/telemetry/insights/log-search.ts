import { levelOf } from "../../system/processes/log-record.ts";
import { QueryError } from "../syntax/tokens.ts";
import { unquoted } from "../syntax/unquoted.ts";
import type { Expression } from "./commands.ts";
import { constant, type Operator } from "./value.ts";

// The search field of the Logs page: words that the line contains, in any case, and conditions on its fields, as in
// `timeout "not found" status>=400 chaos=* program=like -path=/ready`. A minus excludes matching lines.

const PART =
  /\s*(?<minus>-?)(?:(?<field>[A-Za-z_@][\w@.-]*)(?<sign>!=|<=|>=|=|<|>)(?<value>"(?:[^"\\]|\\.)*"|[^\s"]+)?|(?<word>"(?:[^"\\]|\\.)*"|[^\s"]+))/y;

const ALL_MATCH = "all parts must match, and - excludes lines";
const CONDITION = "a condition has no blanks and one of =, !=, <, <=, >, >=, as in status>=400";

/**
 * Words of other search languages, which are unlikely to be meant as words, and what to write instead: of Lucene and KQL, LogQL, and
 * the filter patterns of CloudWatch Logs.
 */
const FOREIGN: readonly (readonly [word: RegExp, advice: string])[] = [
  [/^(?:AND|OR|NOT|&&|\|\|?|[?!]\w.*)$/, ALL_MATCH],
  [/^[=!<>~]+$/, CONDITION],
  [/^(?!arn:)[A-Za-z_@][\w@.-]*(?::(?!\/\/)|!~)./, CONDITION],
  [/^\{?\$\./, CONDITION],
];

/** First characters of a value that other search languages use for operators, lists, and ranges. */
const FOREIGN_VALUE = /^[=~<>!([{]/;

/** @returns the condition on a line; undefined for an empty search. @throws {QueryError} */
export function readSearch(text: string): Expression | undefined {
  let all: Expression | undefined;
  for (let at = 0; text.slice(at).trim() !== ""; at = PART.lastIndex) {
    PART.lastIndex = at;
    const match = PART.exec(text);
    if (match === null) {
      throw new QueryError('a " is opened here and not closed', text.indexOf('"', at));
    }
    const { word = "" } = match.groups ?? {};
    const [, advice] = FOREIGN.find(([pattern]) => pattern.test(word)) ?? [];
    if (advice !== undefined) {
      throw new QueryError(
        `${word} is not supported: ${advice}; write "${word}" to search for the word`,
        PART.lastIndex - word.length,
      );
    }
    if (!word.startsWith('"') && word.includes("*")) {
      throw new QueryError(
        `* within a word is not supported: part of a word is enough to find it; write "${word}" to search for a * itself`,
        PART.lastIndex - word.length + word.indexOf("*"),
      );
    }
    const part = partOf(match.groups ?? {}, PART.lastIndex);
    all = all ? { kind: "and", left: all, right: part } : part;
  }
  return all;
}

function partOf(groups: Readonly<Record<string, string | undefined>>, end: number): Expression {
  const { minus, field, sign, value, word } = groups;
  const part =
    field === undefined
      ? matches("@message", textPattern(contentOf(word ?? "")))
      : conditionOn(field, sign as Operator, value, end);
  return minus ? { kind: "not", of: part } : part;
}

/** @param end Offset of the end of the condition in the search. */
function conditionOn(field: string, operator: Operator, value: string | undefined, end: number): Expression {
  if (value === undefined) {
    throw new QueryError(`expected a value of ${field}: a word, a number, a "text", or * for any`, end);
  }
  const equality = operator === "=" || operator === "!=";
  const isQuoted = value.startsWith('"');
  if (!isQuoted && value !== "*" && value.includes("*")) {
    throw new QueryError(
      `* within a value is not supported: ${field}=* finds any value, and ${field}="…" a * itself`,
      end - value.length + value.indexOf("*"),
    );
  }
  const [first] = FOREIGN_VALUE.exec(value) ?? [];
  if (first !== undefined) {
    throw new QueryError(
      `${first} after ${operator} is not supported: ${CONDITION}; write ${field}${operator}"…" for a value that begins with ${first}`,
      end - value.length,
    );
  }
  const level = field === "level" ? levelOf(value) : undefined;
  const wanted = level ?? (isQuoted ? contentOf(value) : constant(value));
  if (!equality && (isQuoted || !/^-?\d+(?:\.\d+)?$/.test(String(wanted)))) {
    throw new QueryError(`expected a number to compare ${field} with, found ${value}`, end - value.length);
  }
  if (equality && (value === "*" || field === "task")) {
    const condition: Expression =
      // Task IDs have 32 characters, so the first few are enough.
      value === "*" ? { kind: "present", field } : matches(field, new RegExp(`^${RegExp.escape(contentOf(value))}`));
    return operator === "=" ? condition : { kind: "not", of: condition };
  }
  const left: Expression = { kind: "field", name: field };
  return {
    kind: "compare",
    operator,
    left: field === "level" ? levelNumber(left) : left,
    right: { kind: "value", value: wanted },
  };
}

/** The number of a line's level, which some loggers write as a name. */
function levelNumber(level: Expression): Expression {
  return { kind: "call", run: ([value]) => levelOf(value) ?? value, of: [level] };
}

/** Matches a string in any case, either as it is or with JSON's escapes, as in a line's fields. */
function textPattern(text: string): RegExp {
  const forms = new Set([text, JSON.stringify(text).slice(1, -1)]);
  return new RegExp([...forms].map(RegExp.escape).join("|"), "i");
}

function matches(field: string, pattern: RegExp): Expression {
  return { kind: "like", left: { kind: "field", name: field }, pattern };
}

function contentOf(text: string): string {
  return text.startsWith('"') ? unquoted(text) : text;
}
