import { QueryError, type Token, tokensOf } from "./tokens.ts";

// The part of CloudWatch Logs Insights that the saved queries and the runbook speak, and a little more.
// Source: "CloudWatch Logs Insights language query syntax" in the CloudWatch Logs User Guide.

export type Command =
  | { readonly kind: "fields"; readonly fields: readonly string[] }
  | { readonly kind: "filter"; readonly condition: Expression }
  | { readonly kind: "parse"; readonly field: string; readonly pattern: RegExp }
  | { readonly kind: "stats"; readonly figures: readonly Figure[]; readonly by: readonly string[] }
  | { readonly kind: "sort"; readonly field: string; readonly descending: boolean }
  | { readonly kind: "limit"; readonly rows: number };

export type Expression =
  | { readonly kind: "value"; readonly value: string | number }
  | { readonly kind: "field"; readonly name: string }
  | { readonly kind: "present"; readonly field: string }
  | { readonly kind: "not"; readonly of: Expression }
  | { readonly kind: "and" | "or"; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "in"; readonly left: Expression; readonly values: readonly (string | number)[] }
  | { readonly kind: "like"; readonly left: Expression; readonly pattern: RegExp }
  | { readonly kind: "compare"; readonly operator: Operator; readonly left: Expression; readonly right: Expression };

export type Operator = "=" | "!=" | "<" | "<=" | ">" | ">=";

/** Something that `stats` works out of many lines; without a field it looks at the lines themselves. */
export interface Figure {
  readonly of: "count" | "sum" | "avg" | "min" | "max";
  readonly field: string | undefined;
  readonly name: string;
}

const OPERATORS: readonly string[] = ["=", "!=", "<", "<=", ">", ">="] satisfies Operator[];
const FIGURES: readonly string[] = ["count", "sum", "avg", "min", "max"] satisfies Figure["of"][];

/** @throws {QueryError} where it is not a query, or more of the language than is spoken here */
export function parseQuery(text: string): readonly Command[] {
  return new Parser(tokensOf(text)).query();
}

class Parser {
  readonly #tokens: readonly Token[];
  #position = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  query(): readonly Command[] {
    const commands = [this.#command()];
    while (this.#takes("|")) {
      commands.push(this.#command());
    }
    if (this.#next.kind !== "end") {
      throw this.#unexpected("| and another command, or the end");
    }
    return commands;
  }

  #command(): Command {
    const { text } = this.#next;
    switch (text.toLowerCase()) {
      case "fields":
      case "display":
        this.#skip();
        return { kind: "fields", fields: this.#list(() => this.#field()) };
      case "filter":
        this.#skip();
        return { kind: "filter", condition: this.#or() };
      case "parse":
        this.#skip();
        return { kind: "parse", field: this.#field(), pattern: this.#pattern() };
      case "stats": {
        this.#skip();
        const figures = this.#list(() => this.#figure());
        return { kind: "stats", figures, by: this.#takes("by") ? this.#list(() => this.#field()) : [] };
      }
      case "sort": {
        this.#skip();
        const field = this.#field();
        const descending = this.#takes("desc");
        if (!descending) {
          this.#takes("asc");
        }
        return { kind: "sort", field, descending };
      }
      case "limit":
        this.#skip();
        return { kind: "limit", rows: Number(this.#take("number", "a number of rows").text) };
    }
    throw this.#unexpected("fields, filter, parse, stats, sort or limit");
  }

  #figure(): Figure {
    const { text: of } = this.#take("word", FIGURES.join(", "));
    if (!isFigure(of)) {
      this.#position -= 1;
      throw this.#unexpected(FIGURES.join(", "));
    }
    this.#expect("(");
    const field = this.#takes("*") ? undefined : this.#field();
    this.#expect(")");
    const name = this.#takes("as") ? this.#field() : `${of}(${field ?? "*"})`;
    return { of, field, name };
  }

  #or(): Expression {
    let left = this.#and();
    while (this.#takes("or")) {
      left = { kind: "or", left, right: this.#and() };
    }
    return left;
  }

  #and(): Expression {
    let left = this.#not();
    while (this.#takes("and")) {
      left = { kind: "and", left, right: this.#not() };
    }
    return left;
  }

  #not(): Expression {
    return this.#takes("not") ? { kind: "not", of: this.#not() } : this.#comparison();
  }

  #comparison(): Expression {
    if (this.#takes("(")) {
      const inside = this.#or();
      this.#expect(")");
      return inside;
    }
    if (this.#takes("ispresent")) {
      this.#expect("(");
      const field = this.#field();
      this.#expect(")");
      return { kind: "present", field };
    }
    const left = this.#value();
    const negated = this.#takes("not");
    const judged = this.#judged(left);
    return negated ? { kind: "not", of: judged } : judged;
  }

  #judged(left: Expression): Expression {
    if (this.#takes("like")) {
      return { kind: "like", left, pattern: this.#pattern() };
    }
    if (this.#takes("in")) {
      this.#expect("[");
      const values = this.#list(() => this.#constant());
      this.#expect("]");
      return { kind: "in", left, values };
    }
    const { text } = this.#next;
    if (!isOperator(text)) {
      throw this.#unexpected(`${OPERATORS.join(", ")}, like or in`);
    }
    this.#skip();
    return { kind: "compare", operator: text, left, right: this.#value() };
  }

  #value(): Expression {
    return this.#next.kind === "word"
      ? { kind: "field", name: this.#field() }
      : { kind: "value", value: this.#constant() };
  }

  #constant(): string | number {
    const { kind, text } = this.#next;
    if (kind !== "number" && kind !== "text") {
      throw this.#unexpected("a number, a text in quotes or a field");
    }
    this.#skip();
    return kind === "number" ? Number(text) : text;
  }

  #field(): string {
    return this.#take("word", "the name of a field").text;
  }

  /** Between slashes, or in quotes and then without special characters. */
  #pattern(): RegExp {
    const { kind, text, at } = this.#next;
    if (kind !== "pattern" && kind !== "text") {
      throw this.#unexpected("a pattern between slashes, or a text in quotes");
    }
    this.#skip();
    try {
      return new RegExp(kind === "pattern" ? text : text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
    } catch {
      throw new QueryError(`/${text}/ is no regular expression`, at);
    }
  }

  #list<Item>(item: () => Item): readonly Item[] {
    const items = [item()];
    while (this.#takes(",")) {
      items.push(item());
    }
    return items;
  }

  get #next(): Token {
    return this.#tokens[this.#position] as Token;
  }

  #skip(): void {
    this.#position += 1;
  }

  /** Takes a sign or a keyword if it comes next. */
  #takes(text: string): boolean {
    const { kind, text: found } = this.#next;
    const taken = (kind === "sign" || kind === "word") && found.toLowerCase() === text;
    if (taken) {
      this.#skip();
    }
    return taken;
  }

  #expect(text: string): void {
    if (!this.#takes(text)) {
      throw this.#unexpected(text);
    }
  }

  #take(kind: Token["kind"], expected: string): Token {
    const token = this.#next;
    if (token.kind !== kind) {
      throw this.#unexpected(expected);
    }
    this.#skip();
    return token;
  }

  #unexpected(expected: string): QueryError {
    const { kind, text, at } = this.#next;
    return new QueryError(`${kind === "end" ? "the query ends" : `there is ${text}`}: expected ${expected}`, at);
  }
}

function isOperator(text: string): text is Operator {
  return OPERATORS.includes(text);
}

function isFigure(text: string): text is Figure["of"] {
  return FIGURES.includes(text);
}
