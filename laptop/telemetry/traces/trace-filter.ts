import { ODD_LIKES } from "../../../model/monitoring/tracing.ts";
import { QueryError, type Token, type TokenRule, Tokens } from "../syntax/tokens.ts";
import { unquoted } from "../syntax/unquoted.ts";
import {
  annotationsOf,
  calledBy,
  callsOf,
  durationOf,
  isComplete,
  rootOf,
  type Subsegment,
  secondsOf,
  type Trace,
} from "./trace.ts";

// X-Ray filter expressions. Keywords of the language that the laptop does not support are rejected by name.
// Source: "Use filter expressions" and `TraceSummary` in the X-Ray Developer Guide and API Reference.

export type TraceFilter = (trace: Trace) => boolean;

/** Subject of a condition: the whole trace, or one of its services or calls. */
interface Subject {
  readonly trace: Trace;
  /** The root segment for a whole trace, otherwise the part of the service or call. */
  readonly part: Subsegment;
  /** Parts whose annotations, users, and flags count. */
  readonly within: readonly Subsegment[];
}

type Test = (subject: Subject) => boolean;
/** Place of a condition: at the top, or within the braces of a keyword. */
type Place = "trace" | "service" | "edge";

type Kind = "annotation" | "number" | "sign" | "text" | "word";

const RULES: readonly TokenRule<Kind>[] = [
  { pattern: /\s+/y },
  { kind: "annotation", pattern: /annotation\s*\[\s*(?:("(?:\\.|[^"\\])*")|([^\]"]+?))\s*\]/iy, content: keyOf },
  { kind: "annotation", pattern: /annotation\.([^\s=!<>(){}[\]",]+)/iy, content: ([, key = ""]) => key },
  { kind: "text", pattern: /"(?:\\.|[^"\\])*"/sy, content: ([text]) => unquoted(text) },
  { kind: "text", pattern: /'(?:\\.|[^'\\])*'/sy, content: ([text]) => unquoted(text) },
  { kind: "number", pattern: /-?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?(?![\w.])/iy },
  { kind: "word", pattern: /[A-Za-z_][\w.]*/y },
  { kind: "sign", pattern: /[!<>]=|[=<>(){},!:]/y },
];

const FLAGS = ["ok", "error", "fault", "throttle", "partial", "root"] as const;

const NUMBERS: Readonly<Record<string, (subject: Subject) => number | undefined>> = {
  responsetime: ({ part }) => secondsOf(part),
  duration: ({ trace, part, within }) => {
    const isWhole = within === trace.segments && trace.segments.some(({ end_time }) => end_time !== undefined);
    return isWhole ? durationOf(trace) : secondsOf(part);
  },
  "http.status": ({ part }) => part.http?.response?.status,
};

const TEXTS: Readonly<Record<string, (subject: Subject) => readonly unknown[]>> = {
  "http.url": ({ part }) => [part.http?.request?.url],
  "http.method": ({ part }) => [part.http?.request?.method],
  "http.useragent": ({ part }) => [part.http?.request?.user_agent],
  "http.clientip": ({ part }) => [part.http?.request?.client_ip],
  // "Value of the user field on any segment in the trace".
  user: ({ within }) => within.map(({ user }) => user),
  name: ({ part }) => [part.name],
};

/** Keywords of X-Ray for data that the laptop's traces do not have, or for its analysis of root causes. */
const UNSUPPORTED = [
  ...["account.id", "availabilityzone", "coverage", "first", "group.arn", "index", "inferred", "instance.id", "json"],
  ...["last", "message", "remote", "resource.arn", "rootcause", "type"],
];

/** Groups of traces that the monitoring stack creates. */
const GROUPS = [ODD_LIKES];

const KEYWORDS = [...FLAGS, ...Object.keys(NUMBERS), ...Object.keys(TEXTS), "group.name"];

const EXPECTED = `a keyword (${KEYWORDS.join(", ")}, annotation.KEY, service("NAME"), edge("FROM", "TO"))`;

