import { type Token, Tokens } from "../insights/tokens.ts";
import { annotationsOf, calledBy, callsOf, durationOf, type Subsegment, secondsOf, type Trace } from "./trace.ts";

// X-Ray's filter expressions, as far as the labs and the saved groups use them. Source: "Using filter expressions" in the
// X-Ray Developer Guide.

export type TraceFilter = (trace: Trace) => boolean;

/** What a part of an expression is about: the whole trace, or one of its services. */
interface Subject {
  readonly trace: Trace;
  /** What stands for it: the trace's first segment, or the service's own. */
  readonly part: Subsegment;
  /** Where annotations are looked for. */
  readonly within: readonly Subsegment[];
}

type Test = (subject: Subject) => boolean;

const FLAGS = ["ok", "error", "fault", "throttle", "partial"] as const;

const NUMBERS: Readonly<Record<string, (subject: Subject) => number | undefined>> = {
  responsetime: ({ part }) => secondsOf(part),
  duration: ({ trace, part, within }) => (within.length > 1 ? durationOf(trace) : secondsOf(part)),
  "http.status": ({ part }) => part.http?.response?.status,
};

const TEXTS: Readonly<Record<string, (subject: Subject) => string | undefined>> = {
  "http.url": ({ part }) => part.http?.request?.url,
  "http.method": ({ part }) => part.http?.request?.method,
  "http.useragent": ({ part }) => text(part.http?.request?.user_agent),
  "http.clientip": ({ part }) => text(part.http?.request?.client_ip),
  user: ({ part }) => text(part.user),
  name: ({ part }) => part.name,
};

const KEYWORDS = [...FLAGS, ...Object.keys(NUMBERS), ...Object.keys(TEXTS)];

const EXPECTED = `a keyword (${KEYWORDS.join(", ")}, annotation.KEY, service("NAME"), edge("FROM", "TO"))`;

/**
 * Reads a filter expression. Keywords and `AND`, `OR`, `NOT` may be written in upper or lower case.
 * @throws {QueryError} saying what is wrong, and from which character on
 */
export function readTraceFilter(expression: string): TraceFilter {
  const tokens = new Tokens(expression, "the expression");
  if (tokens.next.kind === "end") {
    return () => true;
  }
  const test = either(tokens);
  tokens.expect("end", "AND, OR or the end");
  return (trace) => {
    const [part] = trace.segments;
    return part !== undefined && test({ trace, part, within: trace.segments });
  };
}

function either(tokens: Tokens): Test {
  const tests = [both(tokens)];
  while (tokens.word("or")) {
    tests.push(both(tokens));
  }
  return tests.length === 1 ? (tests[0] as Test) : (subject) => tests.some((test) => test(subject));
}

function both(tokens: Tokens): Test {
  const tests = [negated(tokens)];
  while (tokens.word("and")) {
    tests.push(negated(tokens));
  }
  return tests.length === 1 ? (tests[0] as Test) : (subject) => tests.every((test) => test(subject));
}

function negated(tokens: Tokens): Test {
  if (tokens.word("not") || tokens.sign("!")) {
    const test = negated(tokens);
    return (subject) => !test(subject);
  }
  if (tokens.sign("(")) {
    const test = either(tokens);
    tokens.expectSign(")");
    return test;
  }
  return condition(tokens);
}

function condition(tokens: Tokens): Test {
  const token = tokens.expect("word", EXPECTED);
  const name = token.text.toLowerCase();
  if (name === "service") {
    return aboutService(tokens);
  }
  if (name === "edge") {
    return aboutEdge(tokens);
  }
  if (name === "annotation" || name.startsWith("annotation.")) {
    return aboutAnnotation(tokens, token);
  }
  const flag = FLAGS.find((known) => known === name);
  if (flag) {
    return aboutFlag(tokens, flag);
  }
  const number = NUMBERS[name];
  if (number) {
    return aboutNumber(tokens, number);
  }
  const words = TEXTS[name];
  if (words) {
    return aboutText(tokens, words);
  }
  return tokens.fail(EXPECTED, token);
}

/** The parts of a trace that are a service's: its own segments, or what others tell of one that is not traced. */
function aboutService(tokens: Tokens): Test {
  tokens.expectSign("(");
  const { text: name } = tokens.expect("text", 'the name of a service, such as "like service"');
  tokens.expectSign(")");
  const inner = body(tokens);
  return ({ trace }) => {
    const own = trace.segments.filter((segment) => segment.name === name);
    const parts = own.length > 0 ? own : trace.segments.flatMap(callsOf).filter((call) => call.name === name);
    return parts.some((part) => inner({ trace, part, within: [part] }));
  };
}

