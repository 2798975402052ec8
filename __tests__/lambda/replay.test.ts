import { execFile } from "node:child_process";
import { promisify } from "node:util";
import test from "ava";
import { replay } from "../../lambda/log-shipper/replay.ts";
import { BARE_ENVIRONMENT } from "../bare-environment.ts";
import { deliveryOf, lineOf } from "./cloudwatch-logs.ts";
import { documentIn } from "./engine-responses.ts";
import { CREDENTIALS, REGION } from "./signature.ts";
import { AMPLE_TIME, startShipper } from "./start-shipper.ts";

const BAD_MAPPING = { requestId: { type: "long" } } as const;
const REJECTED = Array.from({ length: 25 }, (_, number) => lineOf(number, `{"msg":"${number}","requestId":"CoCo"}`));

test("after the mapping is fixed, the rejected documents are written and their messages deleted", async (t) => {
  const { searchDomain, queue, sqs, queueUrl, domain, shipper } = await startShipper(t);
  searchDomain.manualMappings = BAD_MAPPING;
  await shipper.ship(deliveryOf(REJECTED), AMPLE_TIME);
  t.is(queue.contents.length, 25);
  searchDomain.manualMappings = {};

  const result = await replay({ sqs, queueUrl, domain, dryRun: false });

  t.deepEqual(result, { read: 25, accepted: 25, remaining: new Map() });
  t.is(queue.messages.length, 0);
  t.true(REJECTED.every(({ id }) => searchDomain.indicesOf(id).length === 1));
});

test("a message whose document is rejected again stays in the queue, visible immediately, and its reason is counted", async (t) => {
  const { searchDomain, queue, sqs, queueUrl, domain, shipper } = await startShipper(t);
  searchDomain.manualMappings = BAD_MAPPING;
  await shipper.ship(deliveryOf(REJECTED), AMPLE_TIME);
  queue.put(JSON.stringify(deliveryOf([lineOf(99, "given up by Lambda")])));
  queue.put('{"from":"another program"}');

  const result = await replay({ sqs, queueUrl, domain, dryRun: false });

  t.like(result, { read: 27, accepted: 1 });
  t.deepEqual(
    [...result.remaining],
    [
      ["400 mapper_parsing_exception: failed to parse field [requestId] of type [long]", 25],
      ["not a dead letter of the log shipper", 1],
    ],
  );
  t.is(searchDomain.document(lineOf(99, "").id)?.msg, "given up by Lambda");
  t.is(queue.messages.length, 2, "25 dead letters in one message, and another program's");
  t.true(queue.messages.every(({ hiddenUntil }) => hiddenUntil <= Date.now()));
});

test("a message keeps only the dead letters that are rejected again", async (t) => {
  const { searchDomain, queue, sqs, queueUrl, domain, shipper } = await startShipper(t);
  searchDomain.manualMappings = { requestId: { type: "long" }, traceId: { type: "long" } };
  const [stays, goes] = [lineOf(1, '{"requestId":"CoCo"}'), lineOf(2, '{"traceId":"1-a"}')];
  await shipper.ship(deliveryOf([stays, goes]), AMPLE_TIME);
  searchDomain.manualMappings = BAD_MAPPING;

  t.like(await replay({ sqs, queueUrl, domain, dryRun: false }), { read: 2, accepted: 1 });

  t.deepEqual(
    queue.contents.map(({ id }) => id),
    [stays.id],
  );
  t.true(
    queue.messages.every(({ hiddenUntil }) => hiddenUntil <= Date.now()),
    "the new message is visible",
  );
  t.is(searchDomain.indicesOf(goes.id).length, 1);
});

test("a replay skips an index that cannot be written, and can run again", async (t) => {
  const { searchDomain, queue, sqs, queueUrl, domain } = await startShipper(t);
  const closed = lineOf(1, "closed", Date.parse("2026-02-28T12:00:00.000Z"));
  queue.put(JSON.stringify(deliveryOf([closed])));
  queue.put(JSON.stringify(deliveryOf([lineOf(2, "open")])));
  searchDomain.indexFaults.set("cwl-2026.02.28", documentIn("closed index"));

  const first = await replay({ sqs, queueUrl, domain, dryRun: false, writeLimit: 5_000 });

  t.like(first, { read: 2, accepted: 1 });
  t.regex([...first.remaining.keys()].join(), /^cwl-2026\.02\.28: .*400 index_closed_exception/);
  searchDomain.indexFaults.clear();
  t.like(await replay({ sqs, queueUrl, domain, dryRun: false }), { read: 1, accepted: 1 });
  t.is(queue.messages.length, 0);
});

