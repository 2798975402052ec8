/*
 * How fast the log shipper turns lines into the bodies of bulk requests on one core, how large its bundle is, and how
 * long a fresh process takes to load it. Run with: node bench/log-shipper.ts
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { unzipSync } from "fflate";
import { writeBundle } from "../lambda/bundle.ts";
import { bulkBody, cut } from "../lambda/log-shipper/bulk.ts";
import { documentsOf } from "../lambda/log-shipper/document.ts";
import { decodePayload } from "../lambda/log-shipper/payload.ts";

const LINE_BYTES = 300;
const LINES_PER_DELIVERY = 3_000;
const SECONDS = 5;
const LOADS = 15;

const events = Array.from({ length: LINES_PER_DELIVERY }, (_, number) => ({
  id: String(number).padStart(56, "3"),
  timestamp: Date.parse("2026-03-01T12:00:00.000Z") + number,
  message: lineOf(number),
}));
const delivery = {
  awslogs: {
    data: gzipSync(
      JSON.stringify({
        messageType: "DATA_MESSAGE",
        owner: "123456789012",
        logGroup: "/mysfits/like",
        logStream: "like/like/0f1e2d3c",
        subscriptionFilters: ["log-shipper"],
        logEvents: events,
      }),
    ).toString("base64"),
  },
};

transform(delivery, SECONDS / 5);
const whole = transform(delivery, SECONDS);
console.log(`base64, gzip, JSON, documents, bulk bodies: ${thousands(whole)} events/s of ${LINE_BYTES} bytes`);
console.log(`aim of 50,000 events/s: ${(whole / 50_000).toFixed(1)} times`);

const folder = mkdtempSync(join(tmpdir(), "log-shipper-bench-"));
try {
  const zip = join(folder, "bundle.zip");
  writeBundle("log-shipper", zip);
  const code = unzipSync(readFileSync(zip))["index.js"] as Uint8Array;
  const file = join(folder, "index.js");
  writeFileSync(file, code);
  const loads = Array.from({ length: LOADS }, () => loadTime(file)).sort((a, b) => a - b);
  console.log(`bundle: ${thousands(code.byteLength)} bytes, zipped ${thousands(readFileSync(zip).byteLength)} bytes`);
  console.log(
    `import in a fresh process: median ${loads[LOADS >> 1]?.toFixed(1)} ms, of ${LOADS}: ${loads[0]?.toFixed(1)} to ${loads.at(-1)?.toFixed(1)} ms`,
  );
} finally {
  rmSync(folder, { recursive: true });
}

/** Events per second from a delivery, as it comes, to the bodies that would be sent. */
function transform(event: unknown, seconds: number): number {
  const start = performance.now();
  let count = 0;
  let bytes = 0;
  while (performance.now() - start < seconds * 1000) {
    const batch = decodePayload(event);
    if (!batch) {
      throw new Error("the bench made a delivery without lines");
    }
    for (const part of cut(documentsOf(batch))) {
      bytes += bulkBody(part).length;
    }
    count += batch.logEvents.length;
  }
  if (bytes < count * LINE_BYTES) {
    throw new Error(`${count} events came out as only ${bytes} bytes`);
  }
  return (count * 1000) / (performance.now() - start);
}

/** A line as the like service writes it, of the length that the figure is for. */
function lineOf(number: number): string {
  const line = {
    name: "like",
    hostname: "ip-10-0-1-23.us-west-2.compute.internal",
    pid: 7,
    level: 30,
    requestId: `${number}`.padStart(36, "0"),
    method: "POST",
    status: 200,
    durationMs: number / 7,
    attempt: 1,
    msg: "",
    time: "2026-03-01T12:00:00.000Z",
    v: 0,
  };
  const rest = LINE_BYTES - JSON.stringify(line).length;
  return JSON.stringify({ ...line, msg: "liked ".repeat(50).slice(0, rest) });
}

/** Milliseconds that a process started for this alone takes to load a file. */
function loadTime(file: string): number {
  const script = `const start = performance.now(); require(${JSON.stringify(file)}); console.log(performance.now() - start);`;
  const env = {
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

function thousands(count: number): string {
  return Math.round(count).toLocaleString("en");
}
