import { QueryError, type TokenRule, Tokens } from "../syntax/tokens.ts";

export type QueryToken = "number" | "pattern" | "period" | "sign" | "text" | "word" | "quoted field";

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

/** A name with at least one part in backticks, such as `` user.`id.x` ``. */
const QUOTED_FIELD = /@{0,2}(?:[A-Za-z_][\w.@]*\.)?`[^`]+`(?:\.(?:[\w@]+|`[^`]+`))*/y;

const RULES: readonly TokenRule<QueryToken>[] = [
  { pattern: /\s+|#[^\n]*/y },
  { kind: "text", pattern: /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/sy, content: unquoted },
  { kind: "period", pattern: /\d+(?:\.\d+)?[a-z]+(?![\w.])/iy },
  { kind: "number", pattern: /(?:\d+(?:\.\d+)?|\.\d+)(?![\w.])/y },
  { kind: "quoted field", pattern: QUOTED_FIELD, content: ([name]) => name.replaceAll("`", "") },
  { kind: "word", pattern: /@{0,2}[A-Za-z_][\w.@]*/y },
  { kind: "sign", pattern: /[!<>]=|=~|\|\||[-+*/%^=<>|(){},[\]!]/y },
];

/** Reads a pattern between slashes; a slash within a class needs no backslash. */
export const PATTERN: TokenRule<QueryToken> = {
  kind: "pattern",
  pattern: /\/((?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\[])+)\//sy,
  content: ([, source = ""]) => source,
};

/** Reads the path after a map or list, from an index in brackets on, such as `[0].key`. Its text has dots only. */
export const INDEX: TokenRule<QueryToken> = {
  kind: "word",
  pattern: /(?:\[\d+\](?:\.(?:[\w@]+|`[^`]+`))*)+/y,
  content: ([path]) => path.replaceAll(/\[(\d+)\]/g, ".$1").replaceAll("`", ""),
};

/** Splits a query into tokens. */
export function tokensOf(query: string): Tokens<QueryToken> {
  return new Tokens(query, "the query", RULES);
}

function unquoted(match: RegExpExecArray): string {
  return match[0].slice(1, -1).replaceAll(/\\(.)/gs, (_, character: string, offset: number) => {
    if (/[\w]/.test(character) && !(character in ESCAPES)) {
      throw new QueryError(
        `\\${character} in a string is not supported on the laptop: write a regular expression between slashes`,
        match.index + 1 + offset,
      );
    }
    return ESCAPES[character] ?? character;
  });
}
