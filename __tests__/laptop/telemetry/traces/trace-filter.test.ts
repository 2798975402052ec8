import test from "ava";
import { QueryError } from "../../../../laptop/telemetry/syntax/tokens.ts";
import { annotationFilter } from "../../../../laptop/telemetry/traces/annotation-filter.ts";
import { assembleTrace, type Segment, type Trace } from "../../../../laptop/telemetry/traces/trace.ts";
import { parseTraceFilter } from "../../../../laptop/telemetry/traces/trace-filter.ts";
import { ODD_LIKES } from "../../../../model/monitoring/tracing.ts";

let ids = 0;
const id = () => (ids++).toString(16).padStart(16, "0");

/** A like of this many seconds, most of them in the monolith unless it was rejected. */
function like(seconds: number, { status = 200, chaos }: { status?: number; chaos?: string } = {}): Trace {
  const call = { id: id(), name: "monolith", namespace: "remote", start_time: 100, end_time: 100 + seconds };
  const refused = status >= 400;
  const own: Segment = {
    trace_id: "1",
    id: id(),
    name: "like service",
    start_time: 100,
    end_time: 100 + seconds,
    http: { request: { method: "POST", url: "http://localhost/mysfits/x/like" }, response: { status } },
    ...(status >= 500 ? { fault: true } : refused && { error: true }),
    ...(chaos && { annotations: { chaos } }),
    ...(!refused && { subsegments: [call] }),
  };
  const table = { id: id(), name: "DynamoDB", namespace: "aws", start_time: 100, end_time: 100.002 };
  const monolith: Segment = {
    ...{ trace_id: "1", id: id(), name: "monolith service", parent_id: call.id, start_time: 100, end_time: 100.01 },
    http: { request: { method: "POST", url: "http://localhost/mysfits/x/fulfill-like" } },
    subsegments: [table],
  };
  // The monolith sends its document first, and clocks may be equal to the millisecond.
  return assembleTrace("1", refused ? [own] : [monolith, own]);
}

const TRACES = {
  good: like(0.05),
  slow: like(1.5, { chaos: "burn" }),
  denied: like(0.01, { status: 404, chaos: "deny" }),
  broken: like(0.02, { status: 502 }),
};

