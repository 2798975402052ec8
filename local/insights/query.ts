import { QueryError, Tokens } from "./tokens.ts";

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

const OPERATORS: readonly Operator[] = ["=", "!=", "<", "<=", ">", ">="];
const FIGURES: readonly Figure["of"][] = ["count", "sum", "avg", "min", "max"];

/** @throws {QueryError} where it is not a query, or more of the language than is spoken here */
export function parseQuery(text: string): readonly Command[] {
  return new Parser(text).query();
}

class Parser {
  readonly #tokens: Tokens;

  constructor(text: string) {
    this.#tokens = new Tokens(text, "the query");
  }

  query(): readonly Command[] {
    const commands = [this.#command()];
    while (this.#tokens.sign("|")) {
      commands.push(this.#command());
    }
    this.#tokens.expect("end", "| and another command, or the end");
    return commands;
  }

  #command(): Command {
    const name = this.#tokens.word("fields", "display", "filter", "parse", "stats", "sort", "limit");
    switch (name) {
      case "fields":
      case "display":
        return { kind: "fields", fields: this.#list(() => this.#field()) };
      case "filter":
        return { kind: "filter", condition: this.#or() };
      case "parse":
        return { kind: "parse", field: this.#field(), pattern: this.#pattern() };
      case "stats": {
        const figures = this.#list(() => this.#figure());
        return { kind: "stats", figures, by: this.#tokens.word("by") ? this.#list(() => this.#field()) : [] };
      }
      case "sort": {
        const field = this.#field();
        return { kind: "sort", field, descending: this.#tokens.word("desc", "asc") === "desc" };
      }
      case "limit":
        return { kind: "limit", rows: Number(this.#tokens.expect("number", "a number of rows").text) };
      default:
        return this.#tokens.fail("fields, filter, parse, stats, sort or limit");
    }
  }

  #figure(): Figure {
    const of = this.#tokens.word(...FIGURES) ?? this.#tokens.fail(FIGURES.join(", "));
    this.#tokens.expectSign("(");
    const field = this.#tokens.sign("*") ? undefined : this.#field();
    this.#tokens.expectSign(")");
    const name = this.#tokens.word("as") ? this.#field() : `${of}(${field ?? "*"})`;
    return { of, field, name };
  }

  #or(): Expression {
    let left = this.#and();
    while (this.#tokens.word("or")) {
      left = { kind: "or", left, right: this.#and() };
    }
    return left;
  }

  #and(): Expression {
    let left = this.#not();
    while (this.#tokens.word("and")) {
      left = { kind: "and", left, right: this.#not() };
    }
    return left;
  }

  #not(): Expression {
    return this.#tokens.word("not") ? { kind: "not", of: this.#not() } : this.#comparison();
  }

  #comparison(): Expression {
    if (this.#tokens.sign("(")) {
      const inside = this.#or();
      this.#tokens.expectSign(")");
      return inside;
    }
    if (this.#tokens.word("ispresent")) {
      this.#tokens.expectSign("(");
      const field = this.#field();
      this.#tokens.expectSign(")");
      return { kind: "present", field };
    }
    const left = this.#value();
    const negated = this.#tokens.word("not");
    const judged = this.#judged(left);
    return negated ? { kind: "not", of: judged } : judged;
  }

  #judged(left: Expression): Expression {
    if (this.#tokens.word("like")) {
      return { kind: "like", left, pattern: this.#pattern() };
    }
    if (this.#tokens.word("in")) {
      this.#tokens.expectSign("[");
      const values = this.#list(() => this.#constant());
      this.#tokens.expectSign("]");
      return { kind: "in", left, values };
    }
    const operator = this.#tokens.sign(...OPERATORS) ?? this.#tokens.fail(`${OPERATORS.join(", ")}, like or in`);
    return { kind: "compare", operator, left, right: this.#value() };
  }

  #value(): Expression {
    return this.#tokens.next.kind === "word"
      ? { kind: "field", name: this.#field() }
      : { kind: "value", value: this.#constant() };
  }

  #constant(): string | number {
    return this.#tokens.next.kind === "number"
      ? Number(this.#tokens.take().text)
      : this.#tokens.expect("text", "a number, a text in quotes or a field").text;
  }

  #field(): string {
    return this.#tokens.expect("word", "the name of a field").text;
  }

  /** Between slashes, or in quotes and then without special characters. */
  #pattern(): RegExp {
    const isPattern = this.#tokens.next.kind === "pattern";
    const { text, at } = this.#tokens.expect(
      isPattern ? "pattern" : "text",
      "a pattern between slashes, or a text in quotes",
    );
    try {
      return new RegExp(isPattern ? text : RegExp.escape(text));
    } catch {
      throw new QueryError(`/${text}/ is no regular expression`, at);
    }
  }

  #list<Item>(item: () => Item): readonly Item[] {
    const items = [item()];
    while (this.#tokens.sign(",")) {
      items.push(item());
    }
    return items;
  }
}
