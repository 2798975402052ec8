import { execFile } from "node:child_process";
import { promisify } from "node:util";
import test from "ava";
import { replay } from "../../lambda/log-shipper/replay.ts";
import { deliveryOf, lineOf } from "./cloudwatch-logs.ts";
import { ENOUGH, startShipper } from "./parts.ts";
import { CREDENTIALS, REGION } from "./signature.ts";

const BAD_MAPPING = { requestId: { type: "long" } } as const;
const REJECTED = Array.from({ length: 25 }, (_, number) => lineOf(number, `{"msg":"${number}","requestId":"CoCo"}`));

test("after the mapping was put right, the rejected documents are written and their letters are gone", async (t) => {
  const { searchDomain, queue, sqs, queueUrl, domain, shipper } = await startShipper(t);
  searchDomain.handMadeMappings = BAD_MAPPING;
  await shipper.ship(deliveryOf(REJECTED), ENOUGH);
  t.is(queue.messages.length, 25);
  searchDomain.handMadeMappings = {};

  const result = await replay({ sqs, queueUrl, domain, dryRun: false });

  t.deepEqual(result, { read: 25, accepted: 25, remaining: new Map() });
  t.is(queue.messages.length, 0);
  t.true(REJECTED.every(({ id }) => searchDomain.indicesOf(id).length === 1));
});

test("what the domain rejects again stays, visible at once, with its reason counted", async (t) => {
  const { searchDomain, queue, sqs, queueUrl, domain, shipper } = await startShipper(t);
  searchDomain.handMadeMappings = BAD_MAPPING;
  await shipper.ship(deliveryOf(REJECTED), ENOUGH);
  queue.put(JSON.stringify(deliveryOf([lineOf(99, "given up by Lambda")])));
  queue.put("not ours");

  const result = await replay({ sqs, queueUrl, domain, dryRun: false });

  t.like(result, { read: 27, accepted: 1 });
  t.deepEqual(
    [...result.remaining],
    [
      ["400 mapper_parsing_exception: failed to parse field [requestId] of type [long]: not a long", 25],
      ["not a dead letter of the log shipper", 1],
    ],
  );
  t.is(searchDomain.document(lineOf(99, "").id)?.msg, "given up by Lambda");
  t.is(queue.messages.length, 26);
  t.true(queue.messages.every(({ hiddenUntil }) => hiddenUntil <= Date.now()));
});

test("a delivery with one document that is still rejected stays whole, and its others are written once", async (t) => {
  const { searchDomain, queue, sqs, queueUrl, domain } = await startShipper(t);
  searchDomain.handMadeMappings = BAD_MAPPING;
  queue.put(JSON.stringify(deliveryOf([lineOf(1, "good"), lineOf(2, '{"requestId":"CoCo"}')])));

  t.like(await replay({ sqs, queueUrl, domain, dryRun: false }), { read: 1, accepted: 0 });
  t.is(queue.messages.length, 1);
  searchDomain.handMadeMappings = {};
  t.like(await replay({ sqs, queueUrl, domain, dryRun: false }), { read: 1, accepted: 1 });

  t.is(queue.messages.length, 0);
  t.deepEqual(
    [1, 2].map((number) => searchDomain.indicesOf(lineOf(number, "").id).length),
    [1, 1],
  );
});

test("a dry run touches neither the domain nor the queue", async (t) => {
  const { searchDomain, queue, sqs, queueUrl, domain } = await startShipper(t);
  queue.put(JSON.stringify(deliveryOf([lineOf(1, "a line")])));
  queue.put(JSON.stringify({ reason: "not readable as gzip", event: '{"awslogs":{"data":"aGVsbG8="}}' }));

  queue.put(JSON.stringify({ reason: "not readable as gzip", event: '{"awslogs":{"da', truncated: "cut to fit" }));

  const result = await replay({ sqs, queueUrl, domain, dryRun: true });

  t.like(result, { read: 3, accepted: 1 });
  t.regex(
    [...result.remaining.keys()].join(),
    /^unreadable delivery: not readable as gzip.*,unreadable delivery, of which only a part was kept$/,
  );
  t.deepEqual(searchDomain.requests, []);
  t.true(queue.messages.every(({ hiddenUntil }) => hiddenUntil <= Date.now()));
});

test("letters are visible again when the domain forbids writing", async (t) => {
  const { queue, sqs, queueUrl, domain } = await startShipper(t);
  queue.put(JSON.stringify(deliveryOf([lineOf(1, "a line")])));
  domain.send = async () => ({ status: 403, body: "not authorized" });

  await t.throwsAsync(replay({ sqs, queueUrl, domain, dryRun: false }), { name: "RefusedError" });

  t.true(queue.messages.every(({ hiddenUntil }) => hiddenUntil <= Date.now()));
});

const run = promisify(execFile);
const command = new URL("../../lambda/log-shipper/replay.ts", import.meta.url).pathname;
const environment = {
  PATH: process.env.PATH,
  AWS_REGION: REGION,
  AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  AWS_SESSION_TOKEN: CREDENTIALS.sessionToken,
};

test("as a command, it takes the caller's credentials and says what it did", async (t) => {
  const { queue, queueUrl, endpoint, searchDomain } = await startShipper(t);
  queue.put(JSON.stringify(deliveryOf([lineOf(1, "a line")])));

  const { stdout } = await run(process.execPath, [command, "--queue", queueUrl, "--endpoint", endpoint.href], {
    env: environment,
  });

  t.is(stdout, "accepted and deleted: 1 of 1 letters\n");
  t.is(searchDomain.indicesOf(lineOf(1, "").id).length, 1);
  t.is(queue.messages.length, 0);
});

test("as a command, it names a wrong option", async (t) => {
  const failed = await t.throwsAsync(
    run(process.execPath, [command, "--queue", "https://sqs/q", "--endpoint", "http://search.example.com"], {
      env: environment,
    }),
  );
  t.regex(
    failed.message,
    /--endpoint <url>' argument 'http:\/\/search\.example\.com' is invalid\. expected an address/,
  );
});
