import test from "ava";
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

test("a whole delivery that Lambda gave up on is a dead letter too", (t) => {
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
