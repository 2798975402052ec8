// Measures how fast the log shipper turns lines into bulk request bodies on one core, the size of its bundle, and the time
// that a fresh process takes to load it.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { writeBundle } from "../../lambda/bundle.ts";
import { Batches } from "../../lambda/log-shipper/bulk.ts";
import { documentsByIndex } from "../../lambda/log-shipper/document.ts";
import { decodePayload } from "../../lambda/log-shipper/payload.ts";
import { benchmark, median } from "./benchmark.ts";
import { deliveriesOf, LINE_LENGTH } from "./log-lines.ts";

const LINES_PER_DELIVERY = 3_000;

const { smoke, report } = benchmark(
  "bench:log-shipper",
  "Measures the log shipper's speed, bundle size, and load time.",
);
const SECONDS = smoke ? 0.2 : 5;
const LOADS = smoke ? 1 : 15;

const [delivery] = deliveriesOf(LINES_PER_DELIVERY, LINES_PER_DELIVERY);

await transform(delivery, SECONDS / 5);
const perSecond = await transform(delivery, SECONDS);
const folder = mkdtempSync(join(tmpdir(), "mysfits-bench-"));
try {
  const zip = join(folder, "bundle.zip");
  writeBundle("log-shipper", zip);
  const code = unzipSync(readFileSync(zip))["index.js"] as Uint8Array;
  const file = join(folder, "index.js");
  writeFileSync(file, code);
  report({
    "events.perSecond": perSecond,
    "bundle bytes": code.byteLength,
    "zip bytes": readFileSync(zip).byteLength,
    "load ms": median(Array.from({ length: LOADS }, () => loadTime(file))),
  });
} finally {
  rmSync(folder, { recursive: true });
}

/** Events per second from a delivery to the request bodies. */
async function transform(event: unknown, seconds: number): Promise<number> {
  const start = performance.now();
  let count = 0;
  let bytes = 0;
  while (performance.now() - start < seconds * 1000) {
    const batch = await decodePayload(event);
    if (!batch) {
      throw new Error("the benchmark made a delivery without lines");
    }
    for (const documents of documentsByIndex(batch).values()) {
      const batches = new Batches(documents);
      for (let part = batches.next(); part; part = batches.next()) {
        bytes += part.body.length;
      }
    }
    count += batch.logEvents.length;
  }
  if (bytes < count * LINE_LENGTH) {
    throw new Error(`${count} events became only ${bytes} bytes`);
  }
  return (count * 1000) / (performance.now() - start);
}

/** Milliseconds that a new process takes to load a file. */
function loadTime(file: string): number {
  const script = `const start = performance.now(); require(${JSON.stringify(file)}); console.log(performance.now() - start);`;
  const env = {
    AWS_LAMBDA_FUNCTION_NAME: "mysfits-bench-log-shipper",
    SEARCH_ENDPOINT: "http://127.0.0.1:1",
    SEARCH_ENGINE: "OpenSearch_2.19",
    DEAD_LETTER_QUEUE_URL: "http://127.0.0.1:1/queue",
    RETENTION_DAYS: "14",
    AWS_REGION: "us-west-2",
    AWS_ACCESS_KEY_ID: "key",
    AWS_SECRET_ACCESS_KEY: "secret",
  };
  return Number(execFileSync(process.execPath, ["--eval", script], { env, encoding: "utf8" }));
}
