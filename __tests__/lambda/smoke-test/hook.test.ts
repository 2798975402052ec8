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
import { closedPort, listenWith, startLike, startMonolith, startTable } from "../../service/start-services.ts";
import { EVENT, startCodeDeploy } from "./code-deploy.ts";

const run = promisify(execFile);

// The bundled function in a separate process, as in Lambda.
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

test("a healthy task set is reported as Succeeded", async (t) => {
  const { endpoint, reports } = await startCodeDeploy(t);
  const { origin } = await startLike(t, await startMonolith(t, await startTable(t)));
  await invoke(origin, endpoint);
  t.deepEqual(reports, [reported("Succeeded")]);
});

test("an unreachable task set is reported as Failed, and the reason is logged", async (t) => {
  const { endpoint, reports } = await startCodeDeploy(t);
  const { stdout } = await invoke(`http://127.0.0.1:${await closedPort()}`, endpoint);
  t.deepEqual(reports, [reported("Failed")]);
  t.like(JSON.parse(stdout), { level: "error", deployment: EVENT.DeploymentId });
  t.regex(stdout, /ECONNREFUSED/);
});

test("a task set that never responds is reported as Failed before the function times out", async (t) => {
  const { endpoint, reports } = await startCodeDeploy(t);
  const { port } = await listenWith(t, createServer());
  await invoke(`http://127.0.0.1:${port}`, endpoint, 5_500);
  t.deepEqual(reports, [reported("Failed")]);
});

test("the function fails when CodeDeploy does not accept the report", async (t) => {
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

test("an invalid TEST_ORIGIN fails the function at startup with an error that names it", async (t) => {
  const { endpoint, reports } = await startCodeDeploy(t);
  await t.throwsAsync(invoke("load-balancer:8080", endpoint), { message: /TEST_ORIGIN is "load-balancer:8080"/ });
  t.deepEqual(reports, []);
});
