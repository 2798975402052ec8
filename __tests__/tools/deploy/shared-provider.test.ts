import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Attachment, SharedProvider } from "../../../tools/deploy/shared-provider.ts";
import type { Stack } from "../../../tools/deploy/synth.ts";
import { init, planUnlocked, show, terraformProblem } from "../../../tools/deploy/terraform.ts";
import { motoProblem, startEmulator } from "../../../tools/emulator/emulator.ts";
import { useOnlyEmulator } from "../../../tools/emulator/environment.ts";
import { testNeeding } from "../../needs.ts";

// Real Terraform and the real AWS provider: two small stacks, planned with one provider process and with one for each.

const test = testNeeding(terraformProblem, motoProblem);

const REGION = "us-east-1";

test("plans with a shared provider are the same as plans with separate providers", async (t) => {
  t.timeout(5 * 60 * 1000, "about ten runs of Terraform");
  const emulator = await startEmulator();
  t.teardown(emulator.stop);
  useOnlyEmulator(emulator.endpoint);
  const root = mkdtempSync(join(tmpdir(), "shared-provider-"));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  const stacks = [stackIn(root, "queues", REGION), stackIn(root, "topics", REGION)] as const;
  const elsewhere = stackIn(root, "elsewhere", "eu-west-1");
  for (const stack of [...stacks, elsewhere]) {
    await init(stack);
  }

  const addresses = new Set<string | undefined>();
  const shared: unknown[] = [];
  {
    await using provider = new SharedProvider();
    // At the same time, as `npm run plan` does.
    const plans = stacks.map(async (stack) => {
      const attachment = await provider.attach(stack);
      addresses.add(attachment.TF_REATTACH_PROVIDERS);
      return planned(stack, attachment);
    });
    shared.push(...(await Promise.all(plans)));
    t.deepEqual(await provider.attach(elsewhere), {}, "a process has only one configuration");
  }
  t.is(addresses.size, 1, "both plans used the same process");
  t.false(isRunning(addresses), "the provider stops with its plans");

  const separate = await Promise.all(stacks.map((stack) => planned(stack, {})));
  t.deepEqual(shared, separate);
  t.is((shared[0] as { resource_changes: object[] }).resource_changes.length, 2);
});

test("with AWS_CA_BUNDLE, every plan starts its own provider", async (t) => {
  const root = mkdtempSync(join(tmpdir(), "shared-provider-"));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  const stack = stackIn(root, "queues", REGION);
  await init(stack);
  process.env.AWS_CA_BUNDLE = "/etc/ssl/cert.pem";
  t.teardown(() => delete process.env.AWS_CA_BUNDLE);
  await using provider = new SharedProvider();
  t.deepEqual(await provider.attach(stack), {});
});

function stackIn(root: string, name: string, region: string): Stack {
  const directory = join(root, name);
  mkdirSync(directory);
  const resource = {
    aws_sqs_queue: { likes: { name: `${name}-likes`, tags: { Kind: "queue" } } },
    aws_sns_topic: { bell: { name: `${name}-bell` } },
  };
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
  writeFileSync(join(directory, "cdk.tf.json"), JSON.stringify({ terraform, provider: { aws }, resource }));
  return {
    name,
    dependencies: [],
    directory,
    state: { kind: "file", path: "terraform.tfstate" },
    reads: {},
    outputs: {},
    constructs: {},
  };
}

/** The JSON of a plan, without its time. */
async function planned(stack: Stack, environment: Attachment): Promise<unknown> {
  const [file, json] = [join(stack.directory, "next.tfplan"), join(stack.directory, "next.json")];
  await planUnlocked(stack, file, { output: () => {}, environment });
  await show(stack, { from: file, to: json }, { environment });
  const { timestamp: _, ...plan } = JSON.parse(readFileSync(json, "utf8")) as Record<string, unknown>;
  return plan;
}

function isRunning(addresses: ReadonlySet<string | undefined>): boolean {
  const [, pid] = /"Pid":(\d+)/.exec([...addresses][0] ?? "") ?? [];
  try {
    return process.kill(Number(pid), 0);
  } catch {
    return false;
  }
}
