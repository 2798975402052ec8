import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import ava, { type ExecutionContext } from "ava";
import { isInitialized, noteInitialized, noteUninitialized } from "../../../tools/deploy/initialized-folder.ts";
import type { Stack } from "../../../tools/deploy/synth.ts";
import { init, terraformProblem } from "../../../tools/deploy/terraform.ts";
import { testNeeding } from "../../needs.ts";

const testWithTerraform = testNeeding(terraformProblem);

const PROVIDER = ".terraform/providers/registry.terraform.io/hashicorp/aws/5.100.0/linux_amd64";

/** The files of an initialized folder. */
const FILES = {
  "cdk.tf.json": codeWith({ backend: "states/network", version: "5.100.0" }),
  ".terraform.lock.hcl": 'provider "registry.terraform.io/hashicorp/aws" {\n  version     = "5.100.0"\n}\n',
  ".terraform/terraform.tfstate": '{"backend":{"type":"local"}}',
  [`${PROVIDER}/terraform-provider-aws_v5.100.0_x5`]: "binary",
};

ava("a folder stays initialized while its resources change", (t) => {
  const stack = initialized(t);
  t.true(isInitialized(stack));
  const code = { ...JSON.parse(FILES["cdk.tf.json"]), resource: { aws_vpc: { vpc: {} } } };
  write(stack, "cdk.tf.json", JSON.stringify(code));
  t.true(isInitialized(stack));
});

for (const [change, make] of Object.entries<(stack: Stack) => void>({
  "another backend": (stack) => write(stack, "cdk.tf.json", codeWith({ backend: "states/other", version: "5.100.0" })),
  "another version of the provider": (stack) =>
    write(stack, "cdk.tf.json", codeWith({ backend: "states/network", version: "5.99.0" })),
  "the lock file of another plan": (stack) => appendFileSync(join(stack.directory, ".terraform.lock.hcl"), "# h1\n"),
  "a deleted lock file": (stack) => rmSync(join(stack.directory, ".terraform.lock.hcl")),
  "an init by hand with another backend": (stack) => write(stack, ".terraform/terraform.tfstate", "{}"),
  "a changed provider": (stack) =>
    appendFileSync(join(stack.directory, PROVIDER, "terraform-provider-aws_v5.100.0_x5"), "!"),
  "a deleted provider": (stack) => rmSync(join(stack.directory, PROVIDER), { recursive: true }),
  "a deleted .terraform folder": (stack) => rmSync(join(stack.directory, ".terraform"), { recursive: true }),
  "an interrupted init": noteUninitialized,
})) {
  ava(`a folder is initialized again after ${change}`, (t) => {
    const stack = initialized(t);
    make(stack);
    t.false(isInitialized(stack));
  });
}

ava("a folder with modules is always initialized", (t) => {
  const stack = folder(t);
  const code = { ...JSON.parse(FILES["cdk.tf.json"]), module: { queues: { source: "../queues" } } };
  for (const [file, text] of Object.entries({ ...FILES, "cdk.tf.json": JSON.stringify(code) })) {
    write(stack, file, text);
  }
  noteInitialized(stack);
  t.false(isInitialized(stack));
});

testWithTerraform("Terraform initializes a folder once", async (t) => {
  t.timeout(60_000);
  const stack = folder(t);
  write(stack, "cdk.tf.json", codeWith({ backend: "network.tfstate", version: "5.100.0" }));
  t.false(isInitialized(stack));
  await init(stack);
  t.true(isInitialized(stack));
  const withoutTerraform = { environment: { PATH: "" } };
  await t.notThrowsAsync(init(stack, withoutTerraform));
  write(stack, "cdk.tf.json", codeWith({ backend: "other.tfstate", version: "5.100.0" }));
  await t.throwsAsync(init(stack, withoutTerraform));
  t.false(isInitialized(stack));
  await init(stack);
  t.true(isInitialized(stack));
});

function initialized(t: ExecutionContext): Stack {
  const stack = folder(t);
  for (const [file, text] of Object.entries(FILES)) {
    write(stack, file, text);
  }
  noteInitialized(stack);
  return stack;
}

function folder(t: ExecutionContext): Stack {
  const directory = mkdtempSync(join(tmpdir(), "initialized-"));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const state = { kind: "file", path: join(directory, "network.tfstate") } as const;
  return { name: "network", directory, dependencies: [], state, reads: {}, outputs: {}, constructs: {} };
}

function write({ directory }: Stack, file: string, text: string): void {
  mkdirSync(dirname(join(directory, file)), { recursive: true });
  writeFileSync(join(directory, file), text);
}

function codeWith({ backend, version }: { backend: string; version: string }): string {
  return JSON.stringify({
    terraform: { backend: { local: { path: backend } }, required_providers: { aws: { source: "aws", version } } },
  });
}
