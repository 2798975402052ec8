import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { createWriteStream, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DeleteObjectCommand, HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { ExecutionContext } from "ava";
import { terraformProblem } from "../../../tools/deploy/terraform.ts";
import { type Emulator, motoProblem, startEmulator } from "../../../tools/emulator/emulator.ts";
import type { Change } from "../../../tools/workshop/variants.ts";
import { awsCliProblem } from "../../aws-cli.ts";
import { testNeeding } from "../../needs.ts";
import { GITHUB_ROLES, LIKE_LOG_LEVEL, OTHER_DELIVERY, OTHER_LOAD, overridesOf } from "../applied-settings.ts";
import { makeCalls } from "../emulator/aws-calls.ts";
import { s3Of } from "../emulator/clients.ts";
import { resourceCounts } from "../emulator/resource-counts.ts";
import { ARTIFACTS, deploy, type Outcome, summaryOf } from "./cli.ts";
import { actionOf, isAllowed, statementsOf, takeCalls } from "./recorded-calls.ts";
import { simulateReleases } from "./release.ts";
import { type StoredPolicy, storedBounds, storedPolicies } from "./stored-scaling.ts";

// Real Terraform and the real AWS provider against the emulator, run through the command line.

const test = testNeeding(terraformProblem, motoProblem, awsCliProblem);

const ACCOUNT = "123456789012";
const STATE_BUCKET = `mysfits-emulator-state-${ACCOUNT}`;
const STATE_FILE = join(import.meta.dirname, "../../../.bootstrap/emulator.tfstate");

/** Calls that would let a pull request read data, hide dead letters, or change something. */
const NOT_FOR_PLANS = {
  "dynamodb:Scan": "*",
  "es:ESHttpGet": "*",
  "kms:Decrypt": `arn:aws:kms:us-east-1:${ACCOUNT}:key/another`,
  "logs:GetLogEvents": "*",
  "s3:GetObject": `arn:aws:s3:::mysfits-emulator-access-logs-${ACCOUNT}/log`,
  "s3:PutObject": `arn:aws:s3:::${STATE_BUCKET}/emulator/network.tfstate`,
  "secretsmanager:GetSecretValue": "*",
  "sqs:ReceiveMessage": "*",
};

/** During bootstrap, the provider waits for this resource long enough for the test to press Ctrl-C. */
const LONGEST_STEP = /aws_s3_bucket_lifecycle_configuration\S+: Creating/;

/** Expected scaling policies of the like service in lab 4. */
const SCALING: Readonly<Record<string, StoredPolicy>> = {
  "mysfits-emulator-like-scale-out": {
    alarm: "GreaterThanOrEqualToThreshold 1000",
    missingData: "notBreaching",
    adjustment: "ChangeInCapacity",
    steps: [
      [1000, 2000, 10],
      [2000, 4000, 20],
      [4000, Infinity, 25],
    ],
  },
  "mysfits-emulator-like-scale-in": {
    alarm: "LessThanOrEqualToThreshold 1000",
    missingData: "breaching",
    adjustment: "ChangeInCapacity",
    steps: [
      [100, 1000, -10],
      [-Infinity, 100, -5],
    ],
  },
};

/** Number of resources by collection that remain after everything is destroyed. */
const KEPT = {
  "ec2.reservations": 1, // the load generator's instance: EC2 lists terminated instances for an hour
  "ecs.task_definitions": 5, // three of like and two of monolith, kept for rollbacks
  "iam.roles": 4, // service-linked roles, which belong to the account
  "kms.keys": 2, // AWS managed keys
  "route53.delegation_sets": 1, // a leftover in moto of the deleted private zone
  "route53._gap_deleted_zones": 1, // the emulator's record of the deleted zone, which tells it from an earlier one
  "servicediscovery.operations": 2, // log of the namespace's creation and deletion
  "sns._message_public_keys": 2, // moto's certificates: one for each message that it signed
};

test("an environment is deployed, has no drift, changes only as the code changed, and is destroyed", async (t) => {
  t.timeout(30 * 60 * 1000, "most of this time the provider waits");
  const emulator = await start(t);
  const run = runner(emulator);
  const s3 = s3Of(emulator);

  const tooEarly = await run("deploy-without-bucket", "deploy", "--auto-approve");
  t.is(tooEarly.code, 1);
  t.true(tooEarly.output.includes(`the state bucket ${STATE_BUCKET} does not exist: npm run bootstrap creates it`));

  const interrupted = await runner(emulator, LONGEST_STEP)("bootstrap-interrupted", "bootstrap", "--auto-approve");
  t.is(interrupted.code, 1);
  t.regex(interrupted.output, /^state: terraform apply was interrupted$/m);
  t.true(existsSync(STATE_FILE), "the state file has what was created");

  const resumed = outcomes(t, await run("bootstrap", "bootstrap", "--auto-approve"));
  t.regex(resumed.state ?? "", /^[1-9]\d* to add, 0 to change, /);
  const { ServerSideEncryption } = await s3.send(
    new HeadObjectCommand({ Bucket: STATE_BUCKET, Key: "emulator/state.tfstate" }),
  );
  t.is(ServerSideEncryption, "aws:kms");
  t.false(existsSync(STATE_FILE), "the state moved out of the local file");
  t.deepEqual(outcomes(t, await run("bootstrap-again", "bootstrap", "--auto-approve")), { state: "no changes" });

  const before = outcomes(t, await run("plan-before", "plan", "state", "network", "platform"));
  t.like(before, { state: "no changes", network: "created" });
  t.regex(before.platform ?? "", /^[1-9]\d* to add, 0 to change, 0 to destroy; with mock outputs of network$/);
  const early = await run("deploy-without-upstream", "deploy", "services", "--auto-approve");
  t.is(early.code, 1);
  t.true(early.output.includes("services reads outputs of network and platform, which are not deployed"));

  const deployed = outcomes(t, await run("deploy", "deploy", "--auto-approve"));
  const { state, ...others } = deployed;
  t.is(state, "no changes");
  t.true(Object.keys(others).length >= 3);
  t.deepEqual(new Set(Object.values(others)), new Set(["created"]));
  for (const stack of Object.keys(deployed)) {
    t.true(isValid(stack), `${stack} is valid`);
  }
  await takeCalls(emulator);
  t.deepEqual(outcomes(t, await run("plan-after", "plan")), all(deployed, "no changes"));
  await comparePlanWithItsRole(t, emulator);
  await receiveNotifications(t, emulator);
  t.deepEqual(await storedBounds(emulator), [2, 100]);
  t.deepEqual(await storedPolicies(emulator), SCALING);

  await simulateReleases(emulator);
  // The plan with LIKE_LOG_LEVEL shows that the other stacks have no changes either.
  t.deepEqual(outcomes(t, await run("plan-released", "plan", "services")), { services: "no changes" });

  const louder = await run("plan-louder", "plan", ...setting(LIKE_LOG_LEVEL));
  t.deepEqual(outcomes(t, louder), {
    ...all(deployed, "no changes"),
    services: "1 to add, 1 to change, 1 to destroy",
  });
  t.deepEqual(touched(louder), [
    "aws_ecs_task_definition.like_task_definition must be replaced",
    "aws_ssm_parameter.like_revision will be updated in-place",
  ]);

  await Promise.all([
    deployAndDestroyLoadGenerator(t, emulator),
    changeServices(t, emulator).then(() => changeDelivery(t, emulator)),
  ]);
  const changed = await run(
    "plan-changed",
    "plan",
    "services",
    "delivery",
    ...setting(LIKE_LOG_LEVEL),
    ...setting(OTHER_DELIVERY),
  );
  t.deepEqual(outcomes(t, changed), { services: "no changes", delivery: "no changes" });

  const held = await run("destroy-network-first", "destroy", "network", "--auto-approve");
  t.is(held.code, 1);
  t.regex(held.output, /^platform is deployed and needs network: destroy it too, or first$/m);

  // A lab that was switched off while it was still deployed.
  const off = setting([
    ["labs.monitoring", "off"],
    ["delivery.rollbackOnAlarms", "off"],
  ]);
  const needed = await run("destroy-monitoring-first", "destroy", "monitoring", "--auto-approve", ...off);
  t.is(needed.code, 1);
  t.regex(
    needed.output,
    /^delivery still reads outputs of monitoring as it is deployed: deploy its current code first$/m,
  );
  t.deepEqual(outcomes(t, await run("destroy", "destroy", "--auto-approve", ...off)), all(others, "destroyed"));
  t.deepEqual(outcomes(t, await run("destroy-state", "destroy", "state", "--auto-approve")), { state: "destroyed" });
  t.false(existsSync(STATE_FILE));
  t.deepEqual(await resourceCounts(emulator), KEPT);
});

async function start(t: ExecutionContext): Promise<Emulator> {
  mkdirSync(ARTIFACTS, { recursive: true });
  rmSync(STATE_FILE, { force: true }); // left by a bootstrap against an earlier emulator
  const log = createWriteStream(join(ARTIFACTS, "emulator.log"));
  const emulator = await startEmulator({ log });
  t.teardown(async () => {
    await emulator.stop();
    log.end();
  });
  return emulator;
}

/** Deploys a change to the services stack, which a state lock holds back at first. */
async function changeServices(t: ExecutionContext, emulator: Emulator): Promise<void> {
  const run = runner(emulator);
  const s3 = s3Of(emulator);
  const lock = { Bucket: STATE_BUCKET, Key: "emulator/services.tfstate.tflock" };
  await s3.send(new PutObjectCommand({ ...lock, Body: JSON.stringify({ ID: randomUUID(), Who: "someone-else" }) }));
  const locked = await run("deploy-locked", "deploy", "services", "--auto-approve", ...setting(LIKE_LOG_LEVEL));
  t.is(locked.code, 1);
  t.regex(locked.output, /Error acquiring the state lock/);
  t.regex(locked.output, /^deploy stopped at services; done: nothing; not started: nothing$/m);
  await s3.send(new DeleteObjectCommand(lock));

  t.deepEqual(
    outcomes(t, await run("deploy-louder", "deploy", "services", "--auto-approve", ...setting(LIKE_LOG_LEVEL))),
    {
      services: "1 to add, 1 to change, 1 to destroy",
    },
  );
}

/** Moves the source of the pipelines from CodeCommit to GitHub, and changes how releases are approved and shifted. */
async function changeDelivery(t: ExecutionContext, emulator: Emulator): Promise<void> {
  const run = runner(emulator);
  const fromGithub = await run(
    "deploy-from-github",
    "deploy",
    "delivery",
    "--auto-approve",
    ...setting(OTHER_DELIVERY),
  );
  t.is(fromGithub.code, 0, fromGithub.output);
  const pipelines = touched(fromGithub).filter((what) => /^aws_code/.test(what));
  t.deepEqual(pipelines, [
    "aws_codecommit_repository.source_repository will be destroyed",
    "aws_codeconnections_connection.source_connection will be created",
    "aws_codedeploy_deployment_group.like-deployment_group will be updated in-place",
    "aws_codepipeline.like-pipeline will be updated in-place",
    "aws_codepipeline.monolith-pipeline will be updated in-place",
  ]);
}

/** Deploys and destroys the load generator while all other stacks stay deployed. */
async function deployAndDestroyLoadGenerator(t: ExecutionContext, emulator: Emulator): Promise<void> {
  const run = runner(emulator, undefined, "load-generator.out");
  const made = await run("load-generator-deploy", "deploy", "load-generator", "--auto-approve", ...setting(OTHER_LOAD));
  t.deepEqual(outcomes(t, made), { "load-generator": "created" });
  const [again, unasked] = await Promise.all([
    run("load-generator-plan", "plan", "load-generator", ...setting(OTHER_LOAD)),
    runner(emulator, undefined, "load-generator-unasked.out")("load-generator-unasked", "plan", "network"),
  ]);
  t.deepEqual(outcomes(t, again), { "load-generator": "no changes" });
  t.deepEqual(outcomes(t, unasked), {
    network: "no changes",
    "load-generator": "on demand, still deployed; remove it with npm run destroy load-generator",
  });
  const gone = await run("load-generator-destroy", "destroy", "load-generator", "--auto-approve");
  t.deepEqual(outcomes(t, gone), { "load-generator": "destroyed" });
}

/** Compares the calls of a plan of all stacks with the policies of the role that pull requests plan with. */
async function comparePlanWithItsRole(t: ExecutionContext, emulator: Emulator): Promise<void> {
  const calls = await takeCalls(emulator);
  const statements = await statementsOf(emulator, "mysfits-emulator-github-plan");
  const denied = calls.filter((call) => !isAllowed(statements, actionOf(call), call.resource));
  t.deepEqual(denied, []);
  const actionsOf = (agent: RegExp) =>
    new Set(calls.filter((call) => agent.test(call.agent)).map((call) => actionOf(call)));
  t.true(actionsOf(/terraform-provider-aws/).size > 100, "the provider refreshed every kind of resource");
  t.true(actionsOf(/Terraform(?!.*terraform-provider-aws)/).has("s3:GetObject"), "Terraform's backend read the states");
  t.true(actionsOf(/aws-sdk-js/).has("s3:ListBucket"), "the plan command looked for orphaned stacks");
  for (const [action, resource] of Object.entries(NOT_FOR_PLANS)) {
    t.false(isAllowed(statements, action, resource), action);
  }
}

/** Makes an alarm and a failed pipeline notify the on-call engineer's topic, which has policies and a key. */
async function receiveNotifications(t: ExecutionContext, emulator: Emulator): Promise<void> {
  const queue = `arn:aws:sqs:us-east-1:${ACCOUNT}:inbox`;
  const topic = `arn:aws:sns:us-east-1:${ACCOUNT}:mysfits-emulator-notifications`;
  const failed = { pipeline: "mysfits-emulator-like", "execution-id": "1", state: "FAILED" };
  const event = {
    Source: "aws.codepipeline",
    DetailType: "CodePipeline Pipeline Execution State Change",
    Detail: JSON.stringify(failed),
  };
  const receive = { service: "sqs", operation: "ReceiveMessage", params: { QueueUrl: { $: "inbox.QueueUrl" } } };
  const responses = await makeCalls(emulator, [
    { service: "sqs", operation: "CreateQueue", params: { QueueName: "inbox" }, as: "inbox" },
    {
      service: "sns",
      operation: "Subscribe",
      params: { TopicArn: topic, Protocol: "sqs", Endpoint: queue },
      as: "subscription",
    },
    {
      service: "cloudwatch",
      operation: "SetAlarmState",
      params: { AlarmName: "mysfits-emulator-on-call", StateValue: "ALARM", StateReason: "test" },
    },
    receive,
    { service: "events", operation: "PutEvents", params: { Entries: [event] } },
    receive,
    {
      service: "sns",
      operation: "Unsubscribe",
      params: { SubscriptionArn: { $: "subscription.SubscriptionArn" } },
    },
    { service: "sqs", operation: "DeleteQueue", params: { QueueUrl: { $: "inbox.QueueUrl" } } },
  ]);
  t.true(JSON.stringify(responses[3]?.result).includes("mysfits-emulator-on-call"), "an alarm notifies the topic");
  t.true(
    JSON.stringify(responses[5]?.result).includes("CodePipeline Pipeline"),
    "a failed pipeline notifies the topic",
  );
}

/** Arguments of a command that replaces values of settings. */
function setting(changes: readonly Change[]): readonly string[] {
  return overridesOf(changes).flatMap((override) => ["--set", override]);
}

/** Runs commands against the emulator. The output of each goes to a log file in the artifacts folder. */
function runner({ endpoint }: Emulator, interruptAt?: RegExp, outdir = "cdktf.out") {
  const environment = {
    MYSFITS_ENV: "emulator",
    MYSFITS_SET: [`emulator=${endpoint}`, ...overridesOf(GITHUB_ROLES)].join(";"),
    CDKTF_OUTDIR: join(ARTIFACTS, outdir),
  };
  return (log: string, ...args: string[]): Promise<Outcome> => deploy(args, environment, { log, interruptAt });
}

/** Outcomes by stack of a successful command, shortened to one word if everything was created or destroyed. */
function outcomes(t: ExecutionContext, { code, output }: Outcome): Record<string, string> {
  t.is(code, 0, output);
  return Object.fromEntries(Object.entries(summaryOf(output)).map(([name, words]) => [name, shorten(words)]));
}

function shorten(outcome: string): string {
  return outcome
    .replace(/^[1-9]\d* to add, 0 to change, 0 to destroy$/, "created")
    .replace(/^0 to add, 0 to change, [1-9]\d* to destroy$/, "destroyed");
}

function all(stacks: Record<string, string>, outcome: string): Record<string, string> {
  return Object.fromEntries(Object.keys(stacks).map((name) => [name, outcome]));
}

function isValid(stack: string): boolean {
  const { stdout } = spawnSync("terraform", ["validate", "-json"], {
    cwd: join(ARTIFACTS, "cdktf.out", "stacks", stack),
    encoding: "utf8",
  });
  return (JSON.parse(stdout) as { valid: boolean }).valid;
}

/** Resource headings of a plan, without the hash that cdktf appends to names. */
function touched({ output }: Outcome): string[] {
  return [...output.matchAll(/^\w+ \| +# (\w+\.[\w-]+)_[0-9A-F]{8} (.*)$/gm)].map(
    ([, name, what]) => `${name} ${what}`,
  );
}
