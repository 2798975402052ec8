import test from "ava";
import { controlMessage, deliveryOf, lineOf, ORIGIN } from "./cloudwatch-logs.ts";
import { ENOUGH, LITTLE, startShipper } from "./parts.ts";
import type { Fault } from "./search-domain.ts";

const LINES = deliveryOf([lineOf(1, '{"name":"like","level":30,"msg":"counted","v":0}'), lineOf(2, "plain")]);

test("writes each line, under its id, into the index of its own day", async (t) => {
  const { searchDomain, shipper } = await startShipper(t);
  const beforeMidnight = lineOf(
    1,
    '{"name":"like","level":30,"msg":"late","v":0}',
    Date.parse("2026-02-28T23:59:59.999Z"),
  );
  const afterMidnight = lineOf(2, "plain text", Date.parse("2026-03-01T00:00:00.000Z"));

  const summary = await shipper.ship(deliveryOf([beforeMidnight, afterMidnight]), ENOUGH);

  t.deepEqual(summary, { events: 2, created: 2, existing: 0, retried: 0, deadLetters: 0 });
  const origin = { "@owner": ORIGIN.owner, "@log_group": ORIGIN.logGroup, "@log_stream": ORIGIN.logStream };
  t.deepEqual(searchDomain.indices.get("cwl-2026.02.28")?.get(beforeMidnight.id), {
    ...origin,
    "@timestamp": "2026-02-28T23:59:59.999Z",
    "@id": beforeMidnight.id,
    name: "like",
    level: 30,
    msg: "late",
    v: 0,
  });
  t.deepEqual(searchDomain.indices.get("cwl-2026.03.01")?.get(afterMidnight.id), {
    ...origin,
    "@timestamp": "2026-03-01T00:00:00.000Z",
    "@id": afterMidnight.id,
    msg: "plain text",
  });
  t.deepEqual(searchDomain.wrongSignatures, []);
});

test("a delivery that comes again doubles nothing", async (t) => {
  const { searchDomain, shipper } = await startShipper(t);
  await shipper.ship(LINES, ENOUGH);

  const again = await shipper.ship(LINES, ENOUGH);

  t.like(again, { created: 0, existing: 2, deadLetters: 0 });
  t.is(searchDomain.indices.get("cwl-2026.03.01")?.size, 2);
});

test("a control message and an empty batch do not trouble the domain", async (t) => {
  const { searchDomain, shipper } = await startShipper(t);

  t.like(await shipper.ship(controlMessage(), ENOUGH), { events: 0 });
  t.like(await shipper.ship(deliveryOf([]), ENOUGH), { events: 0 });

  t.deepEqual(searchDomain.requests, []);
});

for (const fault of ["refuse", "cut the answer", "429", "503", "garbage", "red", "blocked", "half busy"] as const) {
  test(`tries again after: ${fault}`, async (t) => {
    const { searchDomain, queue, shipper } = await startShipper(t);
    await shipper.ship(deliveryOf([lineOf(9, "warms up")]), ENOUGH);
    searchDomain.faults = [fault, fault];

    const summary = await shipper.ship(LINES, ENOUGH);

    t.is(summary.created + summary.existing, 2);
    t.true(summary.retried > 0);
    t.is(searchDomain.indices.get("cwl-2026.03.01")?.size, 3);
    t.deepEqual(queue.letters, []);
  });
}

for (const fault of ["refuse", "503", "red", "blocked", "silence"] as const satisfies readonly Fault[]) {
  test(`an invocation fails while the domain is down: ${fault}`, async (t) => {
    const { searchDomain, queue, shipper } = await startShipper(t);
    await shipper.ship(deliveryOf([lineOf(9, "warms up")]), ENOUGH);
    searchDomain.outage = fault;

    await t.throwsAsync(shipper.ship(LINES, LITTLE), { name: "UnavailableError", message: /2 of 2 documents/ });

    t.deepEqual(queue.letters, []);
    searchDomain.outage = undefined;
    t.like(await shipper.ship(LINES, ENOUGH), { created: 2 });
  });
}

test("an invocation fails at once when the domain forbids writing", async (t) => {
  const { searchDomain, domain, newShipper } = await startShipper(t);
  await newShipper().ship(LINES, ENOUGH);
  const { send } = domain;
  domain.send = async (request, limit) =>
    request.path === "/_bulk"
      ? { status: 403, body: '{"Message":"not authorized"}' }
      : send.call(domain, request, limit);

  await t.throwsAsync(newShipper().ship(LINES, ENOUGH), { name: "RefusedError", message: /403.*not authorized/ });

  t.is(searchDomain.indicesOf(lineOf(1, "").id).length, 1);
});

