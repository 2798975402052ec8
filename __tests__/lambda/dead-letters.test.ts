import test from "ava";
import fc from "fast-check";
import {
  DeadLetterQueue,
  decodeLetter,
  documentLetter,
  encodeLetter,
  eventLetter,
  MAX_MESSAGE_BYTES,
} from "../../lambda/log-shipper/dead-letters.ts";
import { Queue } from "./queue.ts";
import { CREDENTIALS, REGION } from "./signature.ts";

const rejection = (document: object) => ({
  entry: { index: "cwl-2026.03.01", id: "36", source: JSON.stringify(document) },
  reason: "400 mapper_parsing_exception",
});

test("a letter comes back as it was", (t) => {
  const letter = documentLetter(rejection({ msg: "line", level: 30, extra: ["a=1"] }));
  t.deepEqual(decodeLetter(encodeLetter(letter)), letter);
  const event = eventLetter({ awslogs: { data: "no gzip" } }, "not readable");
  t.deepEqual(decodeLetter(encodeLetter(event)), event);
});

test("a whole delivery that Lambda itself gave up is a letter too", (t) => {
  const body = '{"awslogs":{"data":"H4sI"}}';
  t.like(decodeLetter(body), { event: body });
});

for (const body of ["", "text", "{}", "[]", "null", '{"reason":"a","id":1}']) {
  test(`no letter: ${JSON.stringify(body)}`, (t) => {
    t.is(decodeLetter(body), undefined);
  });
}

test("a letter too large for a message is cut, says so, and can still be read", (t) => {
  const document = {
    msg: "ü".repeat(200_000),
    level: 30,
    extra: Array.from({ length: 50_000 }, (_, n) => `field${n}=1`),
  };
  const message = encodeLetter(documentLetter(rejection(document)));

  t.true(Buffer.byteLength(message) <= MAX_MESSAGE_BYTES);
  const { truncated } = JSON.parse(message);
  t.regex(truncated, /texts over \d+ characters and lists over \d+ entries were cut/);
  t.like(decodeLetter(message), { id: "36", document: { level: 30 } });
});

test("a huge unreadable delivery is cut", (t) => {
  const message = encodeLetter(eventLetter({ awslogs: { data: "A".repeat(1_000_000) } }, "not readable as gzip"));
  t.true(Buffer.byteLength(message) <= MAX_MESSAGE_BYTES);
  t.true(Buffer.byteLength(message) > MAX_MESSAGE_BYTES / 4, "most of what fits is kept");
  t.regex(JSON.parse(message).truncated, /were cut to fit/);
});

test("property: SQS takes every letter, whatever characters and sizes, and gives it back", async (t) => {
  const queue = new Queue();
  const url = await queue.listen();
  t.teardown(() => queue.close());
  const deadLetters = new DeadLetterQueue(url, REGION, CREDENTIALS);
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("\u0000\u0008\uFFFE\uFFFF", "\ud800", "x".repeat(100_000), "ü\u0001".repeat(90_000)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(text, { maxLength: 25 }), async (texts) => {
      queue.empty();
      await deadLetters.send(texts.map((msg) => documentLetter(rejection({ msg }))));
      t.is(queue.messages.length, texts.length);
      const whole = queue.letters.filter((letter) => letter.truncated === undefined);
      const kept = whole.map(({ document }) => (document as { msg: string }).msg);
      t.deepEqual(kept.sort(), texts.filter((msg) => kept.includes(msg)).sort());
    }),
    { numRuns: 40 },
  );
  t.deepEqual(queue.wrongSignatures, []);
});
