import { QueryError } from "../syntax/tokens.ts";
import { strictPattern } from "./strict-pattern.ts";

/** Constructs that JavaScript interprets differently from AWS, or does not have. */
const FOREIGN: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["a POSIX class such as [:digit:]", /\[:\w+:\]/],
  ["an intersection (&&) in a class", /\[[^\]]*&&/],
  ["a possessive quantifier", /(?<!\\)[*+?}]\+(?![^[\]]*\])/],
  ["a quantifier without a minimum", /(?<!\\)\{,\d+\}/],
  ["an atomic group", /\(\?>/],
  ["a line break", /\n/],
  ["the escape \\$1", /(?<!\\)(?:\\\\)*\\([aAzZQEGhHRXeCKN])/],
];

/**
 * Compiles a regular expression of a query. Flags at the start, as in `(?i)` or `^(?i)`, apply to the whole expression, and Python's
 * `(?P<name>…)` is a named group. Constructs that JavaScript interprets differently are rejected by name.
 * @param at Position of the pattern in the query.
 */
export function compilePattern(source: string, at: number): RegExp {
  for (const [name, pattern] of FOREIGN) {
    const found = pattern.exec(source);
    if (found) {
      throw new QueryError(`${name.replace("$1", found[1] ?? "")} in a pattern is not supported on the laptop`, at);
    }
  }
  const [whole, start = "", flags = ""] = /^(\^?)\(\?([a-zA-Z]+)\)/.exec(source) ?? [""];
  if (start && flags.includes("m")) {
    throw new QueryError("the flag m after ^ in a pattern is not supported on the laptop", at);
  }
  if (/[^ims]/.test(flags)) {
    throw new QueryError(`the flag ${flags} in a pattern is not supported on the laptop: expected i, m, or s`, at);
  }
  const rest = strictPattern(start + source.slice(whole.length)).replaceAll("(?P<", "(?<");
  try {
    // With the flag u an unknown escape is an error instead of a letter.
    return new RegExp(flags ? `(?${unique(flags)}:${rest})` : rest, "u");
  } catch (error) {
    const reason = (error as Error).message.replace(/^Invalid regular expression: .*\/u?: /, "");
    throw new QueryError(`the pattern /${source}/ is not supported: ${reason}`, at);
  }
}

/** Compiles the glob of a `parse` command. Each `*` captures any text; one at the end captures the rest. */
export function compileGlob(glob: string, names: readonly string[], at: number): RegExp {
  const parts = glob.split("*");
  if (parts.length === 1) {
    throw new QueryError("a glob needs a * for each name", at);
  }
  if (parts.length - 1 !== names.length) {
    throw new QueryError(`the glob has ${parts.length - 1} * for ${names.length} names`, at);
  }
  const source = parts.map((part, index) => {
    const isLast = index === names.length;
    const capture = index === names.length - 1 && parts[index + 1] === "" ? "([^]*)" : "([^]*?)";
    return RegExp.escape(part) + (isLast ? "" : capture);
  });
  return new RegExp(source.join(""));
}

function unique(flags: string): string {
  return [...new Set(flags)].join("");
}
