import { LOG_LEVEL } from "../../specs/log-level.ts";
import type { Expression, Operator } from "../insights/query.ts";
import { QueryError } from "../insights/tokens.ts";

// What people type into the search of the logs: words that stand in the line, in upper or lower case, and conditions on its
// fields, as in `timeout "not found" status>=400 chaos=* program=like -path=/ready`. A minus takes away what fits.

const PART =
  /\s*(?<minus>-?)(?:(?<field>[A-Za-z_@][\w@.-]*)(?<sign>!=|<=|>=|=|<|>)(?<value>"(?:[^"\\]|\\.)*"|[^\s"]+)?|(?<word>"(?:[^"\\]|\\.)*"|[^\s"]+))/y;

const LEVELS: Readonly<Record<string, number>> = LOG_LEVEL;

/** @returns what must hold of a line; nothing for an empty search. @throws {QueryError} */
export function readSearch(text: string): Expression | undefined {
  let all: Expression | undefined;
  for (let at = 0; text.slice(at).trim() !== ""; at = PART.lastIndex) {
    PART.lastIndex = at;
    const match = PART.exec(text);
    if (match === null) {
      throw new QueryError('a " is opened here and not closed', text.indexOf('"', at));
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
      ? matches("@message", new RegExp(RegExp.escape(unquoted(word ?? "")), "i"))
      : conditionOn(field, sign as Operator, value, end);
  return minus ? { kind: "not", of: part } : part;
}

/** @param end where the condition ends in the search */
function conditionOn(field: string, operator: Operator, value: string | undefined, end: number): Expression {
  if (value === undefined) {
    throw new QueryError(`expected a value of ${field}: a word, a number, a "text", or * for any`, end);
  }
  const equality = operator === "=" || operator === "!=";
  const number = field === "level" ? (LEVELS[value.toUpperCase()] ?? Number(value)) : Number(value);
  if (!equality && Number.isNaN(number)) {
    throw new QueryError(`expected a number to compare ${field} with, found ${value}`, end - value.length);
  }
  if (equality && (value === "*" || field === "task")) {
    const condition: Expression =
      // Nobody types all 32 characters of a task's id.
      value === "*" ? { kind: "present", field } : matches(field, new RegExp(`^${RegExp.escape(unquoted(value))}`));
    return operator === "=" ? condition : { kind: "not", of: condition };
  }
  const right = { kind: "value", value: Number.isNaN(number) ? unquoted(value) : number } as const;
  return { kind: "compare", operator, left: { kind: "field", name: field }, right };
}

function matches(field: string, pattern: RegExp): Expression {
  return { kind: "like", left: { kind: "field", name: field }, pattern };
}

function unquoted(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replaceAll(/\\(.)/g, "$1") : text;
}
