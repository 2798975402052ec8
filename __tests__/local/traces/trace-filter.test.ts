import test from "ava";
import { QueryError } from "../../../local/insights/tokens.ts";
import type { Segment, Trace } from "../../../local/traces/trace.ts";
import { readTraceFilter } from "../../../local/traces/trace-filter.ts";
import { ODD_LIKES } from "../../../specs/monitoring/tracing.ts";

let ids = 0;
const id = () => (ids++).toString(16).padStart(16, "0");

/** A like that took so many seconds, most of them in the monolith unless it was refused. */
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
  return { id: "1", segments: refused ? [own] : [own, monolith] };
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
  ["!ok AND NOT fault", "denied"],
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
] as const) {
  test(`finds ${expression || "everything"}`, (t) => {
    const fits = readTraceFilter(expression);
    const found = Object.entries(TRACES).filter(([, trace]) => fits(trace));
    t.is(found.map(([name]) => name).join(" "), expected);
  });
}

for (const [expression, message, at] of [
  ['service("like service") { responsetime > }', "there is }: expected a number", 41],
  ["service(like) { error }", 'there is like: expected the name of a service, such as "like service"', 8],
  ['service("like service" { error }', "there is {: expected )", 23],
  ["error AND", /^the expression ends: expected a keyword/, 9],
  ["eror", /^there is eror: expected a keyword \(ok, error, fault/, 0],
  ["error fault", "there is fault: expected AND, OR or the end", 6],
  ["http.method POST", "there is POST: expected = != CONTAINS BEGINSWITH or ENDSWITH", 12],
  ["error & fault", "& means nothing here", 6],
] as const) {
  test(`does not understand ${expression}`, (t) => {
    const error = t.throws(() => readTraceFilter(expression), { instanceOf: QueryError, message });
    t.is(error?.at, at);
  });
}