for (const [expression, expected] of [
  ["", "good slow denied broken"],
  [ODD_LIKES.filter, "slow denied"],
  ['service("like service") { fault } OR responsetime > 1', "slow broken"],
  ["error", "denied"],
  ["ok", "good slow"],
  ["fault = true", "broken"],
  ["!ok AND !fault", "denied"],
  ["responsetime >= 0.04 and duration < 1", "good"],
  ["http.status = 404 OR http.status = 502", "denied broken"],
  ['http.method != "POST"', ""],
  ['http.url CONTAINS "/x/" AND http.url ENDSWITH "like"', "good slow denied broken"],
  ['http.url beginswith "https"', ""],
  ['annotation.chaos = "burn"', "slow"],
  ['annotation[chaos] = "deny"', "denied"],
  ["annotation.chaos", "slow denied"],
  ['service("DynamoDB")', "good slow"],
  ['service("monolith service") { responsetime > 1 }', ""],
  ['edge("like service", "monolith service")', "good slow"],
  ['edge("like service", "monolith service") { responsetime > 1 }', "slow"],
  ['edge("monolith service", "DynamoDB") { ok }', "good slow"],
  ['(error OR fault) AND service("like service")', "denied broken"],
  // X-Ray joins conditions without an operator with AND.
  ["ok !partial duration <3", "good slow"],
  ["error http.status = 404", "denied"],
  ["ok != true", "denied broken"],
  ["error != false", "denied"],
  ["http.url AND responseTime > 1", "slow"],
  ["http.useragent", ""],
  ["http.status", "good slow denied broken"],
  ["service() { fault }", "broken"],
  ["service()", "good slow denied broken"],
  ['service(id(name: "monolith service")) { ok }', "good slow"],
  ['edge(id(name: "like service"), "monolith service")', "good slow"],
  ['group.name = "odd-likes"', "slow denied"],
  ['group.name != "odd-likes" AND ok', "good"],
  ['service("monolith service") { root }', ""],
  ['service("like service") { root = true AND fault = true }', "broken"],
  ['http.url ENDSWITH "/fulfill-like"', ""],
  ['service("monolith service") { http.url ENDSWITH "/fulfill-like" }', "good slow"],
  ["responsetime > 1e0", "slow"],
  ["responsetime >= .04 ok", "good slow"],
  ["service('like service') { error }", "denied"],
  ['ok = "true"', "good slow"],
  ['fault != "False"', "broken"],
  ['user CONTAINS ""', ""],
  ['http.url CONTAINS ""', "good slow denied broken"],
  [
    'http.url BEGINSWITH "http://localhost/" AND http.url CONTAINS "/x/" AND !service("monolith service")',
    "denied broken",
  ],
  ['!(service("monolith service") OR http.status = 404)', "broken"],
  ["(((ok)))AND(responsetime>1)", "slow"],
  ["fault OR error responsetime < 0.015", "denied broken"],
  ["!annotation.chaos AND !fault", "good"],
  ['annotation.chaos != "deny"', "slow"],
  ["http.status >= 400 AND http.status < 500", "denied"],
  ["http.status != 200", "denied broken"],
  ["duration >= 5 AND duration <= 8", ""],
  ['service("like service") { !ok AND !(error) }', "broken"],
  ['service() { http.url ENDSWITH "/fulfill-like" responsetime < 1 }', "good slow"],
  ['edge("like service", "monolith service") { responsetime > 1 } OR fault', "slow broken"],
] as const) {
  test(`finds ${expression || "everything"}`, (t) => {
    const fits = parseTraceFilter(expression);
    const found = Object.entries(TRACES).filter(([, trace]) => fits(trace));
    t.is(found.map(([name]) => name).join(" "), expected);
  });
}

for (const [key, value] of [
  ["chaos", "burn"],
  ["chaos", 'a "b" \\ c'],
  ["chaos", "two\nlines\tand a tab"],
  ["tiny", 1e-7],
  ["huge", 1e21],
  ["negative", -0.5],
  ["flag", false],
  ["1st", "x"],
  ["a-b", "x"],
  ["a key", "x"],
  ['a "key"', "x"],
  ["größe", "ü"],
  ["a.b", "x"],
  ["constructor", "x"],
] as const) {
  test(`the console's link for annotation ${JSON.stringify(key)}: ${JSON.stringify(value)} finds its trace`, (t) => {
    const annotated = (annotations: Segment["annotations"]) => {
      const [own] = like(1).segments;
      return assembleTrace("1", [{ ...(own as Segment), annotations }]);
    };
    const fits = parseTraceFilter(annotationFilter(key, value));
    t.true(fits(annotated({ [key]: value })));
    t.false(fits(annotated({ [key]: "another" })));
    t.false(fits(annotated({})));
  });
}

for (const milliseconds of [1, 5, 50, 100, 333, 999, 1_000, 1_234]) {
  test(`a time of ${milliseconds} ms is exactly that, though epoch seconds are not exact`, (t) => {
    const [own] = like(1, { status: 500 }).segments as [Segment];
    const start_time = 1_764_432_000.123;
    const part = { ...own, start_time, end_time: start_time + milliseconds / 1_000 };
    const trace = assembleTrace("1", [part]);
    const seconds = milliseconds / 1_000;
    for (const keyword of ["responsetime", "duration"]) {
      for (const condition of [`${keyword} = ${seconds}`, `service("like service") { ${keyword} = ${seconds} }`]) {
        t.true(parseTraceFilter(condition)(trace), condition);
      }
      t.true(parseTraceFilter(`${keyword} >= ${seconds} AND ${keyword} <= ${seconds}`)(trace));
      t.false(
        parseTraceFilter(`${keyword} > ${seconds} OR ${keyword} < ${seconds} OR ${keyword} != ${seconds}`)(trace),
      );
    }
  });
}

