/** Thrown for a query that cannot be understood; `at` is where, counted in characters from 0. */
export class QueryError extends Error {
  override readonly name = "QueryError";
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

export interface Token {
  readonly kind: "word" | "text" | "number" | "pattern" | "sign" | "end";
  /** Without quotes or slashes. */
  readonly text: string;
  readonly at: number;
}

/** What a query is made of. A comment goes from `#` to the end of its line. */
const TOKENS: readonly (readonly [kind: Token["kind"] | undefined, pattern: RegExp])[] = [
  [undefined, /\s+|#[^\n]*/y],
  ["text", /"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'/y],
  ["pattern", /\/((?:\\.|[^/\\\n])+)\//y],
  ["number", /-?\d+(?:\.\d+)?(?![\w.])/y],
  ["word", /`([^`]+)`|@?[A-Za-z_][\w.]*/y],
  ["sign", /[!<>]=|[=<>|(){},[\]*!]/y],
];

export function tokensOf(query: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < query.length) {
    const next = tokenAt(query, at);
    if (next === undefined) {
      throw new QueryError(`${query[at]} means nothing here`, at);
    }
    if (next.kind !== undefined) {
      tokens.push({ kind: next.kind, text: next.text, at });
    }
    at = next.end;
  }
  return [...tokens, { kind: "end", text: "", at }];
}

function tokenAt(query: string, at: number) {
  for (const [kind, pattern] of TOKENS) {
    pattern.lastIndex = at;
    const match = pattern.exec(query);
    if (match) {
      const [whole, inner = match[2]] = match;
      const text = kind === "text" ? (inner ?? "").replaceAll(/\\(.)/g, "$1") : (inner ?? whole);
      return { kind, text, end: at + whole.length };
    }
  }
}
