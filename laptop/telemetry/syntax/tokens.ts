/** Thrown for an invalid or unsupported query; `at` is the position, counted in characters from 0. */
export class QueryError extends Error {
  override readonly name = "QueryError";
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

export interface Token<Kind extends string = string> {
  readonly kind: Kind | "end";
  /** Content of the token, without quotes or other delimiters. */
  readonly text: string;
  readonly at: number;
}

/** Reads one kind of token with a sticky pattern. A rule without a kind skips what it matches. */
export interface TokenRule<Kind extends string> {
  readonly kind?: Kind;
  readonly pattern: RegExp;
  /** Content of the token; by default, the whole match. */
  readonly content?: (match: RegExpExecArray) => string;
}

/** Tokens of a query, read from left to right. */
export class Tokens<Kind extends string> {
  readonly #text: string;
  readonly #subject: string;
  readonly #rules: readonly TokenRule<Kind>[];
  /** The token at the position, once it has been read. */
  #next: ReadToken<Kind> | undefined;
  #position = 0;

  /** @param subject Name of the text in messages, such as "the query". */
  constructor(text: string, subject: string, rules: readonly TokenRule<Kind>[]) {
    this.#text = text;
    this.#subject = subject;
    this.#rules = rules;
  }

  /** Offset after the last token taken. Setting it rewinds the reader. */
  get position(): number {
    return this.#position;
  }

  set position(position: number) {
    this.#position = position;
    this.#next = undefined;
  }

  /** @throws {QueryError} for a character that cannot start a token */
  get next(): Token<Kind> {
    this.#next ??= readToken(this.#text, this.#position, this.#rules);
    return this.#next;
  }

  /** Returns the token after the next one. */
  get second(): Token<Kind> {
    this.#next ??= readToken(this.#text, this.#position, this.#rules);
    return readToken(this.#text, this.#next.end, this.#rules);
  }

  take(): Token<Kind> {
    const token = this.#next ?? readToken(this.#text, this.#position, this.#rules);
    this.position = token.end;
    return token;
  }

  /** Takes the match of this rule at the next token, for tokens that are valid only in some places. */
  takeBy(rule: TokenRule<Kind>): Token<Kind> | undefined {
    const token = matchAt(this.#text, this.next.at, rule);
    if (token) {
      this.position = token.end;
    }
    return token;
  }

  /** Takes the next token if it is one of these signs. */
  sign<Sign extends string>(...signs: readonly Sign[]): Sign | undefined {
    return this.next.kind === "sign" && signs.includes(this.next.text as Sign) ? (this.take().text as Sign) : undefined;
  }

  /** Takes the next token if it is one of these words, in any case. */
  word<Word extends string>(...words: readonly Word[]): Word | undefined {
    const word = this.next.text.toLowerCase() as Word;
    if (this.next.kind === "word" && words.includes(word)) {
      this.take();
      return word;
    }
  }

  /** Takes the next token, which must be of this kind. */
  expect(kind: Kind | "end", expected: string): Token<Kind> {
    return this.next.kind === kind ? this.take() : this.fail(expected);
  }

  expectSign(sign: string, expected = sign): void {
    if (this.sign(sign) === undefined) {
      this.fail(expected);
    }
  }

  /** @throws {QueryError} with the token found and what was expected */
  fail(expected: string, { kind, text, at }: Token = this.next): never {
    throw new QueryError(`${kind === "end" ? `${this.#subject} ends` : `found ${text}`}: expected ${expected}`, at);
  }

  /** @throws {QueryError} for something that AWS documents and the laptop does not support */
  reject(feature: string, { at }: Token = this.next): never {
    throw new QueryError(`${feature} is not supported on the laptop`, at);
  }
}

interface ReadToken<Kind extends string> extends Token<Kind> {
  readonly end: number;
}

/** Reads the token at an offset, after any text to skip. */
function readToken<Kind extends string>(
  text: string,
  from: number,
  rules: readonly TokenRule<Kind>[],
): ReadToken<Kind> {
  let at = from;
  while (at < text.length) {
    const rule = rules.find(({ pattern }) => startsAt(text, at, pattern));
    if (rule === undefined) {
      const [found] = /^(?:[\w.]+|.)/su.exec(text.slice(at)) ?? [];
      const isQuote = found === '"' || found === "'";
      throw new QueryError(isQuote ? `a ${found} is opened here and not closed` : `unexpected ${found}`, at);
    }
    const token = matchAt(text, at, rule);
    if (token) {
      return token;
    }
    at = rule.pattern.lastIndex;
  }
  return { kind: "end", text: "", at: text.length, end: text.length };
}

function startsAt(text: string, at: number, pattern: RegExp): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}

/** Reads one token by its rule; undefined if the rule does not match, or skips its match. */
function matchAt<Kind extends string>(
  text: string,
  at: number,
  { kind, pattern, content }: TokenRule<Kind>,
): ReadToken<Kind> | undefined {
  pattern.lastIndex = at;
  const match = pattern.exec(text);
  return match && kind !== undefined
    ? { kind, text: content?.(match) ?? match[0], at, end: at + match[0].length }
    : undefined;
}
