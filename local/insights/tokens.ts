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

/** The tokens of a text, read one after the other. */
export class Tokens {
  readonly #tokens: readonly Token[];
  readonly #whole: string;
  #position = 0;

  /**
   * @param whole what the text is to the person who wrote it, as in "the query"
   * @throws {QueryError} for a character that begins no token
   */
  constructor(text: string, whole: string) {
    this.#tokens = tokensOf(text);
    this.#whole = whole;
  }

  get next(): Token {
    return this.#tokens[this.#position] as Token;
  }

  take(): Token {
    const token = this.next;
    this.#position += 1;
    return token;
  }

  /** Takes the next token if it is one of these signs. */
  sign<Sign extends string>(...signs: readonly Sign[]): Sign | undefined {
    return this.next.kind === "sign" && signs.includes(this.next.text as Sign) ? (this.take().text as Sign) : undefined;
  }

  /** Takes the next token if it is one of these words, in upper or lower case. */
  word<Word extends string>(...words: readonly Word[]): Word | undefined {
    const word = this.next.text.toLowerCase() as Word;
    if (this.next.kind === "word" && words.includes(word)) {
      this.take();
      return word;
    }
  }

  /** Takes the next token, which must be of a kind. */
  expect(kind: Token["kind"], expected: string): Token {
    return this.next.kind === kind ? this.take() : this.fail(expected);
  }

  expectSign(sign: string, expected = sign): void {
    if (this.sign(sign) === undefined) {
      this.fail(expected);
    }
  }

  fail(expected: string, { kind, text, at } = this.next): never {
    throw new QueryError(`${kind === "end" ? `${this.#whole} ends` : `there is ${text}`}: expected ${expected}`, at);
  }
}

function tokensOf(query: string): readonly Token[] {
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
