import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExecutionContext } from "ava";
import { applyReviewed } from "../../../tools/deploy/apply-reviewed.ts";
import type { Stack } from "../../../tools/deploy/synth.ts";
import { apply, init, plan, show, terraformProblem } from "../../../tools/deploy/terraform.ts";
import { MOCK_MARK } from "../../../tools/review/plan/plans.ts";
import { testNeeding } from "../../needs.ts";
import { stackIn } from "./stack-in.ts";

// Real Terraform with two stacks of its built-in resource. The second one reads an output of the first one.

const test = testNeeding(terraformProblem);

const UPSTREAM_WATER = reference("data.terraform_remote_state.upstream.outputs.water");

test("reviewed plans are applied in order; a plan with mock outputs is made again first and must be the same", async (t) => {
  const { stacks, folder, review, applied, index } = workshop(t);
  await review("upstream");
  await review("downstream", { mocked: ["upstream"] });
  const left = {
    name: "lake",
    dependencies: [],
    constructs: {},
    outcome: "orphaned",
    resources: 1,
    onDemand: false,
  };
  writeFileSync(join(folder, "index.json"), JSON.stringify({ ...index(), stacks: [...index().stacks, left] }));
  await applyReviewed(folder, stacks, "test");
  t.is(applied("upstream"), "spring");
  t.is(applied("downstream"), "river of spring");
});

test("a new plan that differs from the reviewed one is not applied, and the error lists what is done", async (t) => {
  const { stacks, folder, review, applied, describe } = workshop(t);
  await review("upstream");
  await review("downstream", { mocked: ["upstream"] });
  describe("downstream", `lake of ${UPSTREAM_WATER}`);
  const error = await t.throwsAsync(applyReviewed(folder, stacks, "test"));
  t.deepEqual(error?.message.split("\n"), [
    "downstream: the new plan differs from the reviewed one; plan and review again:",
    "  terraform_data.thing: input differs from the reviewed plan",
    "apply stopped at downstream; done: upstream applied as reviewed; not started: nothing",
  ]);
  t.is(applied("upstream"), "spring");
  t.is(applied("downstream"), undefined);
});

test("Terraform rejects the plan of a stack that changed after the review, and no later stack is started", async (t) => {
  const { stacks, folder, review, applied, describe } = workshop(t);
  await review("upstream");
  await review("downstream", { mocked: ["upstream"] });
  const [upstream] = stacks;
  describe("upstream", "well");
  await plan(upstream as Stack);
  await apply(upstream as Stack);
  const error = await t.throwsAsync(applyReviewed(folder, stacks, "test"));
  t.deepEqual(error?.message.split("\n"), [
    "upstream: terraform apply failed",
    "apply stopped at upstream; done: nothing; not started: downstream",
  ]);
  t.is(applied("upstream"), "well");
  t.is(applied("downstream"), undefined);
});

test("a stack without changes is not applied", async (t) => {
  const { stacks, folder, review, applied } = workshop(t);
  const [upstream] = stacks;
  await init(upstream as Stack);
  await plan(upstream as Stack);
  await apply(upstream as Stack);
  const before = readFileSync(join(folder, "..", "upstream", "terraform.tfstate"), "utf8");
  await review("upstream");
  await applyReviewed(folder, stacks, "test");
  t.is(readFileSync(join(folder, "..", "upstream", "terraform.tfstate"), "utf8"), before);
  t.is(applied("upstream"), "spring");
});

test("a plan that only moves a resource to another address is applied", async (t) => {
  const { stacks, folder, review, applied, describe } = workshop(t);
  const [upstream] = stacks as [Stack, Stack];
  await init(upstream);
  await plan(upstream);
  await apply(upstream);
  describe("upstream", "spring");
  const file = join(upstream.directory, "cdk.tf.json");
  const renamed = readFileSync(file, "utf8")
    .replaceAll(/"thing"/g, '"source"')
    .replaceAll("data.thing", "data.source");
  const moved = [{ from: "terraform_data.thing", to: "terraform_data.source" }];
  writeFileSync(file, JSON.stringify({ ...JSON.parse(renamed), moved }));
  await review("upstream");
  await applyReviewed(folder, stacks, "test");
  t.is(applied("upstream"), "spring");
  t.is(await plan(upstream), undefined);
  t.regex(readFileSync(join(upstream.directory, "terraform.tfstate"), "utf8"), /"name": "source"/);
});

