import test from "ava";
import fc from "fast-check";
import { documentsOf } from "../../lambda/log-shipper/document.ts";
import { lineOf, ORIGIN } from "./cloudwatch-logs.ts";

/** What becomes of a line, its origin left out. */
function fieldsOf(line: string): Record<string, unknown> {
  const [document] = documentsOf({ ...ORIGIN, logEvents: [lineOf(1, line)] });
  return Object.fromEntries(
    Object.entries(JSON.parse(document?.source ?? "{}")).filter(([name]) => !name.startsWith("@")),
  );
}

test("bunyan's fields keep their places and types", (t) => {
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

test("unknown fields become texts that cannot clash, whatever they hold", (t) => {
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
      extra: ["msg.text=hi", "level=WARN", "status=1.5", "time=2026-02-30T00:00:00.000Z", "err=boom", "pid=Infinity"],
    },
  );
});

test("a line cannot pass itself off as another's, nor give one field twice", (t) => {
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

test("a hundred levels of nesting end as one text", (t) => {
  const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
  const { extra } = fieldsOf(nested(100)) as { extra: string[] };
  t.deepEqual(extra, [`${"a.".repeat(8)}a=${nested(91)}`]);
});

test("nesting beyond what a stack holds is kept, as an extra or as text", (t) => {
  const brackets = "[".repeat(120_000) + "]".repeat(120_000);
  const { msg, extra } = fieldsOf(`{"a":${brackets}}`) as { msg?: string; extra?: string[] };
  // The first eight levels are the path's; whether the rest can be written as JSON depends on the runtime's version.
  t.true(msg === `{"a":${brackets}}` || extra?.[0] === `a=${brackets.slice(8, -8)}`);
});

test("half a character is replaced, in text and in fields", (t) => {
  t.deepEqual(fieldsOf("a\ud800b"), { msg: "a\ufffdb" });
  t.deepEqual(fieldsOf('{"msg":"\\ud800","x":"\\udc00"}'), { msg: "\ufffd", extra: ["x=\ufffd"] });
});

test("a line of 256 KB is kept whole", (t) => {
  const line = "ü".repeat(128 * 1024);
  t.deepEqual(fieldsOf(line), { msg: line });
});

test("property: every value of a JSON line is in its document, and every document is one line of JSON", (t) => {
  const leaves = (value: unknown): unknown[] =>
    typeof value === "object" && value !== null ? Object.values(value).flatMap(leaves) : [value];
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })), (record) => {
      const line = JSON.stringify(record);
      const [document] = documentsOf({ ...ORIGIN, logEvents: [lineOf(1, line)] });
      t.false(document?.source.includes("\n"));
      const kept = JSON.stringify(fieldsOf(line));
      for (const leaf of leaves(JSON.parse(line))) {
        t.true(kept.includes(JSON.stringify(String(leaf)).slice(1, -1)), `${leaf} of ${line}`);
      }
    }),
  );
});
