import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { createWriteStream, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DeleteObjectCommand, HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { ExecutionContext } from "ava";
import { findTerraform } from "../../deploy/terraform.ts";
import { type Emulator, findMoto, startEmulator } from "../../emulator/emulator.ts";
import { whyNoAwsCli } from "../aws-cli.ts";
import { s3Of } from "../emulator/clients.ts";
import { testNeeding } from "../needs.ts";
import { ARTIFACTS, deploy, type Outcome, summaryOf } from "./cli.ts";
import { pretendReleases } from "./release.ts";
import { type StoredPolicy, storedBounds, storedPolicies } from "./stored-scaling.ts";

// Real Terraform and the real AWS provider against the emulator, through the commands that a person types.

const test = testNeeding(findTerraform(), findMoto(), whyNoAwsCli());

const ACCOUNT = "123456789012";
const STATE_BUCKET = `mysfits-emulator-state-${ACCOUNT}`;
const STATE_FILE = join(import.meta.dirname, "../../.bootstrap/emulator.tfstate");
/** A change that reaches one task definition, of the like service, and the parameter from which its release is made. */
const LOUDER = ["--set", "services.like.logLevel=DEBUG"];

/** GitHub's roles, and with them a boundary around every other role. */
const GITHUB_ROLES = "github={repository: octo/mysfits, deployEnvironment: production}";

const FROM_GITHUB = ["--set", "delivery.githubRepository=octo/mysfits"];

/** A bucket's lifecycle, which the provider waits for in bootstrap: time enough to press Ctrl-C. */
const LONGEST_STEP = /aws_s3_bucket_lifecycle_configuration\S+: Creating/;

/** Lab 4's scaling of the like service, as AWS is to have it. */
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

/** What stays after everything was destroyed, by collection and number. */
const KEPT = {
  "ec2.reservations": 1, // of the load generator's instance: a terminated one is listed for an hour
  "ecs.task_definitions": 5, // three of like and two of monolith: a release may have to go back to one
  "kms.keys": 2, // keys of AWS itself
  "route53.delegation_sets": 1, // moto's, of the private zone that is gone
  "route53._gap_deleted_zones": 1, // the emulator remembers that the zone is gone, or it would take it for one from before
  "servicediscovery.operations": 2, // the log of the zone's coming and going
};

test("an environment comes up, stays as planned, changes by what was changed, and goes", async (t) => {
  t.timeout(30 * 60 * 1000, "most of these minutes are waits of the provider");
  const emulator = await start(t);
  const run = runner(emulator);
  const s3 = s3Of(emulator);

  const tooEarly = await run("deploy-without-bucket", "deploy", "--auto-approve");
  t.is(tooEarly.code, 1);
  t.true(tooEarly.output.includes(`there is no state bucket ${STATE_BUCKET} yet: npm run bootstrap creates it`));

  const interrupted = await runner(emulator, LONGEST_STEP)("bootstrap-interrupted", "bootstrap", "--auto-approve");
  t.is(interrupted.code, 1);
  t.regex(interrupted.output, /^state: terraform apply was interrupted$/m);
  t.true(existsSync(STATE_FILE), "what was made is written down");

  const resumed = outcomes(t, await run("bootstrap", "bootstrap", "--auto-approve"));
  t.regex(resumed.state ?? "", /^[1-9]\d* to add, 0 to change, /);
  const { ServerSideEncryption } = await s3.send(
    new HeadObjectCommand({ Bucket: STATE_BUCKET, Key: "emulator/state.tfstate" }),
  );
  t.is(ServerSideEncryption, "aws:kms");
  t.false(existsSync(STATE_FILE), "the state has left its file");
  t.deepEqual(outcomes(t, await run("bootstrap-again", "bootstrap", "--auto-approve")), { state: "no changes" });

  const before = outcomes(t, await run("plan-before", "plan"));
  t.like(before, { state: "no changes", network: "created" });
  t.regex(
    before.platform ?? "",
    /^[1-9]\d* to add, 0 to change, 0 to destroy; provisional, with stand-ins for network$/,
  );
  const early = await run("deploy-without-upstream", "deploy", "services", "--auto-approve");
  t.is(early.code, 1);
  t.true(early.output.includes("services reads from network and platform, not deployed yet"));

  const deployed = outcomes(t, await run("deploy", "deploy", "--auto-approve"));
  const { state, ...others } = deployed;
  t.is(state, "no changes");
  t.true(Object.keys(others).length >= 3);
  t.deepEqual(new Set(Object.values(others)), new Set(["created"]));
  for (const stack of Object.keys(deployed)) {
    t.true(isValid(stack), `${stack} is valid`);
  }
  await loadGeneratorComesAndGoes(t, emulator);
  t.deepEqual(outcomes(t, await run("plan-after", "plan")), all(deployed, "no changes"));
  t.deepEqual(await storedBounds(emulator), [2, 100]);
  t.deepEqual(await storedPolicies(emulator), SCALING);

  await pretendReleases(emulator);
  t.deepEqual(outcomes(t, await run("plan-released", "plan")), all(deployed, "no changes"));

  const louder = await run("plan-louder", "plan", ...LOUDER);
  t.deepEqual(outcomes(t, louder), {
    ...all(deployed, "no changes"),
    services: "1 to add, 1 to change, 1 to destroy",
  });
  t.deepEqual(touched(louder), [
    "aws_ecs_task_definition.like_task_definition must be replaced",
    "aws_ssm_parameter.like_revision will be updated in-place",
  ]);

  const lock = { Bucket: STATE_BUCKET, Key: "emulator/services.tfstate.tflock" };
  await s3.send(new PutObjectCommand({ ...lock, Body: JSON.stringify({ ID: randomUUID(), Who: "somebody else" }) }));
  const locked = await run("deploy-locked", "deploy", "services", "--auto-approve", ...LOUDER);
  t.is(locked.code, 1);
  t.regex(locked.output, /Error acquiring the state lock/);
  t.regex(locked.output, /^deploy stopped at services; done: nothing; not begun: nothing$/m);
  await s3.send(new DeleteObjectCommand(lock));

  t.deepEqual(outcomes(t, await run("deploy-louder", "deploy", "services", "--auto-approve", ...LOUDER)), {
    services: "1 to add, 1 to change, 1 to destroy",
  });
  t.deepEqual(outcomes(t, await run("plan-louder-after", "plan", "services", ...LOUDER)), { services: "no changes" });

  const fromGithub = await run("deploy-from-github", "deploy", "delivery", "--auto-approve", ...FROM_GITHUB);
  t.is(fromGithub.code, 0, fromGithub.output);
  const pipelines = touched(fromGithub).filter((what) => /^aws_code/.test(what));
  t.deepEqual(pipelines, [
    "aws_codecommit_repository.source_repository will be destroyed",
    "aws_codeconnections_connection.source_connection will be created",
    "aws_codepipeline.like-pipeline will be updated in-place",
    "aws_codepipeline.monolith-pipeline will be updated in-place",
  ]);
  t.deepEqual(outcomes(t, await run("plan-from-github", "plan", "delivery", ...FROM_GITHUB)), {
    delivery: "no changes",
  });

  const held = await run("destroy-network-first", "destroy", "network", "--auto-approve");
  t.is(held.code, 1);
  t.regex(held.output, /^platform is still deployed and needs network: destroy it first, or too$/m);

  // A lab that was switched off before it was taken away.
  const off = ["--set", "labs.monitoring=off"];
  const needed = await run("destroy-monitoring-first", "destroy", "monitoring", "--auto-approve", ...off);
  t.is(needed.code, 1);
  t.regex(needed.output, /^delivery was deployed when it needed monitoring: deploy it first, as it is now$/m);
  t.deepEqual(outcomes(t, await run("destroy", "destroy", "--auto-approve", ...off)), all(others, "destroyed"));
  t.deepEqual(outcomes(t, await run("destroy-state", "destroy", "state", "--auto-approve")), { state: "destroyed" });
  t.false(existsSync(STATE_FILE));
  t.deepEqual(await holdings(emulator), KEPT);
});

test("a state bucket of another account is refused before anything is made", async (t) => {
  const emulator = await start(t);
  const made = await fetch(`${emulator.endpoint}/${STATE_BUCKET}`, {
    method: "PUT",
    headers: { "x-moto-account-id": "999999999999" },
  });
  t.is(made.status, 200);
  const { code, output } = await runner(emulator)("bootstrap-foreign", "bootstrap", "--auto-approve");
  t.is(code, 1);
  t.is(
    output,
    `bucket ${STATE_BUCKET} exists, but account ${ACCOUNT} does not own it or your credentials may not see it\n`,
  );
});

async function start(t: ExecutionContext): Promise<Emulator> {
  mkdirSync(ARTIFACTS, { recursive: true });
  rmSync(STATE_FILE, { force: true }); // of a bootstrap against an emulator that is no more
  const log = createWriteStream(join(ARTIFACTS, "emulator.log"));
  const emulator = await startEmulator({ log });
  t.teardown(async () => {
    await emulator.stop();
    log.end();
  });
  return emulator;
}

/** Deploys the load generator and destroys it again, while everything else stands and nobody asks for it. */
async function loadGeneratorComesAndGoes(t: ExecutionContext, emulator: Emulator): Promise<void> {
  const run = runner(emulator, undefined, "load-generator.out");
  const made = await run("load-generator-deploy", "deploy", "load-generator", "--auto-approve");
  t.deepEqual(outcomes(t, made), { "load-generator": "created" });
  const [again, unasked] = await Promise.all([
    run("load-generator-plan", "plan", "load-generator"),
    runner(emulator)("load-generator-unasked", "plan", "network"),
  ]);
  t.deepEqual(outcomes(t, again), { "load-generator": "no changes" });
  t.deepEqual(outcomes(t, unasked), {
    network: "no changes",
    "load-generator": "on demand, and still there: npm run destroy load-generator takes it away",
  });
  const gone = await run("load-generator-destroy", "destroy", "load-generator", "--auto-approve");
  t.deepEqual(outcomes(t, gone), { "load-generator": "destroyed" });
}

/** Runs commands against the emulator; each leaves what it printed in the artifacts, under the name it is given. */
function runner({ endpoint }: Emulator, interruptAt?: RegExp, outdir = "cdktf.out") {
  const environment = {
    MYSFITS_ENV: "emulator",
    MYSFITS_SET: `emulator=${endpoint}; ${GITHUB_ROLES}`,
    CDKTF_OUTDIR: join(ARTIFACTS, outdir),
  };
  return (log: string, ...args: string[]): Promise<Outcome> => deploy(args, environment, { log, interruptAt });
}

/** What a command that succeeded says of each stack in the end; plain words where only one kind of thing happened. */
function outcomes(t: ExecutionContext, { code, output }: Outcome): Record<string, string> {
  t.is(code, 0, output);
  return Object.fromEntries(Object.entries(summaryOf(output)).map(([name, words]) => [name, inWord(words)]));
}

function inWord(outcome: string): string {
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

/** The headings of a plan: what happens to which resource, without the hash that cdktf puts into its name. */
function touched({ output }: Outcome): string[] {
  return [...output.matchAll(/^\w+ \| +# (\w+\.[\w-]+)_[0-9A-F]{8} (.*)$/gm)].map(
    ([, name, what]) => `${name} ${what}`,
  );
}

/** How many things the emulator still holds, by collection. */
async function holdings({ endpoint }: Emulator): Promise<Record<string, number>> {
  const held = (await (await fetch(`${endpoint}/emulator/holdings`)).json()) as Record<string, string[]>;
  return Object.fromEntries(Object.entries(held).map(([collection, names]) => [collection, names.length]));
}
