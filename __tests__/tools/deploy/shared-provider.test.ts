import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import type { ExecutionContext } from "ava";
import { CODE_FILE } from "../../../tools/deploy/configuration.ts";
import { LOCK_FILE } from "../../../tools/deploy/installed-provider.ts";
import { update } from "../../../tools/deploy/run.ts";
import { type Attachment, SharedProvider } from "../../../tools/deploy/shared-provider.ts";
import { typesInState } from "../../../tools/deploy/state.ts";
import type { Stack } from "../../../tools/deploy/synth.ts";
import { init, planUnlocked, show, terraformProblem } from "../../../tools/deploy/terraform.ts";
import { motoProblem, startEmulator } from "../../../tools/emulator/emulator.ts";
import { useOnlyEmulator } from "../../../tools/emulator/environment.ts";
import { testNeeding } from "../../needs.ts";
import { until } from "../../until.ts";
import { stackIn } from "./stack-in.ts";

// Real Terraform and the real AWS provider: two small stacks, planned with one provider process and with one for each.

const test = testNeeding(terraformProblem, motoProblem);

const REGION = "us-east-1";
const ACCOUNT = "123456789012";

test("plans with a shared provider are the same as plans with separate providers", async (t) => {
  const { root } = await begin(t);
  const stacks = ["queues", "topics"].map((name) => stackWithCode(root, name));
  stacks.push(stackWithCode(root, "elsewhere", "eu-west-1"), stackInTwoRegions(root));
  for (const stack of stacks) {
    await init(stack);
  }

  const processes = new Set<number>();
  let last: Attachment = {};
  const shared: Plan[] = [];
  {
    await using provider = new SharedProvider();
    // At the same time, as `npm run plan` does.
    const plans = stacks.map(async (stack) => {
      const attachment = await provider.attach(stack, []);
      processes.add(pidOf(attachment));
      last = attachment;
      return planned(stack, attachment);
    });
    shared.push(...(await Promise.all(plans)));
  }
  t.is(processes.size, 1, "all plans attached to the same process");
  t.false(isRunning(last), "the provider stops with its plans");

  const separate = await Promise.all(stacks.map((stack) => planned(stack, {})));
  t.deepEqual(shared, separate);
  t.is(shared[0]?.resource_changes.length, 2);
});

test("with AWS_CA_BUNDLE, plans share a provider, which accepts only one configuration", async (t) => {
  const { root } = await begin(t);
  const bundle = join(root, "ca.pem");
  writeFileSync(bundle, rootCertificates[0] ?? "");
  process.env.AWS_CA_BUNDLE = bundle;
  t.teardown(() => delete process.env.AWS_CA_BUNDLE);
  const stacks = [stackWithCode(root, "queues"), stackWithCode(root, "topics")];
  await using provider = new SharedProvider();
  for (const stack of stacks) {
    await init(stack);
    const { resource_changes: changes } = await planned(stack, await provider.attach(stack, []));
    t.is(changes.length, 2);
  }
});

test("after its provider was killed, the next plan starts another, and the command ends", async (t) => {
  const { root } = await begin(t);
  const stack = stackWithCode(root, "queues");
  await init(stack);
  let last: Attachment = {};
  {
    await using provider = new SharedProvider();
    const first = await provider.attach(stack, []);
    process.kill(pidOf(first), "SIGKILL");
    await until(async () => pidOf(await provider.attach(stack, [])) !== pidOf(first));
    last = await provider.attach(stack, []);
    const { resource_changes: changes } = await planned(stack, last);
    t.is(changes.length, 2);
    process.kill(pidOf(last), "SIGKILL");
  }
  t.false(isRunning(last));
});

test("stopping waits for a provider that is still starting, and stops it too", async (t) => {
  const { root } = await begin(t);
  const stack = stackInTwoRegions(root);
  await init(stack);
  const { TMPDIR } = process.env;
  process.env.TMPDIR = root;
  t.teardown(() => Object.assign(process.env, { TMPDIR: TMPDIR ?? "/tmp" }));
  const foldersOfProviders = () => readdirSync(root).filter((name) => name.startsWith("mysfits-provider-"));

  const provider = new SharedProvider();
  const plan = planned(stack, await provider.attach(stack, []));
  await until(() => foldersOfProviders().length === 2);
  const stopped = provider[Symbol.asyncDispose]();
  await t.throwsAsync(plan);
  await stopped;
  t.deepEqual(foldersOfProviders(), []);
});

