import { copyFileSync, createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { CloudWatchLogsClient, CreateLogGroupCommand, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { ExecutionContext } from "ava";
import { ROOT } from "../../../tools/deploy/synth.ts";
import { terraformProblem } from "../../../tools/deploy/terraform.ts";
import { motoProblem, startEmulator } from "../../../tools/emulator/emulator.ts";
import { EMULATED_ACCOUNT } from "../../../tools/emulator/environment.ts";
import { testNeeding } from "../../needs.ts";
import { clientSettings, s3Of } from "../emulator/clients.ts";
import { ARTIFACTS, deploy, summaryOf } from "./cli.ts";

// Real Terraform against the emulator: what remains of an environment whose other stacks are gone.

const test = testNeeding(terraformProblem, motoProblem);

const Bucket = "mysfits-emulator-state-123456789012";
const GROUP = "/mysfits-emulator/forgotten";

const MADE_UP = "leftover";
const MADE_UP_FILE = join(ROOT, ".bootstrap", `${MADE_UP}.tfstate`);

test("a command without a state bucket says what is left", async (t) => {
  t.timeout(60 * 1000, "starts three commands");
  const emulator = await startEmulator();
  t.teardown(emulator.stop);
  const environment = { ...madeUpEnvironment(t), MYSFITS_SET: `emulator=${emulator.endpoint}` };
  const run = async (log: string, ...args: readonly string[]) => {
    const { code, output } = await deploy([...args, "--auto-approve"], environment, { log });
    t.is(code, 1);
    return output;
  };
  const missing = `the state bucket mysfits-${MADE_UP}-state-${EMULATED_ACCOUNT} does not exist`;
  t.is(await run("destroy-nothing", "destroy"), `${missing}, so nothing is deployed\n`);
  t.is(await run("destroy-no-state", "destroy", "state"), `${missing}, so nothing is deployed\n`);

  mkdirSync(dirname(MADE_UP_FILE), { recursive: true });
  writeFileSync(MADE_UP_FILE, JSON.stringify({ arn: "arn:aws:kms:us-east-1:999999999999:key/1" }));
  t.teardown(() => rmSync(MADE_UP_FILE));
  t.is(
    await run("destroy-rest", "destroy"),
    `${missing}, so only its stack is left: npm run destroy state deletes the rest of it\n`,
  );
  const foreign = "is left from a bootstrap in account 999999999999 and us-east-1: finish it with these settings, or";
  for (const command of [["destroy", "state"], ["bootstrap"]]) {
    const output = await run(`${command[0]}-foreign`, ...command);
    t.true(output.includes(`${MADE_UP_FILE} ${foreign} delete the file if nothing is left there\n`), output);
  }
});

/** Settings of an environment that exists nowhere else, so that no local file of a real one is touched. */
function madeUpEnvironment(t: ExecutionContext) {
  const folder = mkdtempSync(join(tmpdir(), "settings-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  copyFileSync(join(ROOT, "settings/emulator.yaml"), join(folder, `${MADE_UP}.yaml`));
  return { MYSFITS_SETTINGS: folder, MYSFITS_ENV: MADE_UP };
}

test("a stack is destroyed although its code reads outputs that no longer exist, and a state that is not one is named", async (t) => {
  t.timeout(5 * 60 * 1000, "two commands with Terraform");
  mkdirSync(ARTIFACTS, { recursive: true });
  const log = createWriteStream(join(ARTIFACTS, "destroy-emulator.log"));
  const emulator = await startEmulator({ log });
  t.teardown(async () => {
    await emulator.stop();
    log.end();
  });
  const s3 = s3Of(emulator);
  const logs = new CloudWatchLogsClient(clientSettings(emulator));
  const environment = { MYSFITS_ENV: "emulator", MYSFITS_SET: `emulator=${emulator.endpoint}` };
  const destroy = (log: string) => deploy(["destroy", "platform", "--auto-approve"], environment, { log });
  const putState = (stack: string, state: object) =>
    s3.send(new PutObjectCommand({ Bucket, Key: `emulator/${stack}.tfstate`, Body: JSON.stringify(state) }));
  await s3.send(new CreateBucketCommand({ Bucket }));

  await logs.send(new CreateLogGroupCommand({ logGroupName: GROUP }));
  await putState("network", stateWith([]));
  await putState("platform", stateWith([LOG_GROUP]));
  const { code, output } = await destroy("destroy-without-upstream");
  t.is(code, 0, output);
  t.regex(output, /^platform reads outputs of network that do not exist: it is destroyed from its state$/m);
  t.deepEqual(summaryOf(output), { platform: "0 to add, 0 to change, 1 to destroy" });
  t.deepEqual((await logs.send(new DescribeLogGroupsCommand())).logGroups, []);

  await putState("platform", { version: 4 });
  const corrupt = await destroy("destroy-corrupt-state");
  t.is(corrupt.code, 1);
  t.regex(
    corrupt.output,
    /^s3:\/\/\S+\/emulator\/platform\.tfstate is not a Terraform state: restore an earlier version of it$/m,
  );
});

function stateWith(resources: readonly object[]): object {
  return { version: 4, terraform_version: "1.10.0", serial: 1, lineage: "no-such-lineage", outputs: {}, resources };
}

const LOG_GROUP = {
  mode: "managed",
  type: "aws_cloudwatch_log_group",
  name: "forgotten",
  provider: 'provider["registry.terraform.io/hashicorp/aws"]',
  instances: [{ schema_version: 0, attributes: { id: GROUP, name: GROUP } }],
};
