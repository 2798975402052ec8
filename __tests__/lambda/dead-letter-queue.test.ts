import test from "ava";
import fc from "fast-check";
import { type RejectedDocument, rejectedDocument } from "../../lambda/log-shipper/dead-letters.ts";
import { anyCharacter } from "../any-character.ts";
import { Queue } from "./queue.ts";
import { AMPLE_TIME, patientQueue } from "./start-shipper.ts";

const rejection = (document: object) => ({
  entry: { index: "cwl-2026.03.01", id: "36", source: JSON.stringify(document) },
  reason: "400 mapper_parsing_exception",
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
