import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import test from "ava";
import { unzipSync } from "fflate";
import { writeBundle } from "../../../lambda/bundle.ts";
import { runHook } from "../../../lambda/smoke-test/hook.ts";
import { deadPort, standIn, startLike, startMonolith, startTable } from "../../service/surroundings.ts";
import { EVENT, startCodeDeploy } from "./code-deploy.ts";

const run = promisify(execFile);

// The function as Lambda gets it: bundled, in a process of its own, told everything by environment and event.
const folder = mkdtempSync(join(tmpdir(), "smoke-test-"));
test.before(() => {
  const zip = join(folder, "smoke-test.zip");
  writeBundle("smoke-test", zip);
  writeFileSync(join(folder, "index.js"), unzipSync(readFileSync(zip))["index.js"] ?? "");
});
test.after.always(() => rmSync(folder, { recursive: true }));

function invoke(origin: string, codeDeploy: string, milliseconds = 60_000) {
  const script = `require("./index.js").handler(${JSON.stringify(EVENT)}, { getRemainingTimeInMillis: () => ${milliseconds} })`;
  return run(process.execPath, ["--eval", script], {
    cwd: folder,
    env: {
      TEST_ORIGIN: origin,
      AWS_ENDPOINT_URL_CODEDEPLOY: codeDeploy,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    },
  });
}

const reported = (status: string) => ({
  deploymentId: EVENT.DeploymentId,
  lifecycleEventHookExecutionId: EVENT.LifecycleEventHookExecutionId,
  status,
});

test("a good green side is reported as Succeeded", async (t) => {
  const { endpoint, reports } = await startCodeDeploy(t);
  const { origin } = await startLike(t, await startMonolith(t, await startTable(t)));
  await invoke(origin, endpoint);
  t.deepEqual(reports, [reported("Succeeded")]);
});

test("a green side that is not there is reported as Failed, and the log says why", async (t) => {
  const { endpoint, reports } = await startCodeDeploy(t);
  const { stdout } = await invoke(`http://127.0.0.1:${await deadPort()}`, endpoint);
  t.deepEqual(reports, [reported("Failed")]);
  t.like(JSON.parse(stdout), { level: "error", deployment: EVENT.DeploymentId });
  t.regex(stdout, /ECONNREFUSED/);
});

test("a green side that never answers is reported as Failed before Lambda ends the function", async (t) => {
  const { endpoint, reports } = await startCodeDeploy(t);
  const { port } = await standIn(t, createServer());
  await invoke(`http://127.0.0.1:${port}`, endpoint, 5_500);
  t.deepEqual(reports, [reported("Failed")]);
});

test("a report that CodeDeploy does not take fails the function, so that somebody sees it", async (t) => {
  await t.throwsAsync(
    runHook(EVENT, 60_000, {
      test: async () => {},
      report: async () => {
        throw new Error("no such deployment");
      },
    }),
    { message: "no such deployment" },
  );
});

test("an origin that is none is refused by its name when the function starts", async (t) => {
  const { endpoint, reports } = await startCodeDeploy(t);
  await t.throwsAsync(invoke("load-balancer:8080", endpoint), { message: /TEST_ORIGIN is "load-balancer:8080"/ });
  t.deepEqual(reports, []);
});