/** A trace ID, which the search field of X-Ray's console takes, too, in X-Ray's format or as W3C's 32 digits. */
const TRACE_ID = /^\s*(?:1-)?([0-9a-f]{8})-?([0-9a-f]{24})\s*$/i;

/**
 * Parses a filter expression, or the ID of a trace. Keywords and operators may be written in any case.
 * @throws {QueryError} with the position of the first error
 */
export function parseTraceFilter(expression: string): TraceFilter {
  const [, time, digits] = TRACE_ID.exec(expression) ?? [];
  if (time !== undefined) {
    const id = `1-${time}-${digits}`.toLowerCase();
    return (trace) => trace.id.toLowerCase() === id;
  }
  const tokens = new Tokens(expression, "the expression", RULES);
  if (tokens.next.kind === "end") {
    return () => true;
  }
  const test = either(tokens, "trace");
  tokens.expect("end", "AND, OR, or the end");
  return (trace) => {
    const part = rootOf(trace);
    return part !== undefined && test({ trace, part, within: trace.segments });
  };
}

function either(tokens: Tokens<Kind>, place: Place): Test {
  const tests = [both(tokens, place)];
  while (tokens.word("or")) {
    tests.push(both(tokens, place));
  }
  return (subject) => tests.some((test) => test(subject));
}

/** Conditions joined by AND, or by a space alone. */
function both(tokens: Tokens<Kind>, place: Place): Test {
  const tests = [negated(tokens, place)];
  while (tokens.word("and") || startsCondition(tokens.next)) {
    tests.push(negated(tokens, place));
  }
  return (subject) => tests.every((test) => test(subject));
}

function startsCondition({ kind, text }: Token<Kind>): boolean {
  return (
    kind === "annotation" ||
    (kind === "word" && text.toLowerCase() !== "or") ||
    (kind === "sign" && (text === "!" || text === "("))
  );
}

function negated(tokens: Tokens<Kind>, place: Place): Test {
  if (tokens.next.kind === "word" && /^not$/i.test(tokens.next.text)) {
    tokens.fail("!, the negation of the language");
  }
  if (tokens.sign("!")) {
    const test = negated(tokens, place);
    return (subject) => !test(subject);
  }
  if (tokens.sign("(")) {
    const test = either(tokens, place);
    tokens.expectSign(")");
    return test;
  }
  return condition(tokens, place);
}

function condition(tokens: Tokens<Kind>, place: Place): Test {
  if (tokens.next.kind === "annotation") {
    checkPlace("annotation", tokens.next, place);
    return annotationCondition(tokens, tokens.take().text);
  }
  const token = tokens.expect("word", EXPECTED);
  const name = token.text.toLowerCase();
  checkPlace(name, token, place);
  if (name === "annotation") {
    return tokens.fail('"." or "[" and the key of an annotation');
  }
  if (name === "service") {
    return serviceCondition(tokens);
  }
  if (name === "edge") {
    return edgeCondition(tokens);
  }
  if (name === "group.name") {
    return groupCondition(tokens);
  }
  const flag = FLAGS.find((known) => known === name);
  if (flag) {
    return flagCondition(tokens, flag);
  }
  const number = NUMBERS[name];
  if (number) {
    return numberCondition(tokens, number);
  }
  const texts = TEXTS[name];
  if (texts) {
    return textCondition(tokens, texts);
  }
  if (UNSUPPORTED.includes(name) || name.startsWith("rootcause.")) {
    return tokens.reject(`the keyword ${token.text}`, token);
  }
  return tokens.fail(EXPECTED, token);
}

/** Rejects the keywords about whole traces within braces. Source: "Complex keywords", which names annotations. */
function checkPlace(name: string, { at }: Token<Kind>, place: Place): void {
  if (place !== "trace" && ["annotation", "service", "edge", "group.name"].includes(name)) {
    throw new QueryError(`${name} is not allowed within ${place}() { }`, at);
  }
}

