import test from "ava";
import { readLine } from "../../../../laptop/system/processes/log-line.ts";
import { parseJson } from "../../../../laptop/system/processes/parse-json.ts";
import { fieldsOf, holds } from "../../../../laptop/telemetry/insights/evaluate.ts";
import { fieldSearch, textSearch } from "../../../../laptop/telemetry/insights/field-search.ts";
import { readSearch } from "../../../../laptop/telemetry/insights/log-search.ts";
import { LogStore } from "../../../../laptop/telemetry/logs/log-store.ts";
import { QueryError } from "../../../../laptop/telemetry/syntax/tokens.ts";

const STORE = new LogStore();
for (const [task, record] of [
  ["4f1a0c", { level: 40, msg: "WARN: pi (burn)", chaos: "burn", path: "/mysfits/x/like" }],
  ["97c0d2", { level: 30, msg: "POST /mysfits/x/like 404", status: 404, durationMs: 3.5, traceId: "1-a" }],
  [
    "97c0d2",
    { level: 20, msg: "GET /ready 200", status: 200, http: { agent: "curl/8" }, note: 'say "hi" to C:\\temp' },
  ],
] as const) {
  const text = JSON.stringify({ name: "like", time: "2026-01-01T12:00:00Z", ...record });
  STORE.add({ program: "like", task }, readLine(text));
}
STORE.add({ program: "monolith", task: "11" }, readLine('Error: out of "hats"'));

function found(search: string): number[] {
  const condition = readSearch(search);
  return [...STORE.find({})]
    .filter((line) => condition === undefined || holds(condition, fieldsOf(line)))
    .map(({ number }) => number)
    .reverse();
}

for (const [search, expected] of [
  ["", [0, 1, 2, 3]],
  ["like", [0, 1, 2]],
  ["LIKE post", [1]],
  ['"out of"', [3]],
  ['"of \\"hats\\""', [3]],
  // As in the message that the page shows, and as in the line itself
  ['"say \\"hi\\""', [2]],
  ['"\\\\\\"hi"', [2]],
  ['"C:\\\\temp"', [2]],
  ["(burn)", [0]],
  ["chaos=*", [0]],
  ["chaos=burn", [0]],
  ["-chaos=* program=like", [1, 2]],
  ["status>=400", [1]],
  ["status!=404 status=*", [2]],
  ["durationMs<4", [1]],
  ["durationMs>.5 durationMs<4", [1]],
  ["durationMs!=.5 durationMs=3.50", [1]],
  ["level=warn", [0]],
  ["level>=info program=like", [0, 1]],
  ["task=97c0", [1, 2]],
  ["http.agent=curl/8", [2]],
  ["program=monolith", [3]],
  ["nothing=here", []],
] as const satisfies readonly (readonly [string, readonly number[]])[]) {
  test(`finds ${search || "everything"}`, (t) => t.deepEqual(found(search), [...expected]));
}

for (const [name, value] of [
  ["text", "one"],
  ["text", 'a "q" \\ b'],
  ["text", "two\nlines\tand a tab"],
  ["text", ""],
  ["text", "*"],
  ["text", "a=b"],
  ["text", "-x"],
  ["text", "größe"],
  ["text", "007"],
  ["text", "0e12345"],
  ["text", "true"],
  ["id", "1234567890123456789"],
  ["tiny", 1e-7],
  ["huge", 1e21],
  ["negative", -0.5],
  ["zero", 0],
  ["flag", false],
  ["a.b", "x"],
  ["a-b", 1],
  ["@x", "y z"],
] as const) {
  test(`the console's link for ${name}: ${JSON.stringify(value)} finds its line, and no other`, (t) => {
    const store = new LogStore();
    const other = typeof value === "string" ? `${value}?` : typeof value === "number" ? value * 2 + 1 : !value;
    for (const record of [{ [name]: value }, { [name]: other }, {}]) {
      const text = JSON.stringify({ level: 30, time: "2026-01-01T12:00:00Z", msg: "m", ...record });
      store.add({ program: "like", task: undefined }, readLine(text));
    }
    const condition = readSearch(fieldSearch(name, value) ?? t.fail());
    t.deepEqual(
      [...store.find({})].filter((line) => condition && holds(condition, fieldsOf(line))).map(({ number }) => number),
      [0],
    );
  });
}