test("a stack that cannot share a provider does not keep the others from it", async (t) => {
  const { root } = await begin(t);
  const [without, other] = [stackWithCode(root, "without"), stackWithCode(root, "other")];
  await init(other);
  writeFileSync(join(without.directory, LOCK_FILE), "");
  await using provider = new SharedProvider();
  t.deepEqual(await provider.attach(without, []), {});
  t.true("TF_REATTACH_PROVIDERS" in (await provider.attach(other, [])));
});

test("a resource whose type is in the state but no longer in the code is destroyed", async (t) => {
  const { root } = await begin(t);
  const stack = stackWithCode(root, "queues");
  await update(stack, async () => {});
  writeCode(stack.directory, REGION, { aws_sqs_queue: { likes: { name: "queues-likes", tags: { Kind: "queue" } } } });
  const types = await typesInState(stack, ACCOUNT);
  t.deepEqual(types, ["aws_sns_topic", "aws_sqs_queue"]);
  await using provider = new SharedProvider();
  const { resource_changes: changes } = await planned(stack, await provider.attach(stack, types));
  t.deepEqual(
    changes.map(({ address, change }) => [address, ...change.actions]),
    [
      ["aws_sns_topic.bell", "delete"],
      ["aws_sqs_queue.likes", "no-op"],
    ],
  );
});

/** Starts an emulator, to which all clients of this process connect, and creates a folder for stacks. */
async function begin(t: ExecutionContext): Promise<{ readonly root: string }> {
  t.timeout(5 * 60 * 1000, "several runs of Terraform");
  const emulator = await startEmulator();
  t.teardown(emulator.stop);
  useOnlyEmulator(emulator.endpoint);
  const root = mkdtempSync(join(tmpdir(), "shared-provider-"));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  return { root };
}

/** A stack with a queue and a topic. */
function stackWithCode(root: string, name: string, region = REGION): Stack {
  const stack = stackIn(root, name);
  writeCode(stack.directory, region, {
    aws_sqs_queue: { likes: { name: `${name}-likes`, tags: { Kind: "queue" } } },
    aws_sns_topic: { bell: { name: `${name}-bell` } },
  });
  return stack;
}

/** A stack with a second `provider` block. Its plan has a topic and the name of the region of each. */
function stackInTwoRegions(root: string): Stack {
  const stack = stackWithCode(root, "regions");
  const file = join(stack.directory, CODE_FILE);
  const { provider, resource, ...code } = JSON.parse(readFileSync(file, "utf8"));
  const [aws] = provider.aws;
  const { bell } = resource.aws_sns_topic;
  const changed = {
    provider: { aws: [aws, { ...aws, alias: "far", region: "ap-southeast-2" }] },
    resource: { ...resource, aws_sns_topic: { bell, far: { ...bell, provider: "aws.far" } } },
    data: { aws_region: { near: {}, far: { provider: "aws.far" } } },
  };
  writeFileSync(file, JSON.stringify({ ...code, ...changed }));
  return stack;
}

function writeCode(directory: string, region: string, resource: object): void {
  const aws = [
    {
      region,
      default_tags: [{ tags: { Project: "mythical-mysfits" } }],
      skip_credentials_validation: true,
      skip_metadata_api_check: "true",
      skip_requesting_account_id: true,
    },
  ];
  const terraform = {
    required_providers: { aws: { source: "aws", version: "5.100.0" } },
    backend: { local: { path: "terraform.tfstate" } },
  };
  writeFileSync(join(directory, CODE_FILE), JSON.stringify({ terraform, provider: { aws }, resource }));
}

interface Plan {
  readonly resource_changes: readonly { readonly address: string; readonly change: { readonly actions: string[] } }[];
}

/** The JSON of a plan, without its time. */
async function planned(stack: Stack, environment: Attachment): Promise<Plan> {
  const [file, json] = [join(stack.directory, "next.tfplan"), join(stack.directory, "next.json")];
  await planUnlocked(stack, file, { output: () => {}, environment });
  await show(stack, { from: file, to: json }, { environment });
  const { timestamp: _, ...plan } = JSON.parse(readFileSync(json, "utf8")) as Plan & { timestamp: string };
  return plan;
}

function pidOf({ TF_REATTACH_PROVIDERS: address }: Attachment): number {
  return Number(/"Pid":(\d+)/.exec(address ?? "")?.[1]);
}

function isRunning(attachment: Attachment): boolean {
  try {
    return process.kill(pidOf(attachment), 0);
  } catch {
    return false;
  }
}
