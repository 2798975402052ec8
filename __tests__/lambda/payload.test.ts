import { gzipSync } from "node:zlib";
import test from "ava";
import fc from "fast-check";
import { decodePayload, PayloadError } from "../../lambda/log-shipper/payload.ts";
import { anyCharacter } from "../any-character.ts";
import { controlMessage, deliveryOf, encodeEvent, lineOf, ORIGIN } from "./cloudwatch-logs.ts";
import { AMPLE_TIME, startShipper } from "./start-shipper.ts";

const GOOD = { messageType: "DATA_MESSAGE", ...ORIGIN, logEvents: [lineOf(1, "a line")] };

test("decodes the lines of a delivery and their origin", async (t) => {
  const lines = [lineOf(1, "a line"), lineOf(2, '{"msg":"a \\"quote\\", [brackets} and \\\\"}')];

  const { logEvents = [], ...origin } = (await decodePayload(deliveryOf(lines))) ?? {};

  t.deepEqual(origin as object, ORIGIN);
  t.deepEqual(
    logEvents.map(({ id, timestamp, message }) => ({ id, timestamp, message })),
    lines,
  );
});

test("property: the layout of the JSON does not change the lines", async (t) => {
  const text = fc.oneof(fc.string({ unit: anyCharacter }), fc.json(), fc.stringMatching(/^["\\\\,[\]{}: ]*$/));
  await fc.assert(
    fc.asyncProperty(
      fc.array(text, { maxLength: 5 }),
      fc.jsonValue(),
      fc.shuffledSubarray(Object.keys(GOOD), { minLength: Object.keys(GOOD).length }),
      fc.nat(2),
      async (messages, other, names, indent) => {
        const logEvents = messages.map((message, number) => lineOf(number, message));
        const content = { ...GOOD, logEvents };
        const members = names.map((name) => [name, content[name as keyof typeof content]]);
        const json = JSON.stringify({ other, ...Object.fromEntries(members) }, undefined, indent);

        const decoded = await decodePayload(gzip(Buffer.from(json)));

        t.deepEqual(
          decoded?.logEvents.map(({ id, timestamp, message }) => ({ id, timestamp, message })),
          (JSON.parse(json) as typeof content).logEvents,
        );
      },
    ),
  );
});

test("a control message has no lines", async (t) => {
  t.is(await decodePayload(controlMessage()), undefined);
});

const gzip = (bytes: Buffer | string) => ({ awslogs: { data: gzipSync(bytes).toString("base64") } });
const whole = Buffer.from(encodeEvent(GOOD).awslogs.data, "base64");
const flipped = Buffer.from(whole);
flipped.writeUInt8(flipped.readUInt8(30) ^ 0xff, 30);

const UNREADABLE: Record<string, [event: unknown, reason: RegExp]> = {
  "no event": [undefined, /awslogs\.data is missing/],
  "another service's event": [{ Records: [] }, /awslogs\.data is missing/],
  "data that is not a string": [{ awslogs: { data: 7 } }, /awslogs\.data is missing or is not a string/],
  "empty data": [{ awslogs: { data: "" } }, /not valid gzip/],
  "data that is not base64": [{ awslogs: { data: "***" } }, /not valid gzip/],
  "data that is not gzip": [{ awslogs: { data: "aGVsbG8=" } }, /not valid gzip/],
  "gzip with a flipped byte": [{ awslogs: { data: flipped.toString("base64") } }, /not valid gzip|not valid JSON/],
  "truncated gzip": [{ awslogs: { data: whole.subarray(0, -9).toString("base64") } }, /not valid gzip/],
  "gzip that decompresses to 65 MiB without a line": [gzip(Buffer.alloc(65 * 1024 * 1024)), /more than 10485760 bytes/],
  "a comma too many": [gzip(JSON.stringify(GOOD).replace("}]", "},]")), /not valid JSON/],
  "text after the JSON": [gzip(`${JSON.stringify(GOOD)}]`), /not valid JSON/],
  "a bracket that does not match": [gzip(JSON.stringify(GOOD).replace("}]", "]]")), /not valid JSON/],
  "lines given twice": [
    gzip(JSON.stringify(GOOD).replace(/}$/, `,"logEvents":${JSON.stringify(GOOD.logEvents)}}`)),
    /logEvents/,
  ],
  "incomplete JSON": [gzip('{"messageType":'), /not valid JSON/],
  "JSON in invalid UTF-8": [gzip(Buffer.from([0x7b, 0xff, 0xfe, 0x7d])), /not valid JSON/],
  "an unknown message type": [
    encodeEvent({ ...GOOD, messageType: "OTHER" }),
    /not a message of CloudWatch Logs: messageType/,
  ],
  "no lines": [encodeEvent({ ...GOOD, logEvents: undefined }), /logEvents/],
  "a line without an id": [encodeEvent({ ...GOOD, logEvents: [{ ...lineOf(1, ""), id: "" }] }), /logEvents\.0\.id/],
  "an id that is too long for the domain": [
    encodeEvent({ ...GOOD, logEvents: [{ ...lineOf(1, ""), id: "i".repeat(513) }] }),
    /id/,
  ],
  "a time after the year 9999": [
    encodeEvent({ ...GOOD, logEvents: [lineOf(1, "", 253_402_300_800_000)] }),
    /timestamp/,
  ],
  "a time that is not a number": [
    encodeEvent({ ...GOOD, logEvents: [{ ...lineOf(1, ""), timestamp: "now" }] }),
    /timestamp/,
  ],
};

for (const [name, [event, reason]] of Object.entries(UNREADABLE)) {
  test(`unreadable: ${name}`, async (t) => {
    await t.throwsAsync(decodePayload(event), { instanceOf: PayloadError, message: reason });
  });
}

test("an unreadable delivery goes to the dead-letter queue with its reason, and the invocation succeeds", async (t) => {
  const { queue, searchDomain, shipper } = await startShipper(t);
  for (const [event, reason] of Object.values(UNREADABLE)) {
    queue.empty();
    t.like(await shipper.ship(event, AMPLE_TIME), { deadLetters: 1, created: 0 });
    t.regex(String(queue.contents[0]?.reason), reason);
  }
  t.deepEqual(searchDomain.requests, []);
});

test("invalid UTF-8 in a line loses the affected characters, not the line", async (t) => {
  const { searchDomain, shipper } = await startShipper(t);
  const json = Buffer.from(JSON.stringify({ ...GOOD, logEvents: [lineOf(1, "a?b")] }));
  json.writeUInt8(0xff, json.indexOf("a?b") + 1);

  await shipper.ship(gzip(json), AMPLE_TIME);

  t.is(searchDomain.document(lineOf(1, "").id)?.msg, "a\ufffdb");
});

test("a line with a future time goes to the index of that day", async (t) => {
  const { searchDomain, shipper } = await startShipper(t);

  await shipper.ship(deliveryOf([lineOf(1, "early", Date.parse("2999-12-31T23:00:00.000Z"))]), AMPLE_TIME);

  t.deepEqual(searchDomain.indicesOf(lineOf(1, "").id), ["cwl-2999.12.31"]);
});
