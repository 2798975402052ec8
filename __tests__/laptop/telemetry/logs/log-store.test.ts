import test from "ava";
import { type LogLine, readLine } from "../../../../laptop/system/processes/log-line.ts";
import { type LogQuery, LogStore } from "../../../../laptop/telemetry/logs/log-store.ts";

const NOON = Date.parse("2026-01-01T12:00:00Z");
const TRACE = "1-5759e988-bd862e3fe1be46a994272793";

const LIKE = { program: "like", task: "4f1a" };
const MONOLITH = { program: "monolith", task: "97c0" };

function line(second: number, level: number, msg: string, more: object = {}): LogLine {
  return readLine(JSON.stringify({ name: "like", level, time: new Date(NOON + second * 1000), msg, v: 0, ...more }));
}

function filled(): LogStore {
  const store = new LogStore();
  store.add(LIKE, line(0, 30, "listening on port 80"));
  store.add(LIKE, line(1, 40, "WARN: pi (burn)", { chaos: "burn", traceId: TRACE }));
  store.add(MONOLITH, line(2, 30, "POST /mysfits/x/fulfill-like 200", { traceId: TRACE }));
  store.add(LIKE, line(3, 20, "GET / 200"));
  store.add(LIKE, readLine(CRASH));
  return store;
}

const CRASH = "Error: out of hats";

for (const [question, query, expected] of [
  [
    "everything",
    {},
    [CRASH, "GET / 200", "POST /mysfits/x/fulfill-like 200", "WARN: pi (burn)", "listening on port 80"],
  ],
  ["one trace", { text: TRACE }, ["POST /mysfits/x/fulfill-like 200", "WARN: pi (burn)"]],
  ["a level, a crash's stack among the errors", { level: 40 }, [CRASH, "WARN: pi (burn)"]],
  ["one service", { programs: ["monolith"] }, ["POST /mysfits/x/fulfill-like 200"]],
  ["one task", { task: MONOLITH.task }, ["POST /mysfits/x/fulfill-like 200"]],
  ["no program", { programs: [] }, []],
  [
    "a time range, with an exclusive end",
    { from: NOON + 1_000, to: NOON + 3_000 },
    ["POST /mysfits/x/fulfill-like 200", "WARN: pi (burn)"],
  ],
  ["a literal text, ignoring case", { text: "Pi (BURN" }, ["WARN: pi (burn)"]],
  ["several conditions", { text: TRACE, level: 40, programs: ["like"] }, ["WARN: pi (burn)"]],
] as const satisfies readonly (readonly [string, LogQuery, readonly string[]])[]) {
  test(`finds ${question}`, (t) => {
    t.deepEqual(
      [...filled().find(query)].map(({ record, text }) => record?.msg ?? text),
      [...expected],
    );
  });
}

test("returns a line's fields, and uses its arrival time if it has no time", (t) => {
  const before = Date.now();
  const [crash, , , chaos] = filled().find({});
  t.is(crash?.record, undefined);
  t.true((crash?.time ?? 0) >= before && (crash?.time ?? 0) <= Date.now());
  t.like(chaos, { time: NOON + 1_000, ...LIKE, level: 40 });
  t.like(chaos?.record, { chaos: "burn", traceId: TRACE });
});

test("stays within its limit by dropping the oldest lines", (t) => {
  const store = new LogStore(1_000);
  for (let number = 0; number < 10_000; number += 1) {
    store.add(LIKE, readLine(String(number).padStart(10, "0")));
  }
  t.is(store.size, 100);
  t.deepEqual(
    [...store.find({})].map(({ text }) => Number(text)),
    Array.from({ length: 100 }, (_, index) => 9_999 - index),
  );
});

test("a line beyond 1 MB is cut off and is no longer a record", (t) => {
  const store = new LogStore();
  store.add(LIKE, line(0, 30, "x".repeat(2 * 1024 * 1024)));
  const [found] = store.find({});
  t.is(found?.text.length, 1024 * 1024);
  t.like(found, { time: NOON, level: 30, record: undefined });
});