test("a rejected document goes to the dead-letter queue with its reason, once, and the others are written", async (t) => {
  const { searchDomain, queue, shipper } = await startShipper(t);
  searchDomain.handMadeMappings = { requestId: { type: "long" } };
  const bad = lineOf(1, '{"name":"like","msg":"liked","requestId":"4e53920c"}');

  const summary = await shipper.ship(deliveryOf([bad, lineOf(2, "good")]), ENOUGH);

  t.like(summary, { created: 1, retried: 0, deadLetters: 1 });
  t.deepEqual(searchDomain.indicesOf(bad.id), []);
  t.is(queue.letters.length, 1);
  t.like(queue.letters[0], {
    reason: "400 mapper_parsing_exception: failed to parse field [requestId] of type [long]: not a long",
    index: "cwl-2026.03.01",
    id: bad.id,
    document: { requestId: "4e53920c", msg: "liked" },
  });
});

test("dead letters are kept back until everything else is settled, so a delivery that comes again has sent none", async (t) => {
  const { searchDomain, queue, shipper } = await startShipper(t);
  searchDomain.handMadeMappings = { requestId: { type: "long" } };
  const delivery = deliveryOf([lineOf(1, '{"requestId":"text"}'), lineOf(2, "busy for ever")]);
  await shipper.ship(deliveryOf([lineOf(9, "warms up")]), ENOUGH);
  searchDomain.faults = ["half busy", ...Array<Fault>(10_000).fill("503")];

  await t.throwsAsync(shipper.ship(delivery, LITTLE), { name: "UnavailableError", message: /1 of 2 documents/ });
  t.is(queue.letters.length, 0);

  searchDomain.faults = [];
  await shipper.ship(delivery, ENOUGH);
  t.is(queue.letters.length, 1);
});

for (const fault of ["500", "drop", "one fails"] as const) {
  test(`an invocation fails when SQS does not take a dead letter: ${fault}`, async (t) => {
    const { queue, shipper } = await startShipper(t);
    queue.faults = [fault, fault, fault];

    await t.throwsAsync(shipper.ship({ awslogs: { data: "no gzip" } }, ENOUGH));

    queue.faults = [];
    t.like(await shipper.ship({ awslogs: { data: "no gzip" } }, ENOUGH), { deadLetters: 1 });
    t.is(queue.letters.length, 1);
  });
}

test("a document above the domain's own limit is found by halving and set aside", async (t) => {
  const { searchDomain, queue, shipper } = await startShipper(t);
  searchDomain.maxContentLength = 20_000;
  const large = lineOf(5, "x".repeat(30_000));
  const small = Array.from({ length: 20 }, (_, number) => lineOf(100 + number, "y".repeat(1_000)));

  const summary = await shipper.ship(deliveryOf([...small.slice(0, 7), large, ...small.slice(7)]), ENOUGH);

  t.like(summary, { created: 20, deadLetters: 1 });
  t.like(queue.letters[0], { id: large.id });
  t.regex(String(queue.letters[0]?.reason), /^413 /);
});

test("bulk requests keep to their limits of bytes and documents", async (t) => {
  const { searchDomain, shipper } = await startShipper(t);
  const long = Array.from({ length: 40 }, (_, number) => lineOf(number, `${number} ${"z".repeat(256 * 1024)}`));
  const short = Array.from({ length: 4_500 }, (_, number) => lineOf(1_000 + number, `line ${number}`));

  const summary = await shipper.ship(deliveryOf([...long, ...short]), 60_000);

  t.like(summary, { created: 4_540, deadLetters: 0 });
  t.is(searchDomain.indices.get("cwl-2026.03.01")?.size, 4_540);
  t.true(searchDomain.bulkSizes.every(({ bytes }) => bytes <= 4 * 1024 * 1024));
  t.true(searchDomain.bulkSizes.every(({ documents }) => documents <= 2_000));
  t.true(searchDomain.bulkSizes.length < 8, "no more requests than the limits ask for");
});

test("requests share one kept connection", async (t) => {
  const { searchDomain, shipper } = await startShipper(t);

  for (let round = 0; round < 5; round += 1) {
    await shipper.ship(LINES, ENOUGH);
  }

  t.is(searchDomain.connections, 1);
});