test("plans that must not be applied are rejected before any stack is applied", async (t) => {
  const { stacks, folder, review, applied, index } = workshop(t);
  await review("upstream");
  const reviewed = index();
  const rejects = async (change: object, message: RegExp) => {
    writeFileSync(join(folder, "index.json"), JSON.stringify({ ...reviewed, ...change }));
    await t.throwsAsync(applyReviewed(folder, stacks, "test"), { message });
  };
  await rejects({ environment: "production" }, /contains plans of production: expected test/);
  await rejects({ preview: { base: "main" } }, /contains a preview against an emulator/);
  const failed = { name: "downstream", dependencies: [], constructs: {}, outcome: "failed", error: "no credentials" };
  await rejects(
    { stacks: [...reviewed.stacks, failed] },
    /^planning downstream failed, so no plan is applied: no credentials$/,
  );
  const [upstream] = reviewed.stacks;
  await rejects({ stacks: [{ ...upstream, name: "state" }] }, /^state has changes: .* with npm run bootstrap$/);
  await rejects({ stacks: [{ ...upstream, name: "lake" }] }, /^there is a plan for lake, but no such stack/);
  t.is(applied("upstream"), undefined);
});

interface Index {
  readonly stacks: readonly { readonly name: string }[];
}

interface Workshop {
  readonly stacks: readonly Stack[];
  /** Folder of the reviewed plans. */
  readonly folder: string;
  /** Writes the code of a stack. */
  readonly describe: (name: string, input: string) => void;
  /** Plans a stack, with mock outputs if its upstream is not applied, and adds the plan to the index. */
  readonly review: (name: string, how?: { mocked: string[] }) => Promise<void>;
  readonly applied: (name: string) => unknown;
  readonly index: () => Index;
}

function workshop(t: ExecutionContext): Workshop {
  t.timeout(3 * 60 * 1000, "a dozen runs of Terraform");
  const root = mkdtempSync(join(tmpdir(), "applying-"));
  t.teardown(() => rmSync(root, { recursive: true }));
  const folder = join(root, "plans");
  const stacks = [stackIn(root, "upstream"), stackIn(root, "downstream")];
  mkdirSync(folder);
  writeFileSync(join(folder, "index.json"), JSON.stringify({ format: 3, environment: "test", stacks: [] }));
  const describe = (name: string, input: string) =>
    writeFileSync(join(root, name, "cdk.tf.json"), JSON.stringify(code(name, input)));
  describe("upstream", "spring");
  describe("downstream", `river of ${UPSTREAM_WATER}`);
  const index = () => JSON.parse(readFileSync(join(folder, "index.json"), "utf8")) as Index;
  return {
    stacks,
    folder,
    describe,
    index,
    review: async (name, { mocked } = { mocked: [] }) => {
      const found = stacks.find((one) => one.name === name) as Stack;
      const place = mocked.length > 0 ? withMockOutputs(found) : found;
      const file = join(folder, `${name}.tfplan`);
      await init(place);
      await plan(place, { file });
      await show(place, { from: file, to: join(folder, `${name}.json`) });
      const planned = {
        name,
        dependencies: mocked,
        constructs: {},
        outcome: "planned",
        plan: `${name}.json`,
        mocked,
        outdated: [],
      };
      writeFileSync(join(folder, "index.json"), JSON.stringify({ ...index(), stacks: [...index().stacks, planned] }));
    },
    applied: (name) => {
      const state = join(root, name, "terraform.tfstate");
      return existsSync(state)
        ? (JSON.parse(readFileSync(state, "utf8")) as { outputs: { water?: { value: unknown } } }).outputs.water?.value
        : undefined;
    },
  };
}

function reference(expression: string): string {
  return `\${${expression}}`;
}

function code(name: string, input: string): object {
  return {
    terraform: { backend: { local: { path: "terraform.tfstate" } } },
    ...(name === "downstream" && {
      data: {
        terraform_remote_state: { upstream: { backend: "local", config: { path: "../upstream/terraform.tfstate" } } },
      },
    }),
    resource: { terraform_data: { thing: { input } } },
    output: { water: { value: reference("terraform_data.thing.output") } },
  };
}

/** Copies a stack and gives it a mock output, as `npm run plan` does for a stack whose upstream is not applied. */
function withMockOutputs(found: Stack): Stack {
  const directory = `${found.directory}-mocked`;
  cpSync(found.directory, directory, { recursive: true });
  const upstream = {
    backend: "local",
    config: { path: "empty.tfstate" },
    defaults: { water: `some-${MOCK_MARK}` },
  };
  writeFileSync(join(directory, "empty.tfstate"), JSON.stringify({ version: 4, outputs: {}, resources: [] }));
  writeFileSync(
    join(directory, "mock_outputs_override.tf.json"),
    JSON.stringify({ data: { terraform_remote_state: { upstream } } }),
  );
  return { ...found, directory };
}