/** `service("NAME") { … }`: the service's own segments, or the calls to it if it is not traced; any service without a name. */
function serviceCondition(tokens: Tokens<Kind>): Test {
  tokens.expectSign("(");
  const name = tokens.next.text === ")" ? undefined : serviceName(tokens);
  tokens.expectSign(")");
  const inner = body(tokens, "service");
  return ({ trace }) => {
    const fits = (part: Subsegment) => name === undefined || part.name === name;
    const own: readonly Subsegment[] = trace.segments.filter(fits);
    const called = name !== undefined && own.length > 0 ? [] : untracedCalls(trace).filter(fits);
    return [...own, ...called].some((part) => inner({ trace, part, within: [part] }));
  };
}

/** Lists the calls to services that sent no segment. */
function untracedCalls(trace: Trace): readonly Subsegment[] {
  const answered = new Set(trace.segments.map(({ parent_id }) => parent_id));
  return trace.segments.flatMap(callsOf).filter(({ id }) => !answered.has(id));
}

/** `edge("FROM", "TO") { … }`: calls from one service to another. */
function edgeCondition(tokens: Tokens<Kind>): Test {
  tokens.expectSign("(");
  const from = serviceName(tokens);
  tokens.expectSign(",");
  const to = serviceName(tokens);
  tokens.expectSign(")");
  const inner = body(tokens, "edge");
  return ({ trace }) =>
    trace.segments
      .filter(({ name }) => name === from)
      .flatMap(callsOf)
      .filter((call) => calledBy(call, trace) === to)
      .some((part) => inner({ trace, part, within: [part] }));
}

/** A service as `"NAME"` or `id(name: "NAME")`. Services on the laptop have neither a type nor an account. */
function serviceName(tokens: Tokens<Kind>): string {
  if (!tokens.word("id")) {
    return tokens.expect("text", 'the name of a service in quotes, such as "like service"').text;
  }
  tokens.expectSign("(");
  const field = tokens.expect("word", 'name: "NAME"');
  if (field.text.toLowerCase() !== "name") {
    tokens.reject(`${field.text} in id()`, field);
  }
  tokens.expectSign(":");
  const { text } = tokens.expect("text", "the name of a service in quotes");
  if (tokens.sign(",")) {
    tokens.reject(`${tokens.next.text} in id()`);
  }
  tokens.expectSign(")");
  return text;
}

function body(tokens: Tokens<Kind>, place: Place): Test {
  if (!tokens.sign("{")) {
    return () => true;
  }
  const inner = either(tokens, place);
  tokens.expectSign("}");
  return inner;
}

/** `group.name = "NAME"`: the filter of one of the groups that the monitoring stack creates. */
function groupCondition(tokens: Tokens<Kind>): Test {
  const sign = tokens.sign("=", "!=") ?? tokens.fail("= or !=");
  const name = tokens.expect("text", 'a "text"');
  const group = GROUPS.find((candidate) => candidate.name === name.text);
  if (group === undefined) {
    return tokens.fail(`the name of a group: ${GROUPS.map((candidate) => candidate.name).join(", ")}`, name);
  }
  const filter = parseTraceFilter(group.filter);
  return ({ trace }) => filter(trace) === (sign === "=");
}

function flagCondition(tokens: Tokens<Kind>, flag: (typeof FLAGS)[number]): Test {
  const sign = tokens.sign("=", "!=");
  const wanted = sign === undefined || truth(tokens) === (sign === "=");
  return (subject) => hasFlag(subject, flag) === wanted;
}

/** For a whole trace, fault and error come from the root, throttle and partial from any segment. Source: `TraceSummary`. */
function hasFlag({ trace, part, within }: Subject, flag: (typeof FLAGS)[number]): boolean {
  switch (flag) {
    case "ok": {
      // "Response status code was 2XX Success". A part without a status counts as one once it has ended without a failure.
      const { status = isComplete(part) ? 200 : Number.NaN } = part.http?.response ?? {};
      return !(part.error || part.fault || part.throttle) && status >= 200 && status < 300;
    }
    case "throttle":
      return within.some(({ throttle }) => throttle === true);
    case "partial":
      return !within.every(isComplete);
    case "root":
      return part.id === rootOf(trace)?.id;
    default:
      return part[flag] === true;
  }
}