for (const text of ["1-67891233-abcdef012345678912345678", "Root=1-a;Sampled=1", "a:b", 'a "b"', "-x", "x*"]) {
  test(`the console's link for the trace ID ${text} finds its line, and no other`, (t) => {
    const store = new LogStore();
    for (const traceId of [text, "other"]) {
      store.add({ program: "like", task: undefined }, readLine(JSON.stringify({ level: 30, msg: "m", traceId })));
    }
    const condition = readSearch(textSearch(text)) ?? t.fail();
    const found = [...store.find({})].filter((line) => holds(condition, fieldsOf(line)));
    t.deepEqual(
      found.map(({ number }) => number),
      [0],
    );
  });
}

test("a field whose name the search cannot express has no link", (t) => {
  t.deepEqual(
    ["a key", "größe", 'a"b', "1st", ""].map((name) => fieldSearch(name, 1)),
    Array(5).fill(undefined),
  );
});

test("a link keeps every digit of an integer", (t) => {
  const { orderId } = parseJson('{"orderId":12345678901234567890}');
  t.is(fieldSearch("orderId", orderId), 'orderId="12345678901234567890"');
});

for (const [search, message, at] of [
  ['status=404 "half', 'a " is opened here and not closed', 11],
  ["like status>=", 'expected a value of status: a word, a number, a "text", or * for any', 13],
  ["status>many", "expected a number to compare status with, found many", 7],
  [
    "like time*out",
    '* within a word is not supported: part of a word is enough to find it; write "time*out" to search for a * itself',
    9,
  ],
  ["like path=/mysfits/*", '* within a value is not supported: path=* finds any value, and path="…" a * itself', 19],
  [
    "chaos=* OR status=404",
    'OR is not supported: all parts must match, and - excludes lines; write "OR" to search for the word',
    8,
  ],
  [
    "NOT like",
    'NOT is not supported: all parts must match, and - excludes lines; write "NOT" to search for the word',
    0,
  ],
  [
    "path=/ status=[400 TO 499]",
    '[ after = is not supported: a condition has no blanks and one of =, !=, <, <=, >, >=, as in status>=400; write status="…" for a value that begins with [',
    14,
  ],
] as const) {
  test(`rejects ${search}`, (t) => {
    const error = t.throws(() => readSearch(search), { instanceOf: QueryError, message });
    t.is(error?.at, at);
  });
}

// Without an error, each of these would search for words that no line contains.
for (const [search, word] of [
  ["status >= 400", ">="],
  ["status = 404", "="],
  ["status:404", "status:404"],
  ["level:error", "level:error"],
  ["status:>=400", "status:>=400"],
  ["status!~4..", "status!~4.."],
  ["like && status=404", "&&"],
  ["like || post", "||"],
  ["fields @message | limit 1", "|"],
  ["?like ?post", "?like"],
  ["!like", "!like"],
  ["{ $.status = 404 }", "$.status"],
  ["{$.status=404}", "{$.status=404}"],
] as const) {
  test(`rejects another language's ${search}, unless it is in quotes`, (t) => {
    const { message, at } = t.throws(() => readSearch(search), { instanceOf: QueryError }) ?? t.fail();
    t.true(message.startsWith(`${word} is not supported: `), message);
    t.is(at, search.indexOf(word));
    t.notThrows(() => readSearch(JSON.stringify(search)));
  });
}

for (const value of ["=404", "~4..", ">400", "(404", "[404,500]"]) {
  test(`rejects another language's status=${value}, unless it is in quotes`, (t) => {
    t.throws(() => readSearch(`status=${value}`), { instanceOf: QueryError, message: /is not supported/ });
    t.notThrows(() => readSearch(`status="${value}"`));
  });
}

for (const search of [
  "http://localhost:8080/",
  "arn:aws:ecs:us-west-2:123456789012:task/a",
  "127.0.0.1:4000",
  "TypeError:",
  "key=session:77",
  "/mysfits?id=3",
]) {
  test(`${search} is no condition of another language`, (t) => t.notThrows(() => readSearch(search)));
}

test("levels match by number and by name, however the logger writes them", (t) => {
  const store = new LogStore();
  for (const level of [50, "error", "ERROR", 40, "warning", "info", "odd"]) {
    store.add({ program: "like", task: undefined }, readLine(JSON.stringify({ level, message: "m" })));
  }
  const found = (search: string) => {
    const condition = readSearch(search) ?? t.fail();
    const lines = [...store.find({})].filter((line) => holds(condition, fieldsOf(line)));
    return lines.map(({ number }) => number).reverse();
  };
  t.deepEqual(found("level=error"), [0, 1, 2]);
  t.deepEqual(found("level=50"), [0, 1, 2]);
  t.deepEqual(found("level>=Warning"), [0, 1, 2, 3, 4]);
  t.deepEqual(found("level=odd"), [6]);
  t.deepEqual(found("-level>=warn"), [5, 6]);
});
