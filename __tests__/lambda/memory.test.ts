import { spawn } from "node:child_process";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import test from "ava";
import type { LogEvent } from "../../lambda/log-shipper/payload.ts";
import { deliveryOf, lineOf } from "./cloudwatch-logs.ts";
import type { Fault } from "./search-domain.ts";
import { startShipper } from "./start-shipper.ts";

const SHIP = join(import.meta.dirname, "programs/ship.ts");

/** Of the function's 512 MiB. The default process needs about 90 of them. */
const MEMORY_LIMIT = 300;

/** Largest event of CloudWatch Logs, in bytes. */
const LARGEST = 1_048_576;

/**
 * Lines of one delivery. A subscription's filter usually delivers about 1 MiB, but only the compressed size is limited: an
 * invocation's event has at most 6 MB, and dozens of the longest lines fit into it if they are repetitive.
 */
const LINES = 50;

/** Node.js as Lambda starts it in a function of 512 MiB. */
const FLAGS = ["--max-old-space-size=460", "--max-semi-space-size=25"];

const array = (key: string, item: string, before = "") => {
  const open = `{${before}"${key}":[`;
  const count = Math.floor((LARGEST - open.length - 2) / (item.length + 1));
  return `${open}${Array(count).fill(item).join(",")}]}`;
};

const TEXT = "x".repeat(LARGEST);

for (const [kind, line] of Object.entries({
  text: TEXT,
  "array under a short key": array("a", "1"),
  "array under a long key": array("k".repeat(45), "1"),
  "array of long integers": array("ids", "12345678901234567890"),
  "array of short integers, after a long one": array("ids", "1", '"id":12345678901234567890,'),
  "long key of an object": `{"${"k".repeat(200_000)}":{${Array.from({ length: 60_000 }, (_, n) => `"${n}":1`).join(",")}}}`,
})) {
  test.serial(`the longest lines fit into the function's memory: ${kind}`, async (t) => {
    const { searchDomain, queue, endpoint, queueUrl } = await startShipper(t);

    const { created, deadLetters, mebibytes } = await ship(
      Array.from({ length: LINES }, (_, n) => lineOf(n, line)),
      endpoint,
      queueUrl,
    );

    t.deepEqual([created, deadLetters], [LINES, 0]);
    t.is(searchDomain.indices.get("cwl-2026.03.01")?.size, LINES);
    t.deepEqual(queue.contents, []);
    t.true(mebibytes < MEMORY_LIMIT, `${mebibytes} MiB`);
    t.log(`${mebibytes.toFixed(0)} MiB`);
  });
}

test.serial("a delivery of 150 MiB fits into the function's memory", async (t) => {
  const { searchDomain, queue, endpoint, queueUrl } = await startShipper(t);
  const events = Array.from({ length: 3 * LINES }, (_, n) => lineOf(n, TEXT));

  const { created, deadLetters, mebibytes } = await ship(events, endpoint, queueUrl);

  t.deepEqual([created, deadLetters], [events.length, 0]);
  t.is(searchDomain.indices.get("cwl-2026.03.01")?.size, events.length);
  t.deepEqual(queue.contents, []);
  t.true(mebibytes < MEMORY_LIMIT, `${mebibytes} MiB`);
  t.log(`${mebibytes.toFixed(0)} MiB`);
});

test.serial("the longest lines fit into the function's memory even if the domain rejects them", async (t) => {
  const { searchDomain, queue, endpoint, queueUrl } = await startShipper(t);
  searchDomain.manualMappings = { requestId: { type: "long" } };
  const start = '{"requestId":"CoCo","msg":"';
  const line = `${start}${"x".repeat(LARGEST - start.length - 2)}"}`;

  const { created, deadLetters, mebibytes } = await ship(
    Array.from({ length: LINES }, (_, n) => lineOf(n, line)),
    endpoint,
    queueUrl,
  );

  t.deepEqual([created, deadLetters], [0, LINES]);
  t.is(new Set(queue.contents.map(({ id }) => id)).size, LINES);
  t.true(mebibytes < MEMORY_LIMIT, `${mebibytes} MiB`);
  t.log(`${mebibytes.toFixed(0)} MiB`);
});

test.serial("the longest lines fit into the function's memory while each waits for its day's index", async (t) => {
  const { searchDomain, queue, endpoint, queueUrl } = await startShipper(t);
  const first = Date.parse("2026-03-01T12:00:00.000Z");
  const events = Array.from({ length: LINES }, (_, n) => lineOf(n, TEXT, first + n * 86_400_000));
  // Some faults for the requests before the first line, and one for each day's first request.
  searchDomain.faults = Array<Fault>(LINES + 5).fill("red");

  const { created, retried, deadLetters, mebibytes } = await ship(events, endpoint, queueUrl);

  t.deepEqual([created, deadLetters], [LINES, 0]);
  t.true(retried >= LINES);
  t.is(searchDomain.indices.size, LINES);
  t.deepEqual(queue.contents, []);
  t.true(mebibytes < MEMORY_LIMIT, `${mebibytes} MiB`);
  t.log(`${mebibytes.toFixed(0)} MiB`);
});

/** Ships a delivery in a process like the function's. */
async function ship(events: readonly LogEvent[], endpoint: URL, queueUrl: string) {
  const child = spawn(process.execPath, [...FLAGS, SHIP, endpoint.href, queueUrl], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(JSON.stringify(deliveryOf(events)));
  return (await json(child.stdout)) as { created: number; retried: number; deadLetters: number; mebibytes: number };
}