/** `true` or `false`, with or without quotes: the documentation calls the value a string. Source: "Boolean keywords". */
function truth(tokens: Tokens<Kind>): boolean {
  const { kind, text } = tokens.next;
  const isTruth = (kind === "word" || kind === "text") && /^(?:true|false)$/i.test(text);
  return isTruth ? tokens.take().text.toLowerCase() === "true" : tokens.fail("true or false");
}

/** A number keyword without an operator is true if the number is known. */
function numberCondition(tokens: Tokens<Kind>, of: (subject: Subject) => number | undefined): Test {
  const sign = tokens.sign(...COMPARISONS);
  if (sign === undefined) {
    return (subject) => of(subject) !== undefined;
  }
  const wanted = Number(tokens.expect("number", "a number").text);
  return (subject) => {
    const number = of(subject);
    return number !== undefined && compare(number, sign, wanted);
  };
}

/** A string keyword without an operator is true if the string is known. */
function textCondition(tokens: Tokens<Kind>, of: (subject: Subject) => readonly unknown[]): Test {
  const test = textTest(tokens);
  return (subject) => of(subject).some((value) => typeof value === "string" && test(value));
}

function textTest(tokens: Tokens<Kind>): (text: string) => boolean {
  const operator = textOperator(tokens);
  if (operator === undefined) {
    if (tokens.next.kind === "text" || tokens.next.kind === "number" || tokens.sign("<", "<=", ">", ">=")) {
      tokens.fail("=, !=, CONTAINS, BEGINSWITH, or ENDSWITH");
    }
    return () => true;
  }
  const { text: wanted } = tokens.expect("text", 'a "text"');
  return (text) => operator(text, wanted);
}

function textOperator(tokens: Tokens<Kind>): ((text: string, wanted: string) => boolean) | undefined {
  switch (tokens.sign("=", "!=") ?? tokens.word("contains", "beginswith", "endswith")) {
    case "=":
      return (text, wanted) => text === wanted;
    case "!=":
      return (text, wanted) => text !== wanted;
    case "contains":
      return (text, wanted) => text.includes(wanted);
    case "beginswith":
      return (text, wanted) => text.startsWith(wanted);
    case "endswith":
      return (text, wanted) => text.endsWith(wanted);
    default:
      return undefined;
  }
}

/** `annotation[KEY] = VALUE`; `annotation[KEY]` alone is true for any value but false. Source: "Complex keyword operators". */
function annotationCondition(tokens: Tokens<Kind>, key: string): Test {
  const test = annotationTest(tokens);
  return ({ within }) => within.some((part) => annotationsOf(part, key).some(test));
}

function annotationTest(tokens: Tokens<Kind>): (value: string | number | boolean) => boolean {
  const equality = tokens.sign("=", "!=");
  if (equality) {
    const wanted = annotationValue(tokens);
    return (value) => (value === wanted) === (equality === "=");
  }
  const operator = textOperator(tokens);
  if (operator) {
    const { text: wanted } = tokens.expect("text", 'a "text"');
    return (value) => typeof value === "string" && operator(value, wanted);
  }
  const sign = tokens.sign("<", "<=", ">", ">=");
  if (sign === undefined) {
    return (value) => value !== false;
  }
  const wanted = Number(tokens.expect("number", "a number").text);
  return (value) => typeof value === "number" && compare(value, sign, wanted);
}

function annotationValue(tokens: Tokens<Kind>): string | number | boolean {
  const { kind } = tokens.next;
  if (kind === "number") {
    return Number(tokens.take().text);
  }
  return kind === "word" ? truth(tokens) : tokens.expect("text", 'a "text", a number, true, or false').text;
}

const COMPARISONS = ["=", "!=", "<", "<=", ">", ">="] as const;

function compare(one: number, sign: (typeof COMPARISONS)[number], other: number): boolean {
  switch (sign) {
    case "=":
      return one === other;
    case "!=":
      return one !== other;
    case "<":
      return one < other;
    case "<=":
      return one <= other;
    case ">":
      return one > other;
    case ">=":
      return one >= other;
  }
}

function keyOf([, quoted, plain = ""]: RegExpExecArray): string {
  return quoted === undefined ? plain : unquoted(quoted);
}
