import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import test from "ava";
import { unzipSync } from "fflate";
import { bundle, writeBundle } from "../../lambda/bundle.ts";
import { BARE_ENVIRONMENT } from "../bare-environment.ts";
import { ProjectCopy } from "../project-copy.ts";
import { deliveryOf, lineOf } from "./cloudwatch-logs.ts";
import { CREDENTIALS, REGION } from "./signature.ts";
import { startShipper } from "./start-shipper.ts";

const bundleModule = new URL("../../lambda/bundle.ts", import.meta.url).href;
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "log-shipper-"));
test.after.always(() => rmSync(folder, { recursive: true }));

test("the bundle does not depend on the time zone or the working directory", async (t) => {
  const other = join(folder, "other.zip");
  const script = `const { bundle } = await import(${JSON.stringify(bundleModule)}); process.getBuiltinModule("fs").writeFileSync(${JSON.stringify(other)}, bundle("log-shipper"));`;
  await run(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: folder,
    env: { ...BARE_ENVIRONMENT, TZ: "Pacific/Auckland" },
  });
  t.deepEqual(readFileSync(other), Buffer.from(bundle("log-shipper")));
});

test("the bundle is the same if node_modules is a link, as in a preview", async (t) => {
  const copy = new ProjectCopy(t);
  const script = `const { bundle } = await import("./lambda/bundle.ts"); process.getBuiltinModule("fs").writeFileSync("linked.zip", bundle("log-shipper"));`;
  await copy.run("node", ["--input-type=module", "--eval", script]);
  t.deepEqual(readFileSync(join(copy.folder, "linked.zip")), Buffer.from(bundle("log-shipper")));
});

test("a cached package has the same bytes as a new bundle, and its hash", (t) => {
  const cached = join(folder, "here", "cached.zip");
  const hash = writeBundle("log-shipper", cached);
  t.deepEqual(readFileSync(cached), Buffer.from(bundle("log-shipper")));
  t.is(hash, createHash("sha256").update(readFileSync(cached)).digest("base64"));
});

test("without a cache in node_modules, packages are made anew, and the provider needs another folder", async (t) => {
  const copy = new ProjectCopy(t, { withPackages: false });
  linkPackages(copy.folder);
  writeFileSync(join(copy.folder, "node_modules/.cache"), "");
  const script = `const { writeBundle } = await import("./lambda/bundle.ts"); writeBundle("log-shipper", "uncached.zip");`;
  await copy.run("node", ["--input-type=module", "--eval", script]);
  t.deepEqual(readFileSync(join(copy.folder, "uncached.zip")), Buffer.from(bundle("log-shipper")));

  const init = `const { init } = await import("./tools/deploy/terraform.ts"); await init({ name: "network", directory: "." });`;
  await t.throwsAsync(copy.run("node", ["--input-type=module", "--eval", init], { TF_PLUGIN_CACHE_DIR: undefined }), {
    message:
      /the folder of Terraform's providers \(TF_PLUGIN_CACHE_DIR\) is .*\.cache\/terraform-plugins: expected a folder that can be written to: ENOTDIR/,
  });
});

test("the package contains one file of less than 1 MB", (t) => {
  const zip = join(folder, "size.zip");
  writeBundle("log-shipper", zip);
  const files = unzipSync(readFileSync(zip));
  t.deepEqual(Object.keys(files), ["index.js"]);
  t.true((files["index.js"]?.byteLength ?? Number.POSITIVE_INFINITY) < 1_000_000);
});

test("the bundle ships a delivery and a dead letter in a plain Node.js process", async (t) => {
  const { searchDomain, queue, endpoint, queueUrl } = await startShipper(t);
  searchDomain.manualMappings = { requestId: { type: "long" } };
  const zip = join(folder, "run.zip");
  writeBundle("log-shipper", zip);
  writeFileSync(join(folder, "index.js"), unzipSync(readFileSync(zip))["index.js"] ?? "");
  const event = deliveryOf([lineOf(1, "good"), lineOf(2, '{"requestId":"CoCo"}')]);
  const script = `require("./index.js").handler(${JSON.stringify(event)}, { functionName: "shipper", getRemainingTimeInMillis: () => 20000 })`;

  const { stdout } = await run(process.execPath, ["--eval", script], {
    cwd: folder,
    env: {
      AWS_LAMBDA_FUNCTION_NAME: "mysfits-workshop-log-shipper",
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
  t.like(queue.contents[0], { id: lineOf(2, "").id });
  const metrics = JSON.parse(stdout);
  t.like(metrics, { FunctionName: "shipper", Events: 2, DocumentsCreated: 1, DocumentsExisting: 0, DeadLetters: 1 });
  for (const { Name } of metrics._aws.CloudWatchMetrics[0].Metrics) {
    t.is(typeof metrics[Name], "number");
  }
});

/** Links the installed packages into a folder, one by one. */
function linkPackages(to: string): void {
  const from = join(import.meta.dirname, "../../node_modules");
  mkdirSync(join(to, "node_modules"));
  for (const name of readdirSync(from).filter((name) => name !== ".cache")) {
    symlinkSync(join(from, name), join(to, "node_modules", name));
  }
}
