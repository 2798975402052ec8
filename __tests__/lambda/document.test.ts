import test from "ava";
import fc from "fast-check";
import { documentsByIndex, MAX_TEXT } from "../../lambda/log-shipper/document.ts";
import { lineOf, ORIGIN } from "./cloudwatch-logs.ts";

function sourceOf(line: string): string {
  const [documents] = documentsByIndex({ ...ORIGIN, logEvents: [lineOf(1, line)] }).values();
  return [...(documents ?? [])][0]?.source ?? "{}";
}

const OF_ORIGIN = new Set(["@timestamp", "@id", "@owner", "@log_group", "@log_stream"]);

/** The fields of a line's document, without those of its origin. */
function fieldsOf(line: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(JSON.parse(sourceOf(line))).filter(([name]) => !OF_ORIGIN.has(name)));
}

test("bunyan's fields keep their names and types", (t) => {
  const line = {
    name: "like",
    hostname: "ip-10-0-1-2",
    pid: 7,
    level: 50,
    msg: "no answer",
    time: "2026-03-01T12:00:00.000Z",
    v: 0,
    err: { name: "Error", message: "timed out", stack: "Error: timed out\n    at call", code: "ETIMEDOUT" },
    status: 503,
    durationMs: 1000.5,
  };
  t.deepEqual(fieldsOf(JSON.stringify(line)), {
    name: "like",
    hostname: "ip-10-0-1-2",
    pid: 7,
    level: 50,
    msg: "no answer",
    time: "2026-03-01T12:00:00.000Z",
    v: 0,
    "err.name": "Error",
    "err.message": "timed out",
    "err.stack": "Error: timed out\n    at call",
    "err.code": "ETIMEDOUT",
    status: 503,
    durationMs: 1000.5,
  });
});

test("unknown fields of any type become strings that cannot conflict with a mapping", (t) => {
  t.deepEqual(fieldsOf('{"user":"ann"}'), { extra: ["user=ann"] });
  t.deepEqual(fieldsOf('{"user":{"id":7,"tags":["a",null],"none":{}}}'), {
    extra: ["user.id=7", "user.tags=a", "user.tags=null", "user.none={}"],
  });
});

test("a known field of the wrong type is an extra", (t) => {
  t.deepEqual(
    fieldsOf(
      '{"msg":{"text":"hi"},"level":"WARN","status":1.5,"time":"2026-02-30T00:00:00.000Z","err":"boom","pid":1e400}',
    ),
    {
      extra: ["msg.text=hi", "level=WARN", "status=1.5", "time=2026-02-30T00:00:00.000Z", "err=boom", "pid=1e400"],
    },
  );
});

test("property: a time is a field only in bunyan's format, on a day that exists", (t) => {
  const two = (min: number, max: number) => fc.integer({ min, max }).map((number) => String(number).padStart(2, "0"));
  const times = fc
    .tuple(fc.constantFrom("0000", "2024", "2026", "9999"), two(0, 13), two(0, 32), two(0, 25), two(0, 61), two(0, 61))
    .map(
      ([year, month, day, hours, minutes, seconds]) => `${year}-${month}-${day}T${hours}:${minutes}:${seconds}.007Z`,
    );
  fc.assert(
    fc.property(fc.oneof(times, fc.string()), (time) => {
      const date = new Date(time);
      const exists = !Number.isNaN(date.getTime()) && date.toISOString() === time;
      t.is("time" in fieldsOf(JSON.stringify({ time })), exists, time);
    }),
    { numRuns: 2_000 },
  );
});

test("a line cannot forge its origin or set a field twice", (t) => {
  t.deepEqual(fieldsOf('{"@timestamp":"1999-01-01","@id":"x","err":{"name":"A"},"err.name":"B","__proto__":{"a":1}}'), {
    "err.name": "A",
    extra: ["@timestamp=1999-01-01", "@id=x", "err.name=B", "__proto__.a=1"],
  });
});

for (const line of ["plain", "", "   ", '"text"', "[1,2]", "17", "null", '{"cut":', "{} trailing", "\u0000\uFFFE"]) {
  test(`kept as text: ${JSON.stringify(line)}`, (t) => {
    t.deepEqual(fieldsOf(line), { msg: line });
  });
}

