import { createWriteStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import { CloudWatchLogsClient, CreateLogGroupCommand, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
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

test("without a state bucket, there is nothing to destroy", async (t) => {
  const emulator = await startEmulator();
  t.teardown(emulator.stop);
  const environment = {
    MYSFITS_ENV: "workshop", // the other tests may have a local file with the state of "emulator"
    MYSFITS_SET: `emulator=${emulator.endpoint}; account=${EMULATED_ACCOUNT}`,
    CDKTF_OUTDIR: join(ARTIFACTS, "destroy-nothing.out"),
  };
  for (const names of [[], ["state"]]) {
    const args = ["destroy", ...names, "--auto-approve"];
    const { code, output } = await deploy(args, environment, { log: "destroy-nothing" });
    t.is(code, 1);
    t.is(
      output,
      `the state bucket mysfits-workshop-state-${EMULATED_ACCOUNT} does not exist, so nothing is deployed\n`,
    );
  }
});

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