test("the duration ends with the last segment that has ended, and has no value before one has", (t) => {
  const [own] = like(1, { status: 500 }).segments as [Segment];
  const { end_time, ...begun } = own;
  const late = { ...begun, id: id(), parent_id: own.id, start_time: 150, in_progress: true };
  t.true(parseTraceFilter("duration = 1 AND partial")(assembleTrace("1", [own, late])));
  const fits = parseTraceFilter("duration");
  t.deepEqual(
    [[begun], [begun, late], [own]].map((documents) => fits(assembleTrace("1", documents))),
    [false, false, true],
  );
});

test("the ID of a trace finds it, in X-Ray's format and in W3C's", (t) => {
  const [own] = like(1).segments as [Segment];
  const trace = assembleTrace("1-67891233-abcdef012345678912345678", [own]);
  for (const id of [
    "1-67891233-abcdef012345678912345678",
    " 1-67891233-ABCDEF012345678912345678",
    "67891233abcdef012345678912345678",
  ]) {
    t.true(parseTraceFilter(id)(trace), id);
  }
  t.false(parseTraceFilter("1-67891233-abcdef012345678912345679")(trace));
  t.throws(() => parseTraceFilter("1-67891233-abcdef"), { instanceOf: QueryError });
});

test("the user keyword matches any segment of the trace", (t) => {
  const [monolith, own] = like(1).segments as [Segment, Segment];
  const trace = assembleTrace("1", [own, { ...monolith, user: "alice" }]);
  t.true(parseTraceFilter('user = "alice"')(trace));
  t.true(parseTraceFilter("user")(trace));
  t.true(parseTraceFilter('user BEGINSWITH "al"')(trace));
  t.false(parseTraceFilter('service("like service") { user }')(trace));
});

test("annotation[1st] and annotation.1st are equivalent", (t) => {
  const [own] = like(1).segments as [Segment];
  const trace = assembleTrace("1", [{ ...own, annotations: { "1st": 3 } }]);
  for (const expression of ["annotation[1st]", "annotation.1st", 'annotation["1st"] >= 3', "annotation[1st] != 4"]) {
    t.true(parseTraceFilter(expression)(trace), expression);
  }
  t.false(parseTraceFilter("annotation[1st] > 3")(trace));
});

test("an annotation alone is true for any value but false", (t) => {
  const [own] = like(1).segments as [Segment];
  const annotated = (flag: boolean | number | string) => assembleTrace("1", [{ ...own, annotations: { flag } }]);
  const fits = parseTraceFilter("annotation.flag");
  t.deepEqual([true, false, 0, ""].map(annotated).map(fits), [true, false, true, true]);
  t.deepEqual([true, false].map(annotated).map(parseTraceFilter("!annotation[flag]")), [false, true]);
});

test("ok means a 2xx status, or no failure without a status", (t) => {
  const [own] = like(1).segments as [Segment];
  const found = [200, 204, 304, undefined].filter((status) =>
    parseTraceFilter("ok")(assembleTrace("1", [{ ...own, http: { response: { status } } }])),
  );
  t.deepEqual(found, [200, 204, undefined]);
});

test("a request without a response yet is partial, and neither ok nor failed", (t) => {
  const [own] = like(1).segments as [Segment];
  const { end_time, http, ...begun } = own;
  for (const document of [begun, { ...begun, in_progress: true }, { ...own, http: {}, in_progress: true }]) {
    const trace = assembleTrace("1", [document]);
    const found = ["ok", "error", "fault", "partial", "!ok", "http.status"].filter((each) =>
      parseTraceFilter(each)(trace),
    );
    t.deepEqual(found, ["partial", "!ok"]);
  }
  t.true(parseTraceFilter("ok")(assembleTrace("1", [{ ...own, end_time, http: http ?? {} }])));
});