test("values nested deeper than eight levels become one string", (t) => {
  const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
  const { extra } = fieldsOf(nested(100)) as { extra: string[] };
  t.deepEqual(extra, [`${"a.".repeat(8)}a=${nested(91)}`]);
});

test("JSON nested too deeply for the stack is kept, as an extra or as text", (t) => {
  const brackets = "[".repeat(120_000) + "]".repeat(120_000);
  const { msg, extra } = fieldsOf(`{"a":${brackets}}`) as { msg?: string; extra?: string[] };
  // The first eight levels become the path; the Node.js version decides whether the rest can be written as JSON.
  t.true(msg === `{"a":${brackets}}` || extra?.[0] === `a=${brackets.slice(8, -8)}`);
});

test("a lone surrogate is replaced, in strings and in fields", (t) => {
  t.deepEqual(fieldsOf("a\ud800b"), { msg: "a\ufffdb" });
  t.deepEqual(fieldsOf('{"msg":"\\ud800","x":"\\udc00"}'), { msg: "\ufffd", extra: ["x=\ufffd"] });
});

test("a line of 256 KiB is kept in full", (t) => {
  const line = "ü".repeat(128 * 1024);
  t.deepEqual(fieldsOf(line), { msg: line });
});

test("integers beyond 2^53 keep their digits", (t) => {
  t.deepEqual(
    fieldsOf('{"order":12345678901234567890,"pid":9007199254740993,"status":200,"ids":[-98765432109876543210]}'),
    {
      status: 200,
      extra: ["order=12345678901234567890", "pid=9007199254740993", "ids=-98765432109876543210"],
    },
  );
});

for (const number of [
  ...[
    "9007199254740993",
    "-9007199254740993",
    "12345678901234567.89",
    "0.12345678901234567890123",
    "-0.1234567890123456789",
  ],
  ...["1e400", "-1E400", "1e-400", "1.2345678901234567891e5", `${"1".repeat(400)}.5`],
]) {
  test(`the number ${number.slice(0, 30)} keeps its digits`, (t) => {
    const line = `{"amount":${number},"list":[ ${number} ,1],"text":"x ${number}, y","deep":${"[".repeat(9)}${number}${"]".repeat(9)}}`;
    t.deepEqual(fieldsOf(line).extra, [
      `amount=${number}`,
      `list=${number}`,
      "list=1",
      `text=x ${number}, y`,
      `deep=[${number}]`,
    ]);
  });
}

for (const [number, written] of [
  ["9007199254740991", "9007199254740991"],
  ["0.30000000000000004", "0.30000000000000004"],
  ["1000000000000000.500", "1000000000000000.5"],
  ["1e21", "1e+21"],
  ["5.0e-324", "5e-324"],
  ["123456789012345600e-5", "1234567890123.456"],
  ["0.0000000000000000", "0"],
] as const) {
  test(`the number ${number} is a double`, (t) => {
    t.deepEqual(fieldsOf(`{"amount":${number}}`), { extra: [`amount=${written}`] });
  });
}

test("a duration with more digits than a double has is still a duration", (t) => {
  t.deepEqual(fieldsOf('{"durationMs":0.10000000000000001}'), { durationMs: 0.1 });
  t.deepEqual(fieldsOf('{"durationMs":1e400}'), { extra: ["durationMs=1e400"] });
  t.deepEqual(fieldsOf('{"durationMs":12345678901234567890}'), { extra: ["durationMs=12345678901234567890"] });
});

test("long integers keep their digits in values that stay together, and change no text that looks like one", (t) => {
  const long = "12345678901234567890";
  const { extra } = fieldsOf(
    `{"msg":${long},"\\udfff1":"\\udfff${long}","text":",${long},","exp":1.5e20,"a":[${long},${"[".repeat(8)}-${long},"${long}"${"]".repeat(8)}]}`,
  ) as { extra: string[] };
  t.deepEqual(extra, [
    `msg=${long}`,
    `\ufffd1=\ufffd${long}`,
    `text=,${long},`,
    "exp=150000000000000000000",
    `a=${long}`,
    `a=[-${long},"${long}"]`,
  ]);
});

