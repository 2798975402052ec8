import { createWriteStream, globSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CreateBucketCommand, DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { ExecutionContext } from "ava";
import { terraformProblem } from "../../../tools/deploy/terraform.ts";
import { type Emulator, motoProblem, startEmulator } from "../../../tools/emulator/emulator.ts";
import { MOCK_MARK } from "../../../tools/review/plan/plans.ts";
import { readIndex, type StackPlan } from "../../../tools/review/plan/plans-index.ts";
import { testNeeding } from "../../needs.ts";
import { s3Of } from "../emulator/clients.ts";
import { ARTIFACTS, deploy, summaryOf } from "./cli.ts";

// Real Terraform against the emulator: plans of stacks that cannot be applied yet.

const test = testNeeding(terraformProblem, motoProblem);

const ACCOUNT = "123456789012";
const STATE_BUCKET = `mysfits-emulator-state-${ACCOUNT}`;
const OUT = join(ARTIFACTS, "planning.out");

/** A value in the text of the plan of the platform stack. */
const TEXT_VALUE = "mysfits-emulator-access-logs";

/** A state with a resource type that the provider does not have. */
const UNPLANNABLE = {
  version: 4,
  terraform_version: "1.10.0",
  serial: 1,
  lineage: "no-such-lineage",
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

test("every stack is planned, whether or not its upstream is applied, and no mock output reaches deploy", async (t) => {
  t.timeout(8 * 60 * 1000, "about fifteen plans and one apply");
  const { emulator, run, interrupt, inWorkflow } = await start(t);

  const nothing = await run("plan-nothing", "plan");
  t.is(nothing.code, 0, nothing.output);
  t.regex(nothing.output, /^network \| .* resource "aws_vpc"/m);
  t.true(nothing.output.includes(TEXT_VALUE));
  t.regex(nothing.output, /^the state bucket mysfits-emulator-state-123456789012 does not exist/m);
  const { state, network, platform, delivery, ...others } = plans();
  t.like(state, { outcome: "planned", mocked: [], outdated: [] });
  t.like(network, { outcome: "planned", mocked: [] });
  t.like(platform, { outcome: "planned", mocked: ["network"] });
  t.like(delivery, { outcome: "planned", mocked: ["network", "platform", "services", "monitoring"] });
  for (const stack of Object.values(others)) {
    t.true(stack.outcome === "planned" && stack.mocked.length > 0, stack.name);
  }
  t.is(network?.constructs[addressOf("network", "aws_vpc")], "network/vpc/vpc");
  t.true(read("plans/platform.json").includes(MOCK_MARK));
  t.false(read("plans/network.json").includes(MOCK_MARK));
  t.deepEqual(globSync("**/*.tfplan", { cwd: OUT }), [], "plans without a state bucket cannot be applied");

  // The name of the table is known before the table exists. Only its ARN is a mock output.
  t.true(read("plans/services.json").includes("mysfits-emulator-mysfits"));

  const interrupted = await interrupt(/^network: plan \.\.\.$/m, "plan-interrupted", "plan", "network", "platform");
  t.is(interrupted.code, 1);
  t.regex(interrupted.output, /^the plan was interrupted$/m);
  t.notRegex(interrupted.output, /^platform: plan/m, "no further stack is planned");

  await s3Of(emulator).send(new CreateBucketCommand({ Bucket: STATE_BUCKET }));
  const refused = await run("deploy-platform", "deploy", "platform", "--auto-approve");
  t.regex(refused.output, /^platform reads outputs of network, which is not deployed: deploy it too, or first$/m);
  t.is((await run("deploy-network", "deploy", "network", "--auto-approve")).code, 0);
  t.deepEqual(markedIn("stacks"), [], "no mock output reaches the folders that deploy uses");

  const withNetwork = await inWorkflow("plan-network-applied", "plan", "network", "platform");
  t.notRegex(withNetwork.output, /^\w+ \| /m, "the log of a workflow is public, the plans are encrypted");
  t.false(withNetwork.output.includes(TEXT_VALUE));
  t.regex(summaryOf(withNetwork.output).platform ?? "", /^[1-9]\d* to add, 0 to change, 0 to destroy$/);
  t.like(plans().platform, { outcome: "planned", mocked: [], outdated: [] });
  t.deepEqual(globSync("*.tfplan", { cwd: join(OUT, "plans") }).sort(), ["network.tfplan", "platform.tfplan"]);
  t.false(read("plans/platform.json").includes(MOCK_MARK));
  t.is(summaryOf(withNetwork.output).network, "no changes");

  // An output that is in the code but not in the applied state.
  const vpc = await removeOutput(emulator, "network", /aws_vpc/);
  t.is((await run("plan-new-output", "plan", "network", "platform")).code, 0);
  t.like(plans().platform, { outcome: "planned", mocked: ["network"] });
  t.false(read("plans/platform.json").includes(MOCK_MARK), "a value that the network's plan knows is used as it is");
  t.true(read("plans/platform.json").includes(vpc));
  t.deepEqual(Object.keys(plans()), ["network", "platform"]);

  const moved = await run("plan-moved", "plan", "network", "platform", "--set", "network.cidr=10.1.0.0/16");
  t.is(moved.code, 0, moved.output);
  t.like(plans().platform, { outcome: "planned", mocked: ["network"], outdated: ["network"] });
  t.regex(summaryOf(moved.output).platform ?? "", /; outdated once network is applied$/);

  // A lab that was switched off but not destroyed, one that was destroyed, a forgotten load generator, and a file that is not a state.
  await putState(emulator, "log-search", UNPLANNABLE);
  await putState(emulator, "monitoring", { ...UNPLANNABLE, resources: [] });
  await putState(emulator, "load-generator", UNPLANNABLE);
  await putState(emulator, "Network copy", UNPLANNABLE);
  const settings = ["labs.logSearch=off", "labs.monitoring=off", "delivery.rollbackOnAlarms=off"];
  const off = settings.flatMap((setting) => ["--set", setting]);
  const orphaned = await run("plan-orphaned", "plan", "network", ...off);
  t.is(orphaned.code, 0, orphaned.output);
  t.regex(orphaned.output, /^plan done: 1 of 1 stacks planned$/m);
  const { network: _, ...orphans } = summaryOf(orphaned.output);
  t.deepEqual(orphans, {
    "load-generator": "on demand, still deployed; remove it with npm run destroy load-generator",
    "log-search": "orphaned: deployed, but not in the code; remove it with npm run destroy log-search",
  });
  t.like(plans(), {
    "load-generator": { outcome: "orphaned", resources: 1, onDemand: true },
    "log-search": { outcome: "orphaned", resources: 1, onDemand: false },
  });
  await Promise.all(["log-search", "monitoring", "load-generator"].map((stack) => deleteState(emulator, stack)));

  await putState(emulator, "services", UNPLANNABLE);
  const broken = await run("plan-broken", "plan", "services", "log-search", "network");
  t.is(broken.code, 1);
  const { services, ...rest } = plans();
  t.regex(services?.outcome === "failed" ? services.error : "", /^Error: no schema available for aws_nothing/);
  t.like(rest.network, { outcome: "planned" });
  t.like(rest["log-search"], { outcome: "planned", mocked: ["services"] });
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
  const interrupt = (at: RegExp, log: string, ...args: string[]) =>
    deploy(args, environment, { log: `planning-${log}`, interruptAt: at });
  const inWorkflow = (log: string, ...args: string[]) =>
    deploy(args, { ...environment, CI: "true" }, { log: `planning-${log}` });
  return { emulator, run, interrupt, inWorkflow };
}

function plans(): Record<string, StackPlan> {
  return Object.fromEntries(readIndex(join(OUT, "plans")).stacks.map((stack) => [stack.name, stack]));
}

function read(path: string): string {
  return readFileSync(join(OUT, path), "utf8");
}

function markedIn(folder: string): string[] {
  return globSync("**/*.json", { cwd: join(OUT, folder) }).filter((file) =>
    read(join(folder, file)).includes(MOCK_MARK),
  );
}

/** Address of a stack's only resource of a type. */
function addressOf(stack: string, type: string): string {
  const { resource } = JSON.parse(read(`stacks/${stack}/cdk.tf.json`)) as { resource: Record<string, object> };
  return `${type}.${Object.keys(resource[type] ?? {})[0]}`;
}

interface State {
  readonly outputs: Record<string, { readonly value: string }>;
}

/** Removes an output from a stack's state and returns its value. */
async function removeOutput(emulator: Emulator, stack: string, output: RegExp): Promise<string> {
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