/** Calls that one service made to another. */
function aboutEdge(tokens: Tokens): Test {
  tokens.expectSign("(");
  const { text: from } = tokens.expect("text", 'the name of a service, such as "like service"');
  tokens.expectSign(",");
  const { text: to } = tokens.expect("text", 'the name of a service, such as "monolith service"');
  tokens.expectSign(")");
  const inner = body(tokens);
  return ({ trace }) =>
    trace.segments
      .filter(({ name }) => name === from)
      .flatMap(callsOf)
      .filter((call) => calledBy(call, trace) === to)
      .some((part) => inner({ trace, part, within: [part] }));
}

function body(tokens: Tokens): Test {
  if (!tokens.sign("{")) {
    return () => true;
  }
  const inner = either(tokens);
  tokens.expectSign("}");
  return inner;
}

function aboutFlag(tokens: Tokens, flag: (typeof FLAGS)[number]): Test {
  const wanted = tokens.sign("=") ? truth(tokens) : true;
  return ({ trace, part, within }) => {
    const is =
      flag === "partial"
        ? within.some(({ in_progress }) => in_progress === true)
        : flag === "throttle"
          ? [part, ...(part === trace.segments[0] ? within : [])].some(({ throttle }) => throttle === true)
          : flag === "ok"
            ? !(part.error || part.fault || part.throttle)
            : part[flag] === true;
    return is === wanted;
  };
}

function truth(tokens: Tokens): boolean {
  return (tokens.word("true", "false") ?? tokens.fail("true or false")) === "true";
}

function aboutNumber(tokens: Tokens, of: (subject: Subject) => number | undefined): Test {
  const sign = tokens.sign("=", "!=", "<", "<=", ">", ">=") ?? tokens.fail("= != < <= > or >=");
  const wanted = Number(tokens.expect("number", "a number").text);
  return (subject) => {
    const number = of(subject);
    return number !== undefined && compare(number, sign, wanted);
  };
}

function aboutText(tokens: Tokens, of: (subject: Subject) => string | undefined): Test {
  const test = textTest(tokens);
  return (subject) => {
    const found = of(subject);
    return found !== undefined && test(found);
  };
}

function textTest(tokens: Tokens): (text: string) => boolean {
  const sign =
    tokens.sign("=", "!=") ??
    tokens.word("contains", "beginswith", "endswith") ??
    tokens.fail("= != CONTAINS BEGINSWITH or ENDSWITH");
  const { text: wanted } = tokens.expect("text", 'a "text"');
  switch (sign) {
    case "=":
      return (found) => found === wanted;
    case "!=":
      return (found) => found !== wanted;
    case "contains":
      return (found) => found.includes(wanted);
    case "beginswith":
      return (found) => found.startsWith(wanted);
    case "endswith":
      return (found) => found.endsWith(wanted);
  }
}

/** `annotation.chaos = "burn"`, `annotation[chaos]`: alone it asks whether there is one. */
function aboutAnnotation(tokens: Tokens, { text: name }: Token): Test {
  const key = name.includes(".") ? name.slice(name.indexOf(".") + 1) : bracketed(tokens);
  const test = annotationTest(tokens);
  return ({ within }) => within.flatMap((part) => annotationsOf(part, key)).some(test);
}

function bracketed(tokens: Tokens): string {
  tokens.expectSign("[", '"." or "[" and the key of an annotation');
  const { text: key } = tokens.next.kind === "text" ? tokens.take() : tokens.expect("word", "the key of an annotation");
  tokens.expectSign("]");
  return key;
}

function annotationTest(tokens: Tokens): (value: string | number | boolean) => boolean {
  const sign = tokens.sign("=", "!=", "<", "<=", ">", ">=") ?? tokens.word("contains", "beginswith", "endswith");
  if (sign === undefined) {
    return () => true;
  }
  const wanted = annotationValue(tokens);
  switch (sign) {
    case "contains":
      return (value) => String(value).includes(String(wanted));
    case "beginswith":
      return (value) => String(value).startsWith(String(wanted));
    case "endswith":
      return (value) => String(value).endsWith(String(wanted));
    case "=":
      return (value) => value === wanted;
    case "!=":
      return (value) => value !== wanted;
    default:
      return (value) => typeof value === "number" && compare(value, sign, Number(wanted));
  }
}

function annotationValue(tokens: Tokens): string | number | boolean {
  const { kind } = tokens.next;
  if (kind === "number") {
    return Number(tokens.take().text);
  }
  return kind === "word" ? truth(tokens) : tokens.expect("text", 'a "text", a number, true or false').text;
}

function compare(one: number, sign: "=" | "!=" | "<" | "<=" | ">" | ">=", other: number): boolean {
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

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