test("a text that begins with half a pair is no number", (t) => {
  t.deepEqual(fieldsOf('{"durationMs":"\\udfff12","a":"\\uDFFF12"}'), {
    extra: ["durationMs=\ufffd12", "a=\ufffd12"],
  });
});

test("quotes in a line that is not JSON cost no time", (t) => {
  const line = `{"id":12345678901234567890,"text":"${'\\"'.repeat(500_000)}`;
  t.deepEqual(fieldsOf(line), { msg: line });
});

test("a duration that would make statistics infinite is an extra", (t) => {
  t.deepEqual(fieldsOf('{"durationMs":1.7e308}'), { extra: ["durationMs=1.7e+308"] });
  t.deepEqual(fieldsOf('{"durationMs":1e15}'), { durationMs: 1e15 });
});

test("values beyond the limit of extras stay together as JSON, and known fields after them are still found", (t) => {
  const { msg, extra, ...others } = fieldsOf(
    `{"ids":${JSON.stringify(Array(3_000).fill(7))},"user":{"name":"ann"},"err":{"code":"E1"},"msg":"late"}`,
  ) as { msg: string; extra: string[] };
  t.is(msg, "late");
  t.deepEqual(others, { "err.code": "E1" });
  t.deepEqual(extra.slice(0, 1_000), Array(1_000).fill("ids=7"));
  t.deepEqual(extra.slice(1_000), [`ids=${JSON.stringify(Array(2_000).fill(7))}`, '{"user":{"name":"ann"}}']);
});

test("a long key is not repeated for each of its values", (t) => {
  const key = "k".repeat(300_000);
  const { extra } = fieldsOf(JSON.stringify({ [key]: Array(300_000).fill(1) })) as { extra: string[] };
  t.deepEqual(
    extra.map(({ length }) => length),
    [300_002, 300_001 + 2 * 299_999 + 1],
  );
});

test("a string longer than an event's limit is cut, and the document says so", (t) => {
  const { msg, "@truncated": truncated } = fieldsOf("x".repeat(MAX_TEXT + 1)) as { msg: string; "@truncated": string };
  t.is(msg.length, MAX_TEXT);
  t.is(truncated, "msg cut; CloudWatch Logs has the full line");
  t.false("@truncated" in fieldsOf("x".repeat(MAX_TEXT)));
});

const MEGABYTE = 1_048_576;
const shape = fc.record({
  keyLength: fc.constantFrom(1, 40, 2_000, 200_000, 900_000),
  depth: fc.constantFrom(0, 1, 7, 8, 9, 200),
  item: fc.constantFrom("1", "1e20", "12345678901234567890", '"\\""', '"\\u0001"', '"ü"', "[]", "null", '{"a":1}'),
  kind: fc.constantFrom("array", "object"),
});

test("property: a line of any shape up to 1 MiB becomes a document that fits into a request", (t) => {
  fc.assert(
    fc.property(shape, ({ keyLength, depth, item, kind }) => {
      const open = `${'{"d":'.repeat(depth)}{"${"k".repeat(keyLength)}":`;
      const close = "}".repeat(depth + 1);
      const room = MEGABYTE - open.length - close.length - 2;
      const items = Array.from({ length: Math.floor(room / (Buffer.byteLength(item) + 12)) }, (_, n) =>
        kind === "array" ? item : `"${n}":${item}`,
      ).join(",");
      const source = sourceOf(`${open}${kind === "array" ? `[${items}]` : `{${items}}`}${close}`);
      t.true(Buffer.byteLength(source) < 8 * MEGABYTE, `${Buffer.byteLength(source)} bytes`);
      t.notThrows(() => JSON.parse(source));
    }),
    { numRuns: 40, endOnFailure: true },
  );
});

test("property: every value of a JSON line is in its document, and every document is one line of JSON", (t) => {
  const leaves = (value: unknown): unknown[] =>
    typeof value === "object" && value !== null ? Object.values(value).flatMap(leaves) : [value];
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })), (record) => {
      const line = JSON.stringify(record);
      t.false(sourceOf(line).includes("\n"));
      const kept = JSON.stringify(fieldsOf(line));
      for (const leaf of leaves(JSON.parse(line))) {
        t.true(kept.includes(JSON.stringify(String(leaf)).slice(1, -1)), `${leaf} of ${line}`);
      }
    }),
  );
});
