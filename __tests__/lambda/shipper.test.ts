import test, { type ExecutionContext } from "ava";
import type { Shipper } from "../../lambda/log-shipper/shipper.ts";
import { OPENSEARCH } from "../../laptop/log-search/opensearch-files.ts";
import { controlMessage, deliveryOf, lineOf, ORIGIN } from "./cloudwatch-logs.ts";
import { documentIn } from "./engine-responses.ts";
import type { Fault } from "./search-domain.ts";
import { AMPLE_TIME, SHORT_TIME, startShipper } from "./start-shipper.ts";

const LINES = deliveryOf([lineOf(1, '{"name":"like","level":30,"msg":"counted","v":0}'), lineOf(2, "plain")]);

test("writes each line under its id into the index of its day", async (t) => {
  const { searchDomain, shipper } = await startShipper(t);
  const beforeMidnight = lineOf(
    1,
    '{"name":"like","level":30,"msg":"late","v":0}',
    Date.parse("2026-02-28T23:59:59.999Z"),
  );
  const afterMidnight = lineOf(2, "plain text", Date.parse("2026-03-01T00:00:00.000Z"));

  const summary = await shipper.ship(deliveryOf([beforeMidnight, afterMidnight]), AMPLE_TIME);

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

test("a repeated delivery writes nothing twice", async (t) => {
  const { searchDomain, shipper } = await startShipper(t);
  await shipper.ship(LINES, AMPLE_TIME);

  const again = await shipper.ship(LINES, AMPLE_TIME);

  t.like(again, { created: 0, existing: 2, deadLetters: 0 });
  t.is(searchDomain.indices.get("cwl-2026.03.01")?.size, 2);
});

test("a control message and an empty batch cause no request to the domain", async (t) => {
  const { searchDomain, shipper } = await startShipper(t);

  t.like(await shipper.ship(controlMessage(), AMPLE_TIME), { events: 0 });
  t.like(await shipper.ship(deliveryOf([]), AMPLE_TIME), { events: 0 });

  t.deepEqual(searchDomain.requests, []);
});

for (const fault of ["refuse", "cut the response", "429", "503", "garbage", "red", "blocked", "half busy"] as const) {
  test(`retries after: ${fault}`, async (t) => {
    const { searchDomain, queue, shipper } = await startShipper(t);
    await shipper.ship(deliveryOf([lineOf(9, "warms up")]), AMPLE_TIME);
    searchDomain.faults = [fault, fault];

    const summary = await shipper.ship(LINES, AMPLE_TIME);

    t.is(summary.created + summary.existing, 2);
    t.true(summary.retried > 0);
    t.is(searchDomain.indices.get("cwl-2026.03.01")?.size, 3);
    t.deepEqual(queue.contents, []);
  });
}

for (const fault of ["refuse", "503", "red", "blocked", "silence"] as const satisfies readonly Fault[]) {
  test(`an invocation fails while the domain is down: ${fault}`, async (t) => {
    const { searchDomain, queue, shipper } = await startShipper(t);
    await shipper.ship(deliveryOf([lineOf(9, "warms up")]), AMPLE_TIME);
    searchDomain.outage = fault;

    await t.throwsAsync(shipper.ship(LINES, SHORT_TIME), { name: "UnavailableError", message: /2 of 2 documents/ });

    t.deepEqual(queue.contents, []);
    searchDomain.outage = undefined;
    await shipAgain(t, shipper);
  });
}

test("an invocation fails immediately when the domain does not allow writing", async (t) => {
  const { searchDomain, domain, newShipper } = await startShipper(t);
  await newShipper().ship(LINES, AMPLE_TIME);
  const { send } = domain;
  domain.send = async (request, limit) =>
    request.path === "/_bulk"
      ? { status: 403, body: '{"Message":"not authorized"}' }
      : send.call(domain, request, limit);

  await t.throwsAsync(newShipper().ship(LINES, AMPLE_TIME), { name: "RefusedError", message: /403.*not authorized/ });

  t.is(searchDomain.indicesOf(lineOf(1, "").id).length, 1);
});

test("a rejected document goes to the dead-letter queue with its reason, once, and the others are written", async (t) => {
  const { searchDomain, queue, shipper } = await startShipper(t);
  searchDomain.manualMappings = { requestId: { type: "long" } };
  const bad = lineOf(1, '{"name":"like","msg":"liked","requestId":"4e53920c"}');

  const summary = await shipper.ship(deliveryOf([bad, lineOf(2, "good")]), AMPLE_TIME);

  t.like(summary, { created: 1, retried: 0, deadLetters: 1 });
  t.deepEqual(searchDomain.indicesOf(bad.id), []);
  t.is(queue.contents.length, 1);
  t.like(queue.contents[0], {
    reason: `400 mapper_parsing_exception: failed to parse field [requestId] of type [long] in document with id '${bad.id}'. Preview of field's value: '4e53920c'`,
    index: "cwl-2026.03.01",
    id: bad.id,
    document: { requestId: "4e53920c", msg: "liked" },
  });
});

test("dead letters are sent last, so a repeated delivery has not sent them before", async (t) => {
  const { searchDomain, queue, shipper } = await startShipper(t);
  searchDomain.manualMappings = { requestId: { type: "long" } };
  const delivery = deliveryOf([lineOf(1, '{"requestId":"text"}'), lineOf(2, "always busy")]);
  await shipper.ship(deliveryOf([lineOf(9, "warms up")]), AMPLE_TIME);
  searchDomain.faults = ["half busy", ...Array<Fault>(10_000).fill("503")];

  await t.throwsAsync(shipper.ship(delivery, SHORT_TIME), { name: "UnavailableError", message: /1 of 2 documents/ });
  t.is(queue.contents.length, 0);

  searchDomain.faults = [];
  await shipper.ship(delivery, AMPLE_TIME);
  t.is(queue.contents.length, 1);
});

for (const [condition, fault] of Object.entries({
  "write block": documentIn("write block"),
  "flood stage": documentIn("flood stage"),
  "closed index": documentIn("closed index"),
  "limit of shards": documentIn("limit of shards"),
  "limit of shards of OpenSearch 3": documentIn("limit of shards", OPENSEARCH[3].version),
  "index that may not be created": documentIn("index that may not be created"),
  "primary shard without a node": documentIn("primary shard without a node"),
  "missing permission": {
    status: 403,
    error: { type: "security_exception", reason: "no permissions for [indices:data/write/bulk[s]]" },
  },
})) {
  test(`a domain-wide condition is retried and creates no dead letters: ${condition}`, async (t) => {
    const { searchDomain, queue, shipper } = await startShipper(t);
    await shipper.ship(deliveryOf([lineOf(9, "warms up")]), AMPLE_TIME);
    searchDomain.indexFaults.set("cwl-2026.03.01", fault);

    await t.throwsAsync(shipper.ship(LINES, SHORT_TIME), {
      name: "UnavailableError",
      message: /2 of 2 documents: /,
    });

    t.deepEqual(queue.contents, []);
    searchDomain.indexFaults.clear();
    await shipAgain(t, shipper);
  });
}

test("an index that cannot be written does not delay the lines of other days", async (t) => {
  const { searchDomain, shipper } = await startShipper(t);
  searchDomain.indexFaults.set("cwl-2026.02.28", documentIn("primary shard without a node"));
  const yesterday = lineOf(1, "late", Date.parse("2026-02-28T23:59:59.999Z"));
  const today = lineOf(2, "today", Date.parse("2026-03-01T00:00:00.000Z"));

  await t.throwsAsync(shipper.ship(deliveryOf([yesterday, today]), 20_000), { message: /1 of 2 documents/ });

  t.deepEqual(searchDomain.indicesOf(today.id), ["cwl-2026.03.01"]);
});

for (const fault of ["500", "drop", "one fails"] as const) {
  test(`an invocation fails when SQS does not accept a dead letter: ${fault}`, async (t) => {
    const { queue, shipper } = await startShipper(t);
    queue.faults = [fault, fault, fault];

    await t.throwsAsync(shipper.ship({ awslogs: { data: "no gzip" } }, AMPLE_TIME));

    queue.faults = [];
    t.like(await shipper.ship({ awslogs: { data: "no gzip" } }, AMPLE_TIME), { deadLetters: 1 });
    t.is(queue.contents.length, 1);
  });
}

test("a document above the domain's limit is found by halving and becomes a dead letter", async (t) => {
  const { searchDomain, queue, shipper } = await startShipper(t);
  searchDomain.maxContentLength = 20_000;
  const large = lineOf(5, "x".repeat(30_000));
  const small = Array.from({ length: 20 }, (_, number) => lineOf(100 + number, "y".repeat(1_000)));

  const summary = await shipper.ship(deliveryOf([...small.slice(0, 7), large, ...small.slice(7)]), AMPLE_TIME);

  t.like(summary, { created: 20, deadLetters: 1 });
  t.like(queue.contents[0], { id: large.id });
  t.regex(String(queue.contents[0]?.reason), /^413 /);
});

test("bulk requests stay within the limits of bytes and documents", async (t) => {
  const { searchDomain, shipper } = await startShipper(t);
  const long = Array.from({ length: 40 }, (_, number) => lineOf(number, `${number} ${"z".repeat(256 * 1024)}`));
  const short = Array.from({ length: 4_500 }, (_, number) => lineOf(1_000 + number, `line ${number}`));

  const summary = await shipper.ship(deliveryOf([...long, ...short]), 60_000);

  t.like(summary, { created: 4_540, deadLetters: 0 });
  t.is(searchDomain.indices.get("cwl-2026.03.01")?.size, 4_540);
  t.true(searchDomain.bulkSizes.every(({ bytes }) => bytes <= 4 * 1024 * 1024));
  t.true(searchDomain.bulkSizes.every(({ documents }) => documents <= 2_000));
  t.true(searchDomain.bulkSizes.length < 8, "no more requests than the limits require");
});

test("requests share one persistent connection", async (t) => {
  const { searchDomain, shipper } = await startShipper(t);

  for (let round = 0; round < 5; round += 1) {
    await shipper.ship(LINES, AMPLE_TIME);
  }

  t.is(searchDomain.connections, 1);
});

/** Repeats a delivery after a failure. A request that the deadline cut short may have been carried out. */
async function shipAgain(t: ExecutionContext, shipper: Shipper): Promise<void> {
  const { created, existing, deadLetters } = await shipper.ship(LINES, AMPLE_TIME);
  t.deepEqual([created + existing, deadLetters], [2, 0]);
}
