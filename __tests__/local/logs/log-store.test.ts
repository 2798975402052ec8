import test from "ava";
import { type LogLine, readLine } from "../../../local/logs/log-line.ts";
import { type LogQuery, LogStore } from "../../../local/logs/log-store.ts";

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
  ["nobody", { programs: [] }, []],
  [
    "a span of time, without its end",
    { from: NOON + 1_000, to: NOON + 3_000 },
    ["POST /mysfits/x/fulfill-like 200", "WARN: pi (burn)"],
  ],
  ["a text in either case, taken as it is", { text: "Pi (BURN" }, ["WARN: pi (burn)"]],
  ["several at once", { text: TRACE, level: 40, programs: ["like"] }, ["WARN: pi (burn)"]],
] as const satisfies readonly (readonly [string, LogQuery, readonly string[]])[]) {
  test(`finds ${question}`, (t) => {
    t.deepEqual(
      [...filled().find(query)].map(({ record, text }) => record?.msg ?? text),
      [...expected],
    );
  });
}

test("gives a line's fields, and its arrival as the time of one that has none", (t) => {
  const before = Date.now();
  const [crash, , , chaos] = filled().find({});
  t.is(crash?.record, undefined);
  t.true((crash?.time ?? 0) >= before && (crash?.time ?? 0) <= Date.now());
  t.like(chaos, { time: NOON + 1_000, ...LIKE, level: 40 });
  t.like(chaos?.record, { chaos: "burn", traceId: TRACE });
});

test("holds its bound, and the oldest line goes first", (t) => {
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

test("a huge line is cut, and its record is no longer one", (t) => {
  const store = new LogStore();
  store.add(LIKE, line(0, 30, "x".repeat(1024 * 1024)));
  const [found] = store.find({});
  t.is(found?.text.length, 256 * 1024);
  t.like(found, { time: NOON, level: 30, record: undefined });
});

test("a reader may stop, and may read on while lines come in", (t) => {
  const store = filled();
  const lines = store.find({});
  t.is(lines.next().value?.text, CRASH);
  for (let number = 0; number < 100; number += 1) {
    store.add(LIKE, readLine("later"));
  }
  t.is(lines.next().value?.record?.msg, "GET / 200");
});

test("a million lines leave the newest, each with its own text and writer", (t) => {
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

test("lines of a few characters do not let what is known of each outgrow the store", (t) => {
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
