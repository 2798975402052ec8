import { QueryError, type Token, type Tokens } from "../syntax/tokens.ts";
import { type Aggregate, type Arithmetic, aggregateField, type Expression } from "./commands.ts";
import { jsonMap } from "./conversions.ts";
import { FUNCTIONS, isIndex } from "./functions.ts";
import { isAddress, isPrivate, subnetTest } from "./ip-address.ts";
import { AGGREGATES, ALIASES, IP_FUNCTIONS, isListed, UNSUPPORTED } from "./language.ts";
import { compilePattern } from "./pattern.ts";
import { parsePeriod } from "./period.ts";
import { INDEX, PATTERN, type QueryToken } from "./query-tokens.ts";
import { isCondition, isTime, type Scope } from "./scope.ts";
import { constant, numberOf, type Operator, parseTime, Timestamp, type Value } from "./value.ts";

const COMPARISONS: readonly Operator[] = ["=", "!=", "<", "<=", ">", ">="];

/** Maximum nesting depth of expressions; deeper ones would need too much stack. */
const MAX_DEPTH = 200;

/** Parses the expressions of a query: conditions, calculations, functions, and aggregates. */
export class ExpressionParser {
  readonly #tokens: Tokens<QueryToken>;
  readonly #scope: Scope;
  #depth = 0;
  /** Aggregates of the `stats` command that is being parsed. */
  #aggregates: Aggregate[] | undefined;
  /** Columns of that command so far, which its later ones can use. Source: "Queries for Lambda logs" in the samples. */
  #columns: ReadonlyMap<string, Expression> = new Map();

  constructor(tokens: Tokens<QueryToken>, scope: Scope) {
    this.#tokens = tokens;
    this.#scope = scope;
  }

  /**
   * Runs a parser of the columns of a `stats` command, which consist of aggregates.
   * @param aggregates Receives the aggregates.
   * @param columns The columns so far, which `parse` adds to.
   */
  aggregating<Result>(aggregates: Aggregate[], columns: ReadonlyMap<string, Expression>, parse: () => Result): Result {
    this.#aggregates = aggregates;
    this.#columns = columns;
    const result = parse();
    this.#aggregates = undefined;
    this.#columns = new Map();
    return result;
  }

  /** A map or list as a whole: `jsonParse(…)`, or the name of one. Undefined for anything else. */
  map(): Expression | undefined {
    const { next, second } = this.#tokens;
    if (this.#aggregates) {
      return undefined;
    }
    if (next.kind === "word" && next.text.toLowerCase() === "jsonparse" && second.text === "(") {
      this.#tokens.take();
      this.#tokens.expectSign("(");
      const of = [this.value()];
      this.#tokens.expectSign(")");
      return {
        kind: "call",
        run: ([value]) => (value === undefined ? undefined : jsonMap(String(value))),
        of,
        isMap: true,
      };
    }
    return this.#scope.isMap(next.text) && second.text !== "[" && next.kind !== "text"
      ? { kind: "field", name: this.#tokens.take().text, isMap: true }
      : undefined;
  }

  condition(): Expression {
    return this.#asCondition(this.value());
  }

  /** A condition, or any other expression. */
  value(): Expression {
    return this.#nested(() => {
      let left = this.#conjunction();
      while (this.#scope.isCondition(left) && this.#tokens.word("or")) {
        left = { kind: "or", left: this.#asCondition(left), right: this.#asCondition(this.#conjunction()) };
      }
      return left;
    });
  }

  /** Parses an expression within another one. */
  #nested(parse: () => Expression): Expression {
    if (this.#depth === MAX_DEPTH) {
      throw new QueryError(`expressions are nested more than ${MAX_DEPTH} levels deep`, this.#tokens.next.at);
    }
    this.#depth += 1;
    const expression = parse();
    this.#depth -= 1;
    return expression;
  }

  #conjunction(): Expression {
    let left = this.#not();
    while (this.#scope.isCondition(left) && this.#tokens.word("and")) {
      left = { kind: "and", left: this.#asCondition(left), right: this.#asCondition(this.#not()) };
    }
    return left;
  }

  #not(): Expression {
    return this.#tokens.word("not") || this.#tokens.sign("!")
      ? { kind: "not", of: this.#asCondition(this.#nested(() => this.#not())) }
      : this.#comparison();
  }

