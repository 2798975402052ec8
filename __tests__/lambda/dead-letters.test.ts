import test from "ava";
import fc from "fast-check";
import {
  type DeadLetter,
  decodeMessage,
  encodeMessages,
  entryOf,
  MAX_MESSAGE_BYTES,
  type RejectedDocument,
  rejectedDocument,
  unreadableDelivery,
} from "../../lambda/log-shipper/dead-letters.ts";
import { anyCharacter } from "../any-character.ts";
import { Queue } from "./queue.ts";
import { AMPLE_TIME, patientQueue } from "./start-shipper.ts";

const rejection = (document: object) => ({
  entry: { index: "cwl-2026.03.01", id: "36", source: JSON.stringify(document) },
  reason: "400 mapper_parsing_exception",
});

/** The single message that these dead letters fit into. */
function messageOf(...deadLetters: DeadLetter[]): string {
  const messages = [...encodeMessages(deadLetters)];
  return messages.length === 1 ? (messages[0]?.body ?? "") : "";
}

test("a dead letter survives encoding and decoding", (t) => {
  const document = rejectedDocument(rejection({ msg: "line", level: 30, extra: ["a=1"] }));
  t.deepEqual(decodeMessage(messageOf(document)), [document]);
  const delivery = unreadableDelivery({ awslogs: { data: "no gzip" } }, "not valid");
  t.deepEqual(decodeMessage(messageOf(delivery, document)), [delivery, document]);
});

test("a whole delivery that Lambda gave up is a dead letter too", (t) => {
  const body = '{"awslogs":{"data":"H4sI"}}';
  t.like(decodeMessage(body)?.[0], { event: body });
});

for (const body of ["", "text", "{}", "[]", "null", '{"reason":"a","id":1}']) {
  test(`not a dead letter: ${JSON.stringify(body)}`, (t) => {
    t.is(decodeMessage(body), undefined);
  });
}

test("a dead letter that is too large for a message is cut, says so, and can still be decoded", (t) => {
  const document = {
    msg: "ü".repeat(200_000),
    level: 30,
    extra: Array.from({ length: 50_000 }, (_, n) => `field${n}=1`),
  };
  const message = messageOf(rejectedDocument(rejection(document)));

  t.true(Buffer.byteLength(message) <= MAX_MESSAGE_BYTES);
  const [deadLetter] = decodeMessage(message) as [RejectedDocument];
  t.regex(deadLetter.truncated ?? "", /strings over \d+ characters and lists over \d+ entries were cut/);
  t.like(deadLetter, { id: "36", document: { level: 30 } });
  t.regex(
    JSON.parse(entryOf(deadLetter).source)["@truncated"],
    /^dead letter: strings over/,
    "a replayed document says so",
  );
});

test("a huge unreadable delivery is cut", (t) => {
  const message = messageOf(unreadableDelivery({ awslogs: { data: "A".repeat(1_000_000) } }, "not valid gzip"));
  t.true(Buffer.byteLength(message) <= MAX_MESSAGE_BYTES);
  t.true(Buffer.byteLength(message) > MAX_MESSAGE_BYTES / 4, "most of what fits is kept");
  t.regex(decodeMessage(message)?.[0]?.truncated ?? "", /were cut to fit/);
});

test("property: SQS accepts and returns every dead letter, with any characters and of any size", async (t) => {
  const queue = new Queue();
  const url = await queue.listen();
  t.teardown(() => queue.close());
  const deadLetters = patientQueue(url);
  const text = fc.oneof(
    fc.string({ unit: anyCharacter }),
    fc.constantFrom("\u0000\u0008\uFFFE\uFFFF", "\ud800", "x".repeat(100_000), "ü\u0001".repeat(90_000)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(text, { maxLength: 25 }), async (texts) => {
      queue.empty();
      await deadLetters.send(
        texts.map((msg, number) => ({ ...rejectedDocument(rejection({ msg })), id: String(number) })),
        AMPLE_TIME,
      );
      t.is(queue.contents.length, texts.length);
      const whole = queue.contents.filter((content) => content.truncated === undefined);
      const kept = whole.map(({ document }) => (document as { msg: string }).msg);
      t.deepEqual(kept.sort(), texts.filter((msg) => kept.includes(msg)).sort());
    }),
    { numRuns: 40 },
  );
  t.deepEqual(queue.wrongSignatures, []);
});

test("dead letters share messages, so thousands take a few calls", async (t) => {
  const queue = new Queue();
  const deadLetters = patientQueue(await queue.listen());
  t.teardown(() => queue.close());

  await deadLetters.send(letters(3_000), AMPLE_TIME);

  t.is(queue.contents.length, 3_000);
  t.true(queue.messages.length < 6);
});

test("sending stops when its time runs out", async (t) => {
  const queue = new Queue();
  const deadLetters = patientQueue(await queue.listen());
  t.teardown(() => queue.close());
  queue.faults = Array(200).fill("silence");

  await t.throwsAsync(deadLetters.send(letters(20), 1_000), { message: /no time was left for more messages$/ });

  t.deepEqual(queue.contents, []);
});

test("a redelivery continues where sending stopped", async (t) => {
  const queue = new Queue();
  const deadLetters = patientQueue(await queue.listen());
  t.teardown(() => queue.close());
  const many = letters(20, "x".repeat(200_000));
  queue.faults = [...Array(8).fill("none"), ...Array(200).fill("drop")];

  await t.throwsAsync(deadLetters.send(many, AMPLE_TIME), { message: /did not accept everything/ });
  const before = queue.contents.map(({ id }) => id);
  t.is(before.length, 8);
  queue.faults = [];
  await deadLetters.send(many, AMPLE_TIME);

  const ids = queue.contents.map(({ id }) => id);
  t.is(new Set(ids).size, 20);
  t.is(ids.length, 20, "none is sent twice");
  await deadLetters.send(many.slice(0, 1), AMPLE_TIME);
  t.is(queue.contents.length, ids.length + 1, "a complete send is not remembered");
});

function letters(count: number, msg = "a line"): RejectedDocument[] {
  return Array.from({ length: count }, (_, number) => ({
    ...rejectedDocument(rejection({ msg })),
    id: `id-${number}`,
  }));
}
