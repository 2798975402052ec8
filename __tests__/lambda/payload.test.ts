import { gzipSync } from "node:zlib";
import test from "ava";
import { decodePayload, PayloadError } from "../../lambda/log-shipper/payload.ts";
import { controlMessage, deliveryOf, lineOf, ORIGIN, packed } from "./cloudwatch-logs.ts";
import { ENOUGH, startShipper } from "./parts.ts";

const GOOD = { messageType: "DATA_MESSAGE", ...ORIGIN, logEvents: [lineOf(1, "a line")] };

test("a delivery gives its lines and where they come from", (t) => {
  t.deepEqual(decodePayload(deliveryOf([lineOf(1, "a line")])), {
    messageType: "DATA_MESSAGE",
    ...ORIGIN,
    logEvents: [lineOf(1, "a line")],
  } as never);
});

test("a control message has no lines", (t) => {
  t.is(decodePayload(controlMessage()), undefined);
});

const gzip = (bytes: Buffer | string) => ({ awslogs: { data: gzipSync(bytes).toString("base64") } });
const whole = Buffer.from(packed(GOOD).awslogs.data, "base64");
const flipped = Buffer.from(whole);
flipped.writeUInt8(flipped.readUInt8(30) ^ 0xff, 30);

const UNREADABLE: Record<string, [event: unknown, reason: RegExp]> = {
  "no event": [undefined, /awslogs\.data is missing/],
  "another service's event": [{ Records: [] }, /awslogs\.data is missing/],
  "data that is no text": [{ awslogs: { data: 7 } }, /awslogs\.data is missing or is not text/],
  "empty data": [{ awslogs: { data: "" } }, /not readable as gzip/],
  "no base64": [{ awslogs: { data: "***" } }, /not readable as gzip/],
  "no gzip": [{ awslogs: { data: "aGVsbG8=" } }, /not readable as gzip/],
  "gzip with a flipped byte": [{ awslogs: { data: flipped.toString("base64") } }, /not readable as gzip|not JSON/],
  "gzip cut short": [{ awslogs: { data: whole.subarray(0, -9).toString("base64") } }, /not readable as gzip/],
  "gzip that unfolds to 65 MiB": [gzip(Buffer.alloc(65 * 1024 * 1024)), /not readable as gzip/],
  "no JSON": [gzip('{"messageType":'), /not JSON/],
  "JSON in broken UTF-8": [gzip(Buffer.from([0x7b, 0xff, 0xfe, 0x7d])), /not JSON/],
  "an unknown type of message": [
    packed({ ...GOOD, messageType: "OTHER" }),
    /not a message of CloudWatch Logs: messageType/,
  ],
  "no lines": [packed({ ...GOOD, logEvents: undefined }), /logEvents/],
  "a line without an id": [packed({ ...GOOD, logEvents: [{ ...lineOf(1, ""), id: "" }] }), /logEvents\.0\.id/],
  "an id that the domain refuses": [packed({ ...GOOD, logEvents: [{ ...lineOf(1, ""), id: "i".repeat(513) }] }), /id/],
  "a time after the year 9999": [packed({ ...GOOD, logEvents: [lineOf(1, "", 253_402_300_800_000)] }), /timestamp/],
  "a time that is no number": [packed({ ...GOOD, logEvents: [{ ...lineOf(1, ""), timestamp: "now" }] }), /timestamp/],
};

for (const [name, [event, reason]] of Object.entries(UNREADABLE)) {
  test(`unreadable: ${name}`, (t) => {
    t.throws(() => decodePayload(event), { instanceOf: PayloadError, message: reason });
  });
}

test("an unreadable delivery is set aside with its reason, and the invocation succeeds", async (t) => {
  const { queue, searchDomain, shipper } = await startShipper(t);
  for (const [event, reason] of Object.values(UNREADABLE)) {
    queue.empty();
    t.like(await shipper.ship(event, ENOUGH), { deadLetters: 1, created: 0 });
    t.regex(String(queue.letters[0]?.reason), reason);
  }
  t.deepEqual(searchDomain.requests, []);
});

test("broken UTF-8 inside a line costs its characters and not the line", async (t) => {
  const { searchDomain, shipper } = await startShipper(t);
  const json = Buffer.from(JSON.stringify({ ...GOOD, logEvents: [lineOf(1, "a?b")] }));
  json.writeUInt8(0xff, json.indexOf("a?b") + 1);

  await shipper.ship(gzip(json), ENOUGH);

  t.is(searchDomain.document(lineOf(1, "").id)?.msg, "a\ufffdb");
});

test("a line from the future stands in its own day", async (t) => {
  const { searchDomain, shipper } = await startShipper(t);

  await shipper.ship(deliveryOf([lineOf(1, "early", Date.parse("2999-12-31T23:00:00.000Z"))]), ENOUGH);

  t.deepEqual(searchDomain.indicesOf(lineOf(1, "").id), ["cwl-2999.12.31"]);
});