for (const [expression, feature] of [
  ['rootcause.fault.entity { last and name = "deserialize" }', "the keyword rootcause.fault.entity"],
  ["rootcause.json = #[{ }]", "the keyword rootcause.json"],
  ["last", "the keyword last"],
  ['group.name = "odd-likes" AND service(id(name: "a", account.id: "1"))', "account.id in id()"],
  ['rootcause.fault.service { name = "a" }', "the keyword rootcause.fault.service"],
  ["rootcause.responsetime.entity { coverage >= 0.2 }", "the keyword rootcause.responsetime.entity"],
  ['resource.arn CONTAINS "x"', "the keyword resource.arn"],
  ["service() { inferred }", "the keyword inferred"],
  ['type = "AWS::Lambda::Function"', "the keyword type"],
  ['message CONTAINS "x"', "the keyword message"],
  ['availabilityzone = "us-east-1a"', "the keyword availabilityzone"],
  ['instance.id = "i-1"', "the keyword instance.id"],
  ['group.arn = "arn"', "the keyword group.arn"],
  ['account.id = "1"', "the keyword account.id"],
  ["index = 1", "the keyword index"],
  ['service(id(name: "a", type: "AWS::Lambda::Function")) { fault }', "type in id()"],
  ['service(id(type: "client"))', "type in id()"],
] as const) {
  test(`rejects ${expression} by name`, (t) => {
    t.throws(() => parseTraceFilter(expression), {
      instanceOf: QueryError,
      message: `${feature} is not supported on the laptop`,
    });
  });
}

for (const [expression, message, at] of [
  ['group.name = "other"', "found other: expected the name of a group: odd-likes", 13],
  ["http.url > 2", "found 2: expected =, !=, CONTAINS, BEGINSWITH, or ENDSWITH", 11],
  ["annotation = 2", 'found =: expected "." or "[" and the key of an annotation', 11],
  ["responsetime = slow", "found slow: expected a number", 15],
  ["ok = yes", "found yes: expected true or false", 5],
  ['http.url = "open', 'a " is opened here and not closed', 11],
  ["annotation.a CONTAINS 2", 'found 2: expected a "text"', 22],
  ["annotation.a < true", "found true: expected a number", 15],
  ['service("like service") { responsetime > }', "found }: expected a number", 41],
  ["service(like) { error }", 'found like: expected the name of a service in quotes, such as "like service"', 8],
  ['service("like service" { error }', "found {: expected )", 23],
  ["error AND", /^the expression ends: expected a keyword/, 9],
  ["eror", /^found eror: expected a keyword \(ok, error, fault/, 0],
  ["http.method POST", /^found POST: expected a keyword/, 12],
  ["error & fault", "unexpected &", 6],
  ['service("like service") { annotation.chaos = "deny" }', "annotation is not allowed within service() { }", 26],
  ['edge("a", "b") { ok AND !annotation[chaos] }', "annotation is not allowed within edge() { }", 25],
  ['service() { (service("b")) }', "service is not allowed within service() { }", 13],
  ['service("a") { group.name = "odd-likes" }', "group.name is not allowed within service() { }", 15],
  ['service("a") { edge("a", "b") }', "edge is not allowed within service() { }", 15],
  ["ok = 1", "found 1: expected true or false", 5],
  ["responsetime > 5s", "unexpected 5s", 15],
  ["duration => 3", "found >: expected a number", 10],
  ["http.url = http://localhost", 'found http: expected a "text"', 11],
  ['http.url LIKE "x"', /^found LIKE: expected a keyword/, 9],
  ['service("a") { ok', "the expression ends: expected }", 17],
  ["(ok OR fault", "the expression ends: expected )", 12],
  ["ok OR OR fault", /^found OR: expected a keyword/, 6],
  ["NOT fault", "found NOT: expected !, the negation of the language", 0],
  ["!ok AND not (error)", "found not: expected !, the negation of the language", 8],
  ["annotation.chaos = burn", "found burn: expected true or false", 19],
] as const) {
  test(`rejects ${expression} with the position`, (t) => {
    const error = t.throws(() => parseTraceFilter(expression), { instanceOf: QueryError, message });
    t.is(error?.at, at);
  });
}
