import { createWriteStream, globSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CreateBucketCommand, DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { ExecutionContext } from "ava";
import { findTerraform } from "../../deploy/terraform.ts";
import { type Emulator, findMoto, startEmulator } from "../../emulator/emulator.ts";
import { PLACEHOLDER_MARK, readIndex, type StackPlan } from "../../review/plans.ts";
import { s3Of } from "../emulator/clients.ts";
import { testNeeding } from "../needs.ts";
import { ARTIFACTS, deploy, summaryOf } from "./cli.ts";

// Real Terraform against the emulator: what a reviewer gets to see of stacks that cannot be applied yet.

const test = testNeeding(findTerraform(), findMoto());

const ACCOUNT = "123456789012";
const STATE_BUCKET = `mysfits-emulator-state-${ACCOUNT}`;
const OUT = join(ARTIFACTS, "planning.out");

/** A state with a resource that no provider knows. */
const UNPLANNABLE = {
  version: 4,
  terraform_version: "1.10.0",
  serial: 1,
  lineage: "planned-by-nobody",
  outputs: {},
  resources: [
    {
      mode: "managed",
      type: "aws_nothing",
      name: "nothing",
      provider: 'provider["registry.terraform.io/hashicorp/aws"]',
      instances: [{ schema_version: 0, attributes: { id: "nothing" } }],
    },
  ],
};

test("every stack is planned, whatever is applied of those it reads from, and no placeholder reaches deploy", async (t) => {
  t.timeout(8 * 60 * 1000, "some fifteen plans, and a network made");
  const { emulator, run } = await start(t);

  const nothing = await run("plan-nothing", "plan");
  t.is(nothing.code, 0, nothing.output);
  t.regex(nothing.output, /^there is no state bucket mysfits-emulator-state-123456789012 yet/m);
  const { state, network, platform, delivery, ...others } = plans();
  t.like(state, { outcome: "planned", provisional: [], outdated: [] });
  t.like(network, { outcome: "planned", provisional: [] });
  t.like(platform, { outcome: "planned", provisional: ["network"] });
  t.like(delivery, { outcome: "planned", provisional: ["network", "platform", "services", "monitoring"] });
  for (const stack of Object.values(others)) {
    t.true(stack.outcome === "planned" && stack.provisional.length > 0, stack.name);
  }
  t.is(network?.constructs[addressOf("network", "aws_vpc")], "network/vpc/vpc");
  t.true(read("plans/platform.json").includes(PLACEHOLDER_MARK));
  t.false(read("plans/network.json").includes(PLACEHOLDER_MARK));
  t.deepEqual(globSync("**/*.tfplan", { cwd: OUT }), [], "nothing can be applied that was planned from nothing");

  // The table's name is known before there is a table; only its ARN has to be stood in for.
  t.true(read("plans/services.json").includes("mysfits-emulator-mysfits"));

  await s3Of(emulator).send(new CreateBucketCommand({ Bucket: STATE_BUCKET }));
  const refused = await run("deploy-platform", "deploy", "platform", "--auto-approve");
  t.regex(refused.output, /^platform reads from network, not deployed yet: deploy that first, or too$/m);
  t.is((await run("deploy-network", "deploy", "network", "--auto-approve")).code, 0);
  t.deepEqual(markedIn("stacks"), [], "deploy knows no placeholder");

  const withNetwork = await run("plan-network-applied", "plan", "network", "platform");
  t.like(plans().platform, { outcome: "planned", provisional: [], outdated: [] });
  t.deepEqual(globSync("*.tfplan", { cwd: join(OUT, "plans") }).sort(), ["network.tfplan", "platform.tfplan"]);
  t.false(read("plans/platform.json").includes(PLACEHOLDER_MARK));
  t.is(summaryOf(withNetwork.output).network, "no changes");

  // An output that the code has, and what is applied has not.
  const vpc = await forget(emulator, "network", /aws_vpc/);
  t.is((await run("plan-new-output", "plan", "network", "platform")).code, 0);
  t.like(plans().platform, { outcome: "planned", provisional: ["network"] });
  t.false(read("plans/platform.json").includes(PLACEHOLDER_MARK), "what the network's plan knows is taken as it is");
  t.true(read("plans/platform.json").includes(vpc));
  t.deepEqual(Object.keys(plans()), ["network", "platform"]);

  const moved = await run("plan-moved", "plan", "network", "platform", "--set", "network.cidr=10.1.0.0/16");
  t.is(moved.code, 0, moved.output);
  t.like(plans().platform, { outcome: "planned", provisional: ["network"], outdated: ["network"] });
  t.regex(summaryOf(moved.output).platform ?? "", /; outdated by what changes in network$/);

  // A lab that was switched off without being taken away, one that was, a generator that somebody forgot, and what is no state.
  await putState(emulator, "log-search", UNPLANNABLE);
  await putState(emulator, "monitoring", { ...UNPLANNABLE, resources: [] });
  await putState(emulator, "load-generator", UNPLANNABLE);
  await putState(emulator, "Network copy", UNPLANNABLE);
  const off = ["--set", "labs.logSearch=off", "--set", "labs.monitoring=off"];
  const left = await run("plan-left-behind", "plan", "network", ...off);
  t.is(left.code, 0, left.output);
  t.regex(left.output, /^plan done: 1 of 1 stacks planned$/m);
  const { network: _, ...told } = summaryOf(left.output);
  t.deepEqual(told, {
    "load-generator": "on demand, and still there: npm run destroy load-generator takes it away",
    "log-search": "applied, but not in the code: npm run destroy log-search takes it away",
  });
  t.like(plans(), {
    "load-generator": { outcome: "left-behind", resources: 1, onDemand: true },
    "log-search": { outcome: "left-behind", resources: 1, onDemand: false },
  });
  await Promise.all(["log-search", "monitoring", "load-generator"].map((stack) => deleteState(emulator, stack)));

  await putState(emulator, "services", UNPLANNABLE);
  const broken = await run("plan-broken", "plan", "services", "log-search", "network");
  t.is(broken.code, 1);
  const { services, ...besides } = plans();
  t.regex(services?.outcome === "failed" ? services.error : "", /^Error: no schema available for aws_nothing/);
  t.like(besides.network, { outcome: "planned" });
  t.like(besides["log-search"], { outcome: "planned", provisional: ["services"] });
  t.is(summaryOf(broken.output).services, "failed");
});

async function start(t: ExecutionContext) {
  mkdirSync(ARTIFACTS, { recursive: true });
  rmSync(OUT, { recursive: true, force: true });
  const log = createWriteStream(join(ARTIFACTS, "planning-emulator.log"));
  const emulator = await startEmulator({ log });
  t.teardown(async () => {
    await emulator.stop();
    log.end();
  });
  const environment = { MYSFITS_ENV: "emulator", MYSFITS_SET: `emulator=${emulator.endpoint}`, CDKTF_OUTDIR: OUT };
  const run = (log: string, ...args: string[]) => deploy(args, environment, { log: `planning-${log}` });
  return { emulator, run };
}

function plans(): Record<string, StackPlan> {
  return Object.fromEntries(readIndex(join(OUT, "plans")).stacks.map((stack) => [stack.name, stack]));
}

function read(path: string): string {
  return readFileSync(join(OUT, path), "utf8");
}

function markedIn(folder: string): string[] {
  return globSync("**/*.json", { cwd: join(OUT, folder) }).filter((file) =>
    read(join(folder, file)).includes(PLACEHOLDER_MARK),
  );
}

/** The address of a stack's only resource of a type. */
function addressOf(stack: string, type: string): string {
  const { resource } = JSON.parse(read(`stacks/${stack}/cdk.tf.json`)) as { resource: Record<string, object> };
  return `${type}.${Object.keys(resource[type] ?? {})[0]}`;
}

interface State {
  readonly outputs: Record<string, { readonly value: string }>;
}

/** Takes an output out of a stack's state, and answers with its value. */
async function forget(emulator: Emulator, stack: string, output: RegExp): Promise<string> {
  const { Body } = await s3Of(emulator).send(
    new GetObjectCommand({ Bucket: STATE_BUCKET, Key: `emulator/${stack}.tfstate` }),
  );
  const state = JSON.parse((await Body?.transformToString()) ?? "") as State;
  const name = Object.keys(state.outputs).find((output_) => output.test(output_)) ?? "";
  const { value } = state.outputs[name] as { value: string };
  delete state.outputs[name];
  await putState(emulator, stack, state);
  return value;
}

async function putState(emulator: Emulator, stack: string, state: object): Promise<void> {
  const Key = `emulator/${stack}.tfstate`;
  await s3Of(emulator).send(new PutObjectCommand({ Bucket: STATE_BUCKET, Key, Body: JSON.stringify(state) }));
}

async function deleteState(emulator: Emulator, stack: string): Promise<void> {
  await s3Of(emulator).send(new DeleteObjectCommand({ Bucket: STATE_BUCKET, Key: `emulator/${stack}.tfstate` }));
}