  #comparison(): Expression {
    const left = this.#sum();
    const negated = this.#tokens.word("not") !== undefined;
    const compared = this.#compared(left, negated);
    return negated ? { kind: "not", of: compared } : compared;
  }

  #asCondition(value: Expression): Expression {
    if (!this.#scope.isCondition(value)) {
      this.#tokens.fail(`${COMPARISONS.join(", ")}, like, or in`);
    }
    return value.kind === "field" ? isTrue(value) : value;
  }

  #compared(left: Expression, negated: boolean): Expression {
    const operatorToken = this.#tokens.next;
    if (this.#tokens.word("like") || (!negated && this.#tokens.sign("=~"))) {
      if (isTime(left)) {
        // "CloudWatch Logs Insights doesn't support filtering logs with human readable timestamps."
        this.#tokens.reject(`${operatorToken.text} with a time`, operatorToken);
      }
      return { kind: "like", left, pattern: this.pattern() };
    }
    if (this.#tokens.word("in")) {
      if (this.#tokens.next.text === "(" && this.#tokens.second.text.toLowerCase() === "source") {
        this.#tokens.reject("a subquery");
      }
      this.#tokens.expectSign("[");
      const values = this.list(() => {
        const token = this.#tokens.next;
        const value = this.#constant();
        this.#checkTime(left, { kind: "value", value }, token);
        return value;
      });
      this.#tokens.expectSign("]");
      return { kind: "in", left, values };
    }
    const operator = negated ? undefined : this.#tokens.sign(...COMPARISONS);
    if (operator !== undefined) {
      const token = this.#tokens.next;
      if (token.text === "=" && token.kind === "sign") {
        this.#tokens.reject(`the operator ${operator}=`);
      }
      const right = this.#sum();
      this.#checkTime(left, right, token);
      this.#checkTime(right, left, token);
      return { kind: "compare", operator, left, right };
    }
    return negated ? this.#tokens.fail("like, or in") : left;
  }

  /** Rejects a comparison of a time with a string that is not a time. */
  #checkTime(time: Expression, other: Expression, token: Token<QueryToken>): void {
    const text = other.kind === "value" && typeof other.value === "string" ? other.value : undefined;
    if (isTime(time) && text !== undefined && parseTime(text) === undefined) {
      this.#tokens.fail("a time, such as 2026-01-31 12:00:00 or milliseconds since 1970", token);
    }
  }

  #sum(): Expression {
    let left = this.#product();
    for (;;) {
      const token = this.#tokens.next;
      const operator = this.#tokens.sign("+", "-");
      if (operator === undefined) {
        return left;
      }
      left = this.#arithmetic(operator, left, this.#product(), token);
    }
  }

  #product(): Expression {
    let left = this.#power();
    for (;;) {
      const token = this.#tokens.next;
      const operator = this.#tokens.sign("*", "/", "%");
      if (operator === undefined) {
        return left;
      }
      left = this.#arithmetic(operator, left, this.#power(), token);
    }
  }

  #power(): Expression {
    const isNegative = this.#tokens.next.kind === "sign" && this.#tokens.next.text === "-";
    const left = this.#operand();
    const token = this.#tokens.next;
    if (!this.#tokens.sign("^")) {
      return left;
    }
    const right = this.#operand();
    // AWS does not document whether a sign or the second power comes first.
    if (isNegative || (this.#tokens.next.kind === "sign" && this.#tokens.next.text === "^")) {
      this.#tokens.reject("^ next to a sign or another ^ without parentheses", token);
    }
    return this.#arithmetic("^", left, right, token);
  }

  /** Rejects constants that are not numbers, whose result would be missing in every line. */
  #arithmetic(operator: Arithmetic, left: Expression, right: Expression, token: Token<QueryToken>): Expression {
    if ([left, right].some((side) => side.kind === "value" && numberOf(side.value) === undefined)) {
      this.#tokens.reject(`${operator} with a constant that is not a number`, token);
    }
    return { kind: "arithmetic", operator, left, right };
  }

  #operand(): Expression {
    const { kind, text } = this.#tokens.next;
    if (this.#tokens.sign("(")) {
      const inside = this.value();
      this.#tokens.expectSign(")");
      return inside;
    }
    if (this.#tokens.sign("-")) {
      const of = this.#nested(() => this.#operand());
      return of.kind === "value" && typeof of.value === "number"
        ? { kind: "value", value: -of.value }
        : { kind: "arithmetic", operator: "-", left: { kind: "value", value: 0 }, right: of };
    }
    if (kind === "word" && this.#tokens.second.kind === "sign" && this.#tokens.second.text === "(") {
      return this.#call();
    }
    if (kind === "word" && /^(?:true|false)$/i.test(text)) {
      this.#tokens.take();
      return { kind: "value", value: text.toLowerCase() === "true" };
    }
    if (kind === "word" && text.toLowerCase() === "null") {
      this.#tokens.reject("null, in place of ispresent(),");
    }
    if (kind === "word" || kind === "quoted field") {
      const column = this.#columns.get(text);
      if (column && this.#aggregates) {
        this.#tokens.take();
        return column;
      }
      return this.#aggregates
        ? this.#tokens.fail(`an aggregate: ${AGGREGATES.join(", ")}`)
        : this.#scope.field(this.field());
    }
    return { kind: "value", value: this.#constant() };
  }

  #call(): Expression {
    const token = this.#tokens.take();
    const name = token.text.toLowerCase();
    this.#tokens.expectSign("(");
    const call = this.#aggregates ? this.#aggregate(name, token) : this.#function(name, token);
    this.#tokens.expectSign(")");
    return call;
  }

  #aggregate(name: string, token: Token<QueryToken>): Expression {
    const aggregates = this.#aggregates as Aggregate[];
    const aggregate = AGGREGATES.find((known) => known === (ALIASES[name] ?? name));
    if (aggregate === undefined) {
      if (isListed(name, UNSUPPORTED.aggregates)) {
        this.#tokens.reject(`the function ${token.text}`, token);
      }
      return FUNCTIONS[name] || name in IP_FUNCTIONS || name === "if" || name === "case"
        ? this.#function(name, token)
        : this.#tokens.fail(AGGREGATES.join(", "), token);
    }
    this.#aggregates = undefined;
    const isAll = aggregate === "count" && (this.#tokens.sign("*") !== undefined || this.#tokens.next.text === ")");
    const of = isAll ? undefined : this.value();
    if (of && isCondition(of) && aggregate !== "sum") {
      // Its value for lines without the field, which is 0 or missing, is not documented.
      this.#tokens.reject(`a condition in ${token.text}`, token);
    }
    const time = of !== undefined && isTime(of);
    if (time && ["sum", "avg", "pct"].includes(aggregate)) {
      this.#tokens.reject(`${token.text} of a time`, token);
    }
    if (aggregate === "earliest" || aggregate === "latest") {
      this.checkColumn("@timestamp", token);
    }
    const percent = aggregate === "pct" ? this.#percent() : undefined;
    this.#aggregates = aggregates;
    aggregates.push({ name: aggregate, of, ...(percent !== undefined && { percent }) });
    const isCount = aggregate === "count" || aggregate === "count_distinct";
    return { kind: "field", name: aggregateField(aggregates.length - 1), isTime: time && !isCount };
  }

  #percent(): number {
    this.#tokens.expectSign(",", ", and a percentage");
    const token = this.#tokens.expect("number", "a percentage");
    const percent = Number(token.text);
    return percent > 0 && percent <= 100 ? percent : this.#tokens.fail("a percentage above 0, up to 100", token);
  }

  #function(name: string, token: Token<QueryToken>): Expression {
    switch (name) {
      case "bin":
        this.checkColumn("@timestamp", token);
        return timeFunction(Math.floor, this.#scope.field("@timestamp"), this.#period());
      case "datefloor":
      case "dateceil": {
        const time = this.#time(this.#sum(), token);
        this.#tokens.expectSign(",", ", and a period");
        return timeFunction(name === "datefloor" ? Math.floor : Math.ceil, time, this.#period());
      }
      case "now":
        // Seconds since 1970, when the query starts. Source: "Datetime functions" in the query syntax.
        return { kind: "value", value: Math.floor(Date.now() / 1_000) };
      case "if":
      case "case":
        return this.#choice(name, token);
      case "isvalidip":
      case "isvalidipv4":
      case "isvalidipv6":
      case "isprivateip":
      case "isipinsubnet":
      case "isipv4insubnet":
      case "isipv6insubnet":
        return this.#addressCondition(name, token);
      case "jsonparse":
        return this.#tokens.reject(`${token.text} anywhere but as a column of its own`, token);
      case "jsonstringify": {
        const of = [this.map() ?? this.#tokens.fail("a map or list from jsonParse")];
        return { kind: "call", run: ([text]) => text, of };
      }
      case "ispresent":
        if (this.#scope.isMap(this.#tokens.next.text) && this.#tokens.second.text === ")") {
          return { kind: "present", field: this.#tokens.take().text };
        }
        if (this.#tokens.second.text === ")" && this.#tokens.next.kind !== "text") {
          return { kind: "present", field: this.field() };
        }
    }
    return this.#plainFunction(name, token);
  }

  /** A function without syntax of its own: its arguments are expressions. */
  #plainFunction(name: string, token: Token<QueryToken>): Expression {
    const known = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
    if (known === undefined) {
      return (AGGREGATES as readonly string[]).includes(name)
        ? this.#tokens.fail(`an expression for each line: ${token.text} belongs in a stats command`, token)
        : this.#tokens.reject(`the function ${token.text}`, token);
    }
    const of = this.#tokens.next.text === ")" ? [] : this.list(() => this.value());
    const [least, most] = known.arity;
    if (name === "strcontains" && of.length === 3) {
      // Documented as a switch for any case, but seen in AWS to have no effect.
      this.#tokens.reject(`a third argument of ${token.text}`, token);
    }
    if (of.length < least || of.length > most) {
      const expected =
        most === least ? least : most === Number.POSITIVE_INFINITY ? `${least} or more` : `${least} to ${most}`;
      throw new QueryError(`${token.text} has ${of.length} arguments: expected ${expected}`, token.at);
    }
    if (name === "substr" && of.slice(1).some((index) => index.kind === "value" && !isIndex(index.value))) {
      this.#tokens.reject("substr with anything but non-negative whole numbers", token);
    }
    if (known.isOfText && of.some(isTime)) {
      this.#tokens.reject(`${token.text} of a time`, token);
    }
    for (const argument of name === "tomillis" ? of : []) {
      this.#time(argument, token);
    }
    const time = name === "frommillis" || (name === "coalesce" && of.some(isTime));
    const call: Expression = { kind: "call", run: known.run, of, isTime: time };
    return known.isCondition ? isTrue(call) : call;
  }

  /** Rejects an argument that is not a time, whose result would be missing in every line. */
  #time(argument: Expression, token: Token<QueryToken>): Expression {
    return isTime(argument)
      ? argument
      : this.#tokens.reject(`${token.text} of anything but @timestamp or the result of a date function`, token);
  }

  #addressCondition(name: keyof typeof IP_FUNCTIONS, token: Token<QueryToken>): Expression {
    const versions = IP_FUNCTIONS[name];
    const of = [this.value()];
    const holds = name.endsWith("insubnet")
      ? this.#subnet(versions, token)
      : (address: string) => (name === "isprivateip" ? isPrivate(address) : isAddress(address, versions));
    return isTrue({ kind: "call", run: ([address]) => (holds(String(address)) ? 1 : 0), of });
  }

  #subnet(versions: readonly number[], token: Token<QueryToken>): (address: string) => boolean {
    this.#tokens.expectSign(",", ", and a subnet");
    const subnet = this.#tokens.expect("text", "a subnet in quotes");
    return (
      subnetTest(subnet.text, versions) ??
      this.#tokens.fail(`a subnet in CIDR notation for ${token.text}, such as 192.0.2.0/24 or 2001:db8::/32`, subnet)
    );
  }

  /** Pairs of a condition and its value, and a value for all other lines, which `case` may omit. */
  #choice(name: "if" | "case", token: Token<QueryToken>): Expression {
    const all = this.list(() => this.value());
    // A name that refers to a condition becomes a condition.
    const of = all.map((each, index) =>
      index % 2 === 0 && index + 1 < all.length && this.#scope.isCondition(each) ? this.#asCondition(each) : each,
    );
    const [least, most] = name === "if" ? [3, 3] : [2, 21];
    if (of.length < least || of.length > most) {
      const expected = least === most ? least : `${least} to ${most}`;
      throw new QueryError(`${token.text} has ${of.length} arguments: expected ${expected}`, token.at);
    }
    if (of.some((condition, index) => index % 2 === 0 && index + 1 < of.length && !isCondition(condition))) {
      throw new QueryError(`${token.text} needs a condition before each value`, token.at);
    }
    return { kind: "call", run: (values) => values[chosen(values)], of, isTime: of.some(isTime) };
  }

  /** Milliseconds of a period, such as 5m. */
  #period(): number {
    const token = this.#tokens.expect("period", "a period, such as 30s, 5m, or 1h");
    const period = parsePeriod(token.text);
    if (period === undefined) {
      return this.#tokens.reject(`the period ${token.text}`, token);
    }
    if (period.shortened) {
      this.#tokens.fail(`a larger unit: CloudWatch silently shortens it to ${period.shortened}`, token);
    }
    // AWS documents no periods such as 1.5h.
    return /^0*[1-9]\d*[a-z]/i.test(token.text)
      ? period.milliseconds
      : this.#tokens.fail("a whole number of the unit, such as 30s or 2h", token);
  }

  #constant(): Value {
    if (this.#tokens.sign("-")) {
      return constant(`-${this.#tokens.expect("number", "a number").text}`);
    }
    const truth = this.#tokens.word("true", "false");
    if (truth) {
      return truth === "true";
    }
    return this.#tokens.next.kind === "number"
      ? constant(this.#tokens.take().text)
      : this.#tokens.expect("text", "a number, a quoted string, or a field").text;
  }

  field(): string {
    const token = this.#tokens.next;
    if (token.kind !== "quoted field" && token.kind !== "word") {
      return this.#tokens.fail("the name of a field");
    }
    const [system = ""] = token.text.split(".");
    if (isListed(system, UNSUPPORTED.fields)) {
      this.#tokens.reject(`the field ${token.text}`);
    }
    if (!this.#scope.isInMap(token.text)) {
      this.checkColumn(token.text);
    }
    const assigned = [...(this.#scope.assigned ?? [])];
    if (assigned.some((name) => token.text === name || token.text.startsWith(`${name}.`))) {
      this.#tokens.reject(`the use of ${token.text} in the command that assigns it`);
    }
    const name = this.#tokens.take().text;
    const isMap = this.#scope.isMap(name);
    if (this.#tokens.next.kind === "sign" && this.#tokens.next.text === "[") {
      const index = this.#scope.isList(name) ? this.#tokens.takeBy(INDEX) : undefined;
      return index
        ? name + index.text
        : this.#tokens.reject("an index in brackets, in place of a number after a dot as in items.0,");
    }
    return isMap ? this.#tokens.reject(`the map or list ${name} as a value`, token) : name;
  }

  /** Rejects a field that the `stats` command before has removed. */
  checkColumn(name: string, token?: Token<QueryToken>): void {
    const { columns } = this.#scope;
    if (columns && !columns.has(name)) {
      this.#tokens.fail(`a column of the stats command before: ${[...columns].join(", ")}`, token);
    }
  }

  /** A name that the query assigns, which may be new. */
  newName(): string {
    const token = this.#tokens.next;
    return token.kind === "quoted field" || token.kind === "word"
      ? this.#tokens.take().text
      : this.#tokens.fail("a name");
  }

  /** A pattern between slashes, or a substring. */
  pattern(): RegExp {
    const token =
      this.#tokens.takeBy(PATTERN) ?? this.#tokens.expect("text", "a pattern between slashes, or a quoted string");
    return token.kind === "pattern" ? compilePattern(token.text, token.at) : new RegExp(RegExp.escape(token.text));
  }

  list<Item>(item: () => Item): readonly Item[] {
    const items = [item()];
    while (this.#tokens.sign(",")) {
      items.push(item());
    }
    return items;
  }
}

function timeFunction(round: (number: number) => number, time: Expression, period: number): Expression {
  return {
    kind: "call",
    run: ([value]) =>
      value instanceof Timestamp ? Timestamp.at(round(value.milliseconds / period) * period) : undefined,
    of: [time],
    isTime: true,
  };
}

/** Index of the value after the first condition that holds, or of the last value. */
function chosen(values: readonly Value[]): number {
  const condition = values.findIndex((value, index) => index % 2 === 0 && index + 1 < values.length && value === 1);
  return condition >= 0 ? condition + 1 : values.length % 2 === 1 ? values.length - 1 : -1;
}

/** A condition that holds if a function or a named condition returns 1 rather than 0. */
function isTrue(left: Expression): Expression {
  return { kind: "compare", operator: "=", left, right: { kind: "value", value: 1 } };
}
