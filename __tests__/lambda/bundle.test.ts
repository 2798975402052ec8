import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import test from "ava";
import { unzipSync } from "fflate";
import { bundle, writeBundle } from "../../lambda/bundle.ts";
import { deliveryOf, lineOf } from "./cloudwatch-logs.ts";
import { startShipper } from "./parts.ts";
import { CREDENTIALS, REGION } from "./signature.ts";

const bundleModule = new URL("../../lambda/bundle.ts", import.meta.url).href;
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "log-shipper-"));
test.after.always(() => rmSync(folder, { recursive: true }));

test("two bundles are the same bytes, whatever the time zone and the working directory", async (t) => {
  const other = join(folder, "other.zip");
  const script = `const { bundle } = await import(${JSON.stringify(bundleModule)}); process.getBuiltinModule("fs").writeFileSync(${JSON.stringify(other)}, bundle("log-shipper"));`;
  await run(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: folder,
    env: { PATH: process.env.PATH, TZ: "Pacific/Auckland" },
  });
  t.deepEqual(readFileSync(other), Buffer.from(bundle("log-shipper")));
});

test("what is kept of an unchanged source is what its bundle would be, under its own hash", (t) => {
  const kept = join(folder, "here", "kept.zip");
  const hash = writeBundle("log-shipper", kept);
  t.deepEqual(readFileSync(kept), Buffer.from(bundle("log-shipper")));
  t.is(hash, createHash("sha256").update(readFileSync(kept)).digest("base64"));
});

test("the bundle stays below its limit and holds one file", (t) => {
  const zip = join(folder, "size.zip");
  writeBundle("log-shipper", zip);
  const files = unzipSync(readFileSync(zip));
  t.deepEqual(Object.keys(files), ["index.js"]);
  t.true((files["index.js"]?.byteLength ?? Number.POSITIVE_INFINITY) < 1_000_000);
});

test("the bundle ships a delivery and a dead letter in a plain node process", async (t) => {
  const { searchDomain, queue, endpoint, queueUrl } = await startShipper(t);
  searchDomain.handMadeMappings = { requestId: { type: "long" } };
  const zip = join(folder, "run.zip");
  writeBundle("log-shipper", zip);
  writeFileSync(join(folder, "index.js"), unzipSync(readFileSync(zip))["index.js"] ?? "");
  const event = deliveryOf([lineOf(1, "good"), lineOf(2, '{"requestId":"CoCo"}')]);
  const script = `require("./index.js").handler(${JSON.stringify(event)}, { functionName: "shipper", getRemainingTimeInMillis: () => 20000 })`;

  const { stdout } = await run(process.execPath, ["--eval", script], {
    cwd: folder,
    env: {
      SEARCH_ENDPOINT: endpoint.href,
      SEARCH_ENGINE: "OpenSearch_2.19",
      DEAD_LETTER_QUEUE_URL: queueUrl,
      RETENTION_DAYS: "14",
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      AWS_SESSION_TOKEN: CREDENTIALS.sessionToken,
    },
  });

  t.is(searchDomain.document(lineOf(1, "").id)?.msg, "good");
  t.like(queue.letters[0], { id: lineOf(2, "").id });
  const metrics = JSON.parse(stdout);
  t.like(metrics, { FunctionName: "shipper", Events: 2, DocumentsCreated: 1, DocumentsExisting: 0, DeadLetters: 1 });
  for (const { Name } of metrics._aws.CloudWatchMetrics[0].Metrics) {
    t.is(typeof metrics[Name], "number");
  }
});