test("numbers that a double cannot represent exactly keep their digits", (t) => {
  const store = new LogStore();
  store.add(LIKE, readLine('{"amount":12345678901234567.89,"large":1e400,"usual":0.30000000000000004,"id":"ae1e123"}'));
  const [found] = store.find({});
  t.deepEqual(found?.fields, {
    amount: "12345678901234567.89",
    large: "1e400",
    usual: 0.1 + 0.2,
    id: "ae1e123",
  });
});

test("integers beyond 2^53 keep their digits", (t) => {
  const store = new LogStore();
  const text = `{"level":30,"time":"${new Date(NOON).toISOString()}","msg":"","order":12345678901234567890,"small":[7,1e20]}`;
  store.add(LIKE, readLine(text));
  const [found] = store.find({});
  t.like(found?.record, { order: "12345678901234567890", small: [7, 1e20] });
  t.is(found?.field("order"), "12345678901234567890");
});

test("a field comes from its column or from the record, and may be missing", (t) => {
  const store = new LogStore();
  const time = new Date(NOON).toISOString();
  const values = Array.from({ length: 20_000 }, (_, number) => number);
  for (const durationMs of values) {
    store.add(LIKE, readLine(JSON.stringify({ level: 30, time, msg: "", durationMs, other: { durationMs } })));
  }
  store.add(LIKE, readLine(JSON.stringify({ level: 30, time, msg: "", status: null, method: { deep: 1 } })));
  store.add(LIKE, readLine("no record"));
  const [text, odd, ...lines] = store.find({});
  t.deepEqual([text?.field("status"), text?.field("level")], [undefined, undefined]);
  t.deepEqual(
    [odd?.field("status"), odd?.field("method"), odd?.field("toString")],
    [undefined, { deep: 1 }, undefined],
  );
  t.deepEqual(lines.map((found) => found.field("durationMs")).reverse(), values);
});

test("a reader can stop, and can continue while lines arrive", (t) => {
  const store = filled();
  const lines = store.find({});
  t.is(lines.next().value?.text, CRASH);
  for (let number = 0; number < 100; number += 1) {
    store.add(LIKE, readLine("later"));
  }
  t.is(lines.next().value?.record?.msg, "GET / 200");
});

test("after a million lines, the newest are stored with their text and writer", (t) => {
  const store = new LogStore(4 * 1024 ** 2);
  for (let number = 0; number < 1_000_000; number += 1) {
    store.add(number % 2 === 0 ? LIKE : MONOLITH, readLine(`line ${number} é${"x".repeat(number % 90)}`));
  }
  t.is(store.next, 1_000_000);
  t.true(store.size > 10_000 && store.size < 100_000, String(store.size));
  t.is(store.get(store.oldest - 1), undefined);
  for (const number of [store.oldest, store.oldest + 1, 999_998, 999_999]) {
    const { text, program } = store.get(number) ?? t.fail();
    t.is(text, `line ${number} é${"x".repeat(number % 90)}`);
    t.is(program, number % 2 === 0 ? "like" : "monolith");
  }
  t.is(store.get(1_000_000), undefined);
});

test("the memory of the columns stays limited even for very short lines", (t) => {
  const store = new LogStore(128 * 1000);
  for (let number = 0; number < 100_000; number += 1) {
    store.add(LIKE, readLine("x"));
  }
  t.is(store.size, 1000 + 1024);
  t.is([...store.find({})].length, store.size);
});

test("lines are found before and after a number, and without health checks", (t) => {
  const store = filled();
  const numbers = (query: LogQuery) => [...store.find(query)].map(({ number }) => number);
  t.deepEqual(numbers({ after: 1 }), [4, 3, 2]);
  t.deepEqual(numbers({ before: 2 }), [1, 0]);
  store.add(LIKE, line(4, 20, "GET / 200", { method: "GET", path: "/" }));
  t.deepEqual(numbers({ after: 3 }), [5, 4]);
  t.deepEqual(numbers({ after: 3, withoutHealthChecks: true }), [4]);
});
