// Compares lines per second through the log shipper into OpenSearch with plain bulk requests of prepared bodies to the
// same node, and measures the shipper's CPU time.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { Batches } from "../../lambda/log-shipper/bulk.ts";
import { documentsByIndex } from "../../lambda/log-shipper/document.ts";
import { decodePayload } from "../../lambda/log-shipper/payload.ts";
import { OpenSearch, openSearchProblem } from "../../laptop/log-search/opensearch.ts";
import { OPENSEARCH } from "../../laptop/log-search/opensearch-files.ts";
import { benchmark, inRounds, median, ratio } from "./benchmark.ts";
import { deliveriesOf } from "./log-lines.ts";
import type { Shipped } from "./programs/shipper.ts";

/** About as many as CloudWatch Logs puts into a delivery of 1 MiB. */
const LINES_PER_DELIVERY = 2_500;

const { smoke, report } = benchmark(
  "bench:log-search",
  "Compares the log shipper with plain bulk requests to the same OpenSearch.",
);
/** One round of a variant. */
type Round = Pick<Shipped, "seconds"> & Partial<Shipped>;

const LINES = smoke ? LINES_PER_DELIVERY : 25_000;
const ROUNDS = smoke ? 0 : 3;

const missing = openSearchProblem(OPENSEARCH[2]);
if (missing !== undefined) {
  throw new Error(missing);
}
const deliveries = deliveriesOf(LINES, LINES_PER_DELIVERY);
const bodies = await bodiesOf(deliveries);
const engine = await OpenSearch.start(OPENSEARCH[2]);
const shipper = fork(join(import.meta.dirname, "programs/shipper.ts"), [engine.endpoint.href]);
try {
  // The warm-up round also puts the index template, which both variants then use.
  const measured = await inRounds<"shipped" | "plain", Round>(ROUNDS, {
    shipped: () => ship(shipper),
    plain: sendBodies,
  });
  const perSecond = ({ seconds }: Round) => LINES / seconds;
  const shipped = measured.shipped.map(perSecond);
  const plain = measured.plain.map(perSecond);
  report({
    "shipper lines.perSecond": median(shipped),
    "plain bulk lines.perSecond": median(plain),
    ratio: ratio(shipped, plain),
    "shipper CPU seconds per 100,000 lines":
      median(measured.shipped.map(({ cpuSeconds = Number.NaN }) => cpuSeconds)) * (100_000 / LINES),
  });
} finally {
  shipper.kill();
  await engine.stop();
}

/** Bodies of the bulk requests that the shipper sends for the deliveries. */
async function bodiesOf(events: readonly object[]): Promise<readonly string[]> {
  const result: string[] = [];
  for (const event of events) {
    const batch = await decodePayload(event);
    for (const documents of batch ? documentsByIndex(batch).values() : []) {
      const batches = new Batches(documents);
      for (let part = batches.next(); part; part = batches.next()) {
        result.push(part.body);
      }
    }
  }
  return result;
}

async function ship(program: ChildProcess): Promise<Shipped> {
  await empty();
  program.send(deliveries);
  const [shipped] = (await once(program, "message", { signal: ended(program) })) as [Shipped];
  if (shipped.created !== LINES) {
    throw new Error(`the shipper wrote ${shipped.created} of ${LINES} lines`);
  }
  return shipped;
}

/** Aborts when the program ends. */
function ended(program: ChildProcess): AbortSignal {
  const controller = new AbortController();
  program.once("exit", () => controller.abort(new Error("the shipper ended")));
  return controller.signal;
}

/** Sends the bodies one after the other, uncompressed. */
async function sendBodies(): Promise<Round> {
  await empty();
  const start = performance.now();
  for (const body of bodies) {
    const response = await send("POST", "/_bulk?filter_path=errors", body);
    if (response !== '{"errors":false}') {
      throw new Error(`a bulk request failed: ${response}`);
    }
  }
  return { seconds: (performance.now() - start) / 1000 };
}

/** Deletes all documents. */
async function empty(): Promise<void> {
  await send("DELETE", "/cwl-*");
}

async function send(method: string, path: string, body?: string): Promise<string> {
  const response = await fetch(new URL(path, engine.endpoint), {
    method,
    ...(body && { body, headers: { "content-type": "application/x-ndjson" } }),
  });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(`${method} ${path}: ${response.status} ${text}`);
  }
  return text;
}