test("a delivery with a document that is still rejected stays in the queue, and its other documents are written once", async (t) => {
  const { searchDomain, queue, sqs, queueUrl, domain } = await startShipper(t);
  searchDomain.manualMappings = BAD_MAPPING;
  queue.put(JSON.stringify(deliveryOf([lineOf(1, "good"), lineOf(2, '{"requestId":"CoCo"}')])));

  t.like(await replay({ sqs, queueUrl, domain, dryRun: false }), { read: 1, accepted: 0 });
  t.is(queue.messages.length, 1);
  searchDomain.manualMappings = {};
  t.like(await replay({ sqs, queueUrl, domain, dryRun: false }), { read: 1, accepted: 1 });

  t.is(queue.messages.length, 0);
  t.deepEqual(
    [1, 2].map((number) => searchDomain.indicesOf(lineOf(number, "").id).length),
    [1, 1],
  );
});

test("a replay skips messages that it cannot read", async (t) => {
  const { searchDomain, queue, sqs, queueUrl, domain } = await startShipper(t);
  const letter = { reason: "400", index: "cwl-2026.03.01", id: "1", document: { msg: "good" } };
  const nested = JSON.stringify({ ...letter, document: {} }).replace(
    "{}",
    `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
  );
  const unreadable = [
    "",
    "[]",
    '{"deadLetters":7}',
    `{"deadLetters":[${nested}]}`,
    '{"awslogs":{"data":"H4sI"}}',
    '{"awslogs":{}}',
  ];
  for (const body of [...unreadable, JSON.stringify({ deadLetters: [letter, { reason: "gzip", event: "null" }] })]) {
    queue.put(body);
  }

  const { read, accepted } = await replay({ sqs, queueUrl, domain, dryRun: false });

  t.deepEqual([read, accepted], [8, 1]);
  t.is(searchDomain.document("1")?.msg, "good");
  t.is(queue.messages.length, 7);
  t.like(await replay({ sqs, queueUrl, domain, dryRun: false }), { read: 7, accepted: 0 });
});

test("a dry run changes neither the domain nor the queue", async (t) => {
  const { searchDomain, queue, sqs, queueUrl, domain } = await startShipper(t);
  queue.put(JSON.stringify(deliveryOf([lineOf(1, "a line")])));
  queue.put(JSON.stringify({ deadLetters: [{ reason: "not valid gzip", event: '{"awslogs":{"data":"aGVsbG8="}}' }] }));
  const cut = { reason: "not valid gzip", event: '{"awslogs":{"da', truncated: "cut to fit" };
  queue.put(JSON.stringify({ deadLetters: [cut] }));

  const result = await replay({ sqs, queueUrl, domain, dryRun: true });

  t.like(result, { read: 3, accepted: 1 });
  t.regex(
    [...result.remaining.keys()].join(),
    /^unreadable delivery: not valid gzip.*,unreadable delivery, stored only in part$/,
  );
  t.deepEqual(searchDomain.requests, []);
  t.true(queue.messages.every(({ hiddenUntil }) => hiddenUntil <= Date.now()));
});

test("messages become visible again when the domain does not allow writing", async (t) => {
  const { queue, sqs, queueUrl, domain } = await startShipper(t);
  queue.put(JSON.stringify(deliveryOf([lineOf(1, "a line")])));
  domain.send = async () => ({ status: 403, body: "not authorized" });

  await t.throwsAsync(replay({ sqs, queueUrl, domain, dryRun: false }), { name: "RefusedError" });

  t.true(queue.messages.every(({ hiddenUntil }) => hiddenUntil <= Date.now()));
});

const run = promisify(execFile);
const command = new URL("../../tools/replay/main.ts", import.meta.url).pathname;
const environment = {
  ...BARE_ENVIRONMENT,
  AWS_REGION: REGION,
  AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  AWS_SESSION_TOKEN: CREDENTIALS.sessionToken,
};

test("the command uses the caller's credentials and reports the result", async (t) => {
  const { queue, queueUrl, endpoint, searchDomain } = await startShipper(t);
  queue.put(JSON.stringify(deliveryOf([lineOf(1, "a line")])));

  const { stdout } = await run(process.execPath, [command, "--queue", queueUrl, "--endpoint", endpoint.href], {
    env: environment,
  });

  t.is(stdout, "accepted and deleted: 1 of 1 dead letters\n");
  t.is(searchDomain.indicesOf(lineOf(1, "").id).length, 1);
  t.is(queue.messages.length, 0);
});

test("the command names an invalid option", async (t) => {
  const failed = await t.throwsAsync(
    run(process.execPath, [command, "--queue", "https://sqs/q", "--endpoint", "http://search.example.com"], {
      env: environment,
    }),
  );
  t.regex(failed.message, /--endpoint <url>' argument 'http:\/\/search\.example\.com' is invalid\. expected a URL/);
});
