import { QueryError, type Tokens } from "../syntax/tokens.ts";
import {
  type Aggregate,
  type Column,
  type Command,
  type Expression,
  isAggregate,
  MAX_ROWS,
  type SortKey,
} from "./commands.ts";
import { logfmtMap } from "./conversions.ts";
import { ExpressionParser } from "./expression-parser.ts";
import { COMMANDS, isListed, UNSUPPORTED } from "./language.ts";
import { compileGlob, compilePattern } from "./pattern.ts";
import { PATTERN, type QueryToken, tokensOf } from "./query-tokens.ts";
import { Scope } from "./scope.ts";
import type { Value } from "./value.ts";

// The query language of CloudWatch Logs Insights. Documented features that the laptop does not support are rejected by name.
// Source: "CloudWatch Logs Insights language query syntax" in the CloudWatch Logs User Guide.

/** @throws {QueryError} for an invalid query, or one that uses an unsupported feature */
export function parseQuery(text: string): readonly Command[] {
  return new Parser(text).query();
}

class Parser {
  readonly #text: string;
  readonly #tokens: Tokens<QueryToken>;
  readonly #scope = new Scope();
  readonly #expressions: ExpressionParser;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokensOf(text);
    this.#expressions = new ExpressionParser(this.#tokens, this.#scope);
  }

  query(): readonly Command[] {
    const commands = [this.#command()];
    while (this.#tokens.sign("|")) {
      this.#checkOrder(commands.map(({ kind }) => kind));
      commands.push(this.#command());
    }
    this.#tokens.expect("end", "| and another command, or the end");
    return commands;
  }

  /**
   * Rejects orders of commands that CloudWatch rejects, and a `limit` that is not last: a sample of the AppSync Developer Guide
   * puts it before `sort`, and says that the result is the top 10.
   * Source: "dedup" and "stats" in the query syntax.
   */
  #checkOrder(previous: readonly Command["kind"][]): void {
    const next = this.#tokens.next.text.toLowerCase();
    if (previous.includes("dedup") && next !== "limit") {
      this.#tokens.fail("limit, the only command after dedup");
    }
    if (next === "stats" && previous.filter((kind) => kind === "stats").length === 2) {
      this.#tokens.fail("another command, because a query has at most two stats commands");
    }
    if (next === "stats" && previous.includes("stats") && (previous.includes("sort") || previous.includes("limit"))) {
      this.#tokens.fail("sort and limit after the last stats");
    }
    if (previous.includes("limit") && ["filter", "where", "parse", "unnest", "stats", "sort", "dedup"].includes(next)) {
      this.#tokens.fail("fields or display after limit");
    }
  }

  #command(): Command {
    const name = this.#tokens.word(...COMMANDS);
    switch (name) {
      case "fields":
      case "display":
        return { kind: name, columns: this.#shownColumns() };
      case "filter":
      case "where":
        return { kind: "filter", condition: this.#expressions.condition() };
      case "parse":
        return this.#parse();
      case "unnest":
        return this.#unnest();
      case "stats":
        return this.#stats();
      case "sort":
        return { kind: "sort", keys: this.#expressions.list(() => this.#sortKey()) };
      case "dedup":
        return { kind: "dedup", fields: this.#expressions.list(() => this.#expressions.field()) };
      case "limit":
        return { kind: "limit", rows: this.#rows() };
      default:
        return this.#unknownCommand();
    }
  }

  #unknownCommand(): never {
    const { kind, text } = this.#tokens.next;
    if (kind === "word" && isListed(text, UNSUPPORTED.commands)) {
      this.#tokens.reject(`the command ${text}`);
    }
    return this.#tokens.fail(COMMANDS.join(", "));
  }

  #shownColumns(): readonly Column[] {
    this.#scope.assigned = new Set();
    const sources = new Map<string, string>();
    const columns = this.#expressions.list(() => {
      const column = this.#column(sources, () => this.#expressions.map() ?? this.#expressions.value());
      this.#scope.define(column.name, column.value);
      return column;
    });
    this.#scope.assigned = undefined;
    return columns;
  }

  /** @param sources Source text of the command's columns so far, by name. */
  #column(sources: Map<string, string>, parse = () => this.#expressions.value()): Column {
    const from = this.#tokens.next.at;
    const value = parse();
    const source = this.#text.slice(from, this.#tokens.position).trim();
    const isField = value.kind === "field" && !isAggregate(value.name);
    const name = this.#tokens.word("as") ? this.#expressions.newName() : isField ? value.name : source;
    if ((sources.get(name) ?? source) !== source) {
      throw new QueryError(`two columns have the name ${name}`, from);
    }
    sources.set(name, source);
    return { name, value };
  }

  #parse(): Command {
    const source: Expression = { kind: "field", name: this.#parsedField() };
    if (this.#tokens.word("logfmt")) {
      return this.#logfmt(source);
    }
    const token =
      this.#tokens.takeBy(PATTERN) ?? this.#tokens.expect("text", "a glob in quotes or a pattern between slashes");
    if (token.kind === "text") {
      const names = this.#tokens.word("as")
        ? this.#expressions.list(() => this.#expressions.newName())
        : this.#tokens.fail("as and a name for each *");
      const twice = names.find((name, index) => names.indexOf(name) !== index);
      if (twice !== undefined) {
        throw new QueryError(`two parts of the glob have the name ${twice}`, token.at);
      }
      this.#addParsed(names);
      return { kind: "parse", source, pattern: compileGlob(token.text, names, token.at), names };
    }
    const pattern = compilePattern(token.text, token.at);
    const names = [...token.text.matchAll(/\(\?P?<([A-Za-z_]\w*)>/g)].map(([, name = ""]) => name);
    if (names.length === 0) {
      throw new QueryError("the pattern of parse needs a named group, as in (?<name>…)", token.at);
    }
    const { text } = this.#tokens.next;
    if (this.#tokens.word("as", "multi")) {
      this.#tokens.reject(`${text} after a pattern between slashes`);
    }
    this.#addParsed(names);
    return { kind: "parse", source, pattern, names };
  }

  #logfmt(source: Expression): Command {
    const name = this.#tokens.word("as") ? this.#expressions.newName() : this.#tokens.fail("as and a name");
    const run = ([text]: readonly Value[]) => (text === undefined ? undefined : logfmtMap(String(text)));
    const column: Column = { name, value: { kind: "call", run, of: [source], isMap: true } };
    this.#scope.define(name, column.value);
    return { kind: "logfmt", column };
  }

  #unnest(): Command {
    const token = this.#tokens.next;
    const list = this.#scope.isMap(token.text) ? this.#tokens.take().text : this.#expressions.field();
    if (!this.#scope.isList(list)) {
      this.#tokens.reject("unnest of anything but a list from jsonParse", token);
    }
    const name = this.#tokens.word("into") ? this.#expressions.newName() : this.#tokens.fail("into and a name");
    this.#scope.defineItem(name);
    return { kind: "unnest", list, name };
  }

  #addParsed(names: readonly string[]): void {
    for (const name of names) {
      this.#scope.define(name);
    }
  }

  /** The field to parse: by default, the message. Rejects the modes for formats. */
  #parsedField(): string {
    const { kind, text } = this.#tokens.next;
    const isLogfmt = /^logfmt$/i.test(text) && this.#tokens.second.text.toLowerCase() === "as";
    const isDefault = kind === "text" || (kind === "sign" && text === "/") || isLogfmt;
    if (isDefault) {
      this.#expressions.checkColumn("@message");
    }
    const field = isDefault ? "@message" : this.#expressions.field();
    const format = /^(?:csv|xml)$/i;
    const mode = format.test(this.#tokens.next.text) ? this.#tokens.next.text : format.test(text) ? text : undefined;
    if (mode && this.#tokens.next.kind === "word") {
      this.#tokens.reject(`parse with ${mode}`);
    }
    return field;
  }

  #stats(): Command {
    const aggregates: Aggregate[] = [];
    const soFar = new Map<string, Expression>();
    const sources = new Map<string, string>();
    const columns = this.#expressions.aggregating(aggregates, soFar, () =>
      this.#expressions.list(() => {
        const column = this.#column(sources);
        soFar.set(column.name, column.value);
        return column;
      }),
    );
    const by = this.#tokens.word("by") ? this.#expressions.list(() => this.#column(sources)) : [];
    if (this.#tokens.next.text.toLowerCase() === "offset") {
      this.#tokens.reject("offset");
    }
    this.#scope.columns = new Set();
    for (const { name, value } of [...columns, ...by]) {
      this.#scope.define(name, value);
    }
    return { kind: "stats", aggregates, columns, by };
  }

  #sortKey(): SortKey {
    if (
      ["word", "quoted field"].includes(this.#tokens.second.kind) &&
      !/^(?:asc|desc)$/i.test(this.#tokens.second.text)
    ) {
      // `sort by x` is in a sample of the Lambda documentation.
      this.#tokens.word("by");
    }
    const isOrder = (text: string) => /^(?:asc|desc)$/i.test(text);
    if (this.#tokens.next.kind === "word" && isOrder(this.#tokens.next.text) && !isOrder(this.#tokens.second.text)) {
      this.#tokens.fail("the name of a field");
    }
    const field = this.#unnamedColumn() ?? this.#expressions.field();
    if (this.#tokens.next.text === "(") {
      this.#tokens.reject("a function in sort, which needs a name from as,");
    }
    return { field, descending: this.#tokens.word("desc", "asc") === "desc" };
  }

  /** Takes the text of a column that the last `stats` computed without a name, such as `count(*)`. */
  #unnamedColumn(): string | undefined {
    const { at } = this.#tokens.next;
    const text = this.#text.slice(at);
    const column = [...(this.#scope.columns ?? [])].find(
      (name) =>
        text.startsWith(name) && /\)$/.test(name) && /^\s*(?:$|[,|#]|(?:a|de)sc\b)/i.test(text.slice(name.length)),
    );
    if (column !== undefined) {
      this.#tokens.position = at + column.length;
    }
    return column;
  }

  #rows(): number {
    // CloudWatch may return any lines for `limit any`; these are the newest.
    this.#tokens.word("any");
    const token = this.#tokens.expect("number", "a number of rows");
    const rows = Number(token.text);
    if (!Number.isInteger(rows) || rows < 1 || rows > MAX_ROWS) {
      throw new QueryError(
        `limit is ${token.text}: expected a whole number from 1 to ${MAX_ROWS} on the laptop`,
        token.at,
      );
    }
    return rows;
  }
}
