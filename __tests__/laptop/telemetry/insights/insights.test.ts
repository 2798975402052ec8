import test, { type ExecutionContext } from "ava";
import { readLine } from "../../../../laptop/system/processes/log-line.ts";
import { parseQuery } from "../../../../laptop/telemetry/insights/query.ts";
import { runQuery } from "../../../../laptop/telemetry/insights/run.ts";
import { LogStore } from "../../../../laptop/telemetry/logs/log-store.ts";
import { QueryError } from "../../../../laptop/telemetry/syntax/tokens.ts";
import { MONITORING } from "../../../model/monitored-system.ts";

/** Milliseconds since 1970. */
const NOON = Date.UTC(2026, 0, 1, 12);

function storeOf(...records: readonly object[]): LogStore {
  const store = new LogStore();
  for (const [second, record] of records.entries()) {
    const time = new Date(NOON + second * 1000).toISOString();
    const text = JSON.stringify({ name: "like", level: 30, time, msg: "", ...record });
    store.add({ program: "like", task: "4f1a" }, readLine(text));
  }
  return store;
}

const ID = "4e53920c-505a-4a90-a694-b9300791f0ae";
const like = (status: number, durationMs: number) => ({
  method: "POST",
  path: `/mysfits/${ID}/like`,
  status,
  durationMs,
});

const STORE = storeOf(
  like(200, 40),
  like(404, 3),
  { level: 40, chaos: "deny", msg: "WARN: says no", traceId: "1-a-b" },
  like(404, 5),
  { method: "GET", path: "/mysfits", status: 500, durationMs: 9, nested: { deep: 7 } },
  like(200, 1800),
);

async function ask(text: string, store = STORE) {
  const { columns, rows } = await runQuery(parseQuery(text), store.find({}));
  return { columns, rows };
}

test("the saved queries return the expected lines", async (t) => {
  const { errorsByRoute, slowLikes, chaosLines, oneTrace } = MONITORING.queries;
  t.deepEqual(await ask(errorsByRoute.text), {
    columns: ["name", "method", "action", "status", "responses"],
    rows: [
      ["like", "POST", "like", 404, 2],
      ["like", "GET", undefined, 500, 1],
    ],
  });
  t.deepEqual((await ask(slowLikes.text)).rows, [["2026-01-01T12:00:05.000Z", 1800, 200, undefined, undefined]]);
  t.deepEqual((await ask(chaosLines.text)).rows, [["2026-01-01T12:00:02.000Z", "deny", "WARN: says no", "1-a-b"]]);
  t.deepEqual((await ask(oneTrace.text)).rows, []);
  t.is((await ask(oneTrace.text.replace(/1-0+-0+/, "1-a-b"))).rows.length, 1);
});

test("the other queries of the runbook return the expected results", async (t) => {
  t.deepEqual(await ask("filter ispresent(chaos) | stats count(*) as likes by chaos"), {
    columns: ["chaos", "likes"],
    rows: [["deny", 1]],
  });
});

const MATCHING: Readonly<Record<string, number>> = {
  "status = 404": 2,
  "status != 404": 4,
  "not status = 404": 4,
  "durationMs >= 5 and durationMs < 1800": 3,
  "status = 500 or status = 404 and durationMs > 3": 2,
  "(status = 500 or status = 404) and durationMs > 3": 2,
  "status in [404, 500]": 3,
  "status not in [404, 500]": 3,
  "method in ['GET']": 1,
  'msg like "WARN:"': 1,
  "path not like /like$/": 2,
  "nested.deep = 7": 1,
  "@logStream = 'like/4f1a'": 6,
  "status > 'nothing'": 0,
};

for (const [condition, lines] of Object.entries(MATCHING)) {
  test(`filter ${condition}: ${lines}`, async (t) => {
    t.is((await ask(`filter ${condition}`)).rows.length, lines);
  });
}

test("statistics use only the lines that have the field", async (t) => {
  const figures =
    "count(*), count(durationMs) as timed, sum(durationMs), avg(durationMs), min(durationMs), max(durationMs)";
  t.deepEqual((await ask(`stats ${figures}`)).rows, [[6, 5, 1857, 371.4, 3, 1800]]);
  t.deepEqual((await ask("filter status = 1 | stats sum(durationMs) by status")).rows, []);
});

test("sort, limit, and filter apply in the order of the commands", async (t) => {
  t.deepEqual((await ask("fields durationMs | sort durationMs | limit 2")).rows, [[3], [5]]);
  t.deepEqual((await ask("fields durationMs | sort durationMs desc | limit 2")).rows, [[1800], [40]]);
  t.deepEqual((await ask("filter status > 0 | stats count(*) as n by status | filter n > 1 | sort status")).rows, [
    [200, 2],
    [404, 2],
  ]);
  t.deepEqual((await ask("limit 1")).columns, ["@timestamp", "@message"]);
});

const MISTAKES: readonly (readonly [query: string, at: number, message: RegExp])[] = [
  ["", 0, /^the query ends: expected fields, display, filter,/],
  ["filter", 6, /^the query ends: expected a number, a quoted string, or a field$/],
  ["filter status", 13, /expected =, !=, .* like, or in$/],
  ["filter status = 404 |", 21, /^the query ends/],
  ["filter status ~ 404", 14, /^unexpected ~$/],
  ["stats median(x)", 6, /^the function median is not supported on the laptop$/],
  ["stats total(x)", 6, /^found total: expected count, count_distinct, sum, avg, min, max, pct, /],
  ["filter (status = 1", 18, /expected \)$/],
  ["parse path /(/", 11, /^the pattern \/\(\/ is not supported: Unterminated group$/],
  ["filter a = 1 b", 13, /^found b: expected \| and another command, or the end$/],
];

for (const [query, at, message] of MISTAKES) {
  test(`rejects "${query}" with the position`, (t) => mistaken(t, query, at, message));
}

function mistaken(t: ExecutionContext, query: string, at: number, message: RegExp): void {
  const error = t.throws(() => parseQuery(query), { instanceOf: QueryError });
  t.regex(error.message, message);
  t.is(error.at, at);
}

test("a query reads all lines of a large store without blocking other work", async (t) => {
  const store = storeOf(
    ...Array.from({ length: 60_000 }, (_, number) => ({ number, even: number % 2 === 0 ? 1 : undefined })),
  );
  const all = await runQuery(parseQuery("filter number = 0"), store.find({}));
  t.deepEqual([all.matched, all.rows.length, all.cut], [1, 1, false]);
  let turns = 0;
  const others = setInterval(() => turns++, 0);
  const counted = await runQuery(parseQuery("filter even = 1 | stats max(number)"), store.find({}));
  clearInterval(others);
  t.deepEqual([counted.rows, counted.matched, counted.cut], [[[59_998]], 30_000, false]);
  t.true(turns > 2, "other work ran in between");
});

for (const query of [
  "filter @message like /(.*)*x(.*)*y$/",
  "sort @timestamp | parse @message /(?<all>(.*)*x(.*)*y)$/",
]) {
  test(`a query whose pattern takes forever is stopped: ${query}`, async (t) => {
    const store = storeOf({ msg: "x ".repeat(200) });
    const error = await t.throwsAsync(ask(query, store), { instanceOf: QueryError });
    t.is(error.message, "the query takes longer than 2 s: simplify its patterns or its time range");
    t.is((await ask("filter @message like /x$/", store)).rows.length, 0);
  });
}
