import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExecutionContext } from "ava";
import { applyReviewed } from "../../deploy/applying.ts";
import type { Stack } from "../../deploy/synth.ts";
import { apply, findTerraform, init, plan, show } from "../../deploy/terraform.ts";
import { PLACEHOLDER_MARK } from "../../review/plans.ts";
import { testNeeding } from "../needs.ts";

// Real Terraform and two stacks of its built-in resource, the second of which reads what the first puts out.

const test = testNeeding(findTerraform());

const UPSTREAM_WATER = reference("data.terraform_remote_state.upstream.outputs.water");

test("reviewed plans are applied in order, one that had stand-ins once it is the same without them", async (t) => {
  const { stacks, folder, review, applied, index } = workshop(t);
  await review("upstream");
  await review("downstream", { provisional: ["upstream"] });
  const left = {
    name: "lake",
    dependencies: [],
    constructs: {},
    outcome: "left-behind",
    resources: 1,
    onDemand: false,
  };
  writeFileSync(join(folder, "index.json"), JSON.stringify({ ...index(), stacks: [...index().stacks, left] }));
  await applyReviewed(folder, stacks, "test");
  t.is(applied("upstream"), "spring");
  t.is(applied("downstream"), "river of spring");
});

test("what nobody reviewed is not applied, and the run says how far it came", async (t) => {
  const { stacks, folder, review, applied, describe } = workshop(t);
  await review("upstream");
  await review("downstream", { provisional: ["upstream"] });
  describe("downstream", `lake of ${UPSTREAM_WATER}`);
  const error = await t.throwsAsync(applyReviewed(folder, stacks, "test"));
  t.deepEqual(error?.message.split("\n"), [
    "downstream: not what was reviewed; plan again, and have that reviewed:",
    "  terraform_data.thing: input is planned otherwise than it was reviewed",
    "apply stopped at downstream; done: upstream applied as reviewed; not begun: nothing",
  ]);
  t.is(applied("upstream"), "spring");
  t.is(applied("downstream"), undefined);
});

test("a plan whose stack changed since it was reviewed is refused by Terraform, and nothing after it is begun", async (t) => {
  const { stacks, folder, review, applied, describe } = workshop(t);
  await review("upstream");
  await review("downstream", { provisional: ["upstream"] });
  const [upstream] = stacks;
  describe("upstream", "well");
  await plan(upstream as Stack);
  await apply(upstream as Stack);
  const error = await t.throwsAsync(applyReviewed(folder, stacks, "test"));
  t.deepEqual(error?.message.split("\n"), [
    "upstream: terraform apply failed",
    "apply stopped at upstream; done: nothing; not begun: downstream",
  ]);
  t.is(applied("upstream"), "well");
  t.is(applied("downstream"), undefined);
});

test("a stack that changes nothing is left alone", async (t) => {
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

test("a stack in which a resource only gets another name is applied", async (t) => {
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

test("folders that must not be applied are refused before anything is", async (t) => {
  const { stacks, folder, review, applied, index } = workshop(t);
  await review("upstream");
  const reviewed = index();
  const refuses = async (change: object, message: RegExp) => {
    writeFileSync(join(folder, "index.json"), JSON.stringify({ ...reviewed, ...change }));
    await t.throwsAsync(applyReviewed(folder, stacks, "test"), { message });
  };
  await refuses({ environment: "production" }, /holds plans of production: expected test/);
  await refuses({ preview: { base: "main" } }, /holds a preview against an emulator/);
  const failed = { name: "downstream", dependencies: [], constructs: {}, outcome: "failed", error: "no credentials" };
  await refuses(
    { stacks: [...reviewed.stacks, failed] },
    /^downstream has no plan \(failed\), so none is applied: no credentials$/,
  );
  const [upstream] = reviewed.stacks;
  await refuses({ stacks: [{ ...upstream, name: "state" }] }, /^state changes: .* with npm run bootstrap$/);
  await refuses({ stacks: [{ ...upstream, name: "lake" }] }, /^there is a plan for lake, but no such stack/);
  t.is(applied("upstream"), undefined);
});

interface Index {
  readonly stacks: readonly { readonly name: string }[];
}

interface Workshop {
  readonly stacks: readonly Stack[];
  /** Of the reviewed plans. */
  readonly folder: string;
  /** Writes what a stack's code says. */
  readonly describe: (name: string, input: string) => void;
  /** Plans a stack, with a stand-in where its upstream is not applied, and adds it to the folder's index. */
  readonly review: (name: string, how?: { provisional: string[] }) => Promise<void>;
  readonly applied: (name: string) => unknown;
  readonly index: () => Index;
}

function workshop(t: ExecutionContext): Workshop {
  t.timeout(3 * 60 * 1000, "a dozen runs of Terraform");
  const root = mkdtempSync(join(tmpdir(), "applying-"));
  t.teardown(() => rmSync(root, { recursive: true }));
  const folder = join(root, "plans");
  const stacks = [stack(root, "upstream"), stack(root, "downstream")];
  mkdirSync(folder);
  writeFileSync(join(folder, "index.json"), JSON.stringify({ format: 2, environment: "test", stacks: [] }));
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
    review: async (name, { provisional } = { provisional: [] }) => {
      const found = stacks.find((one) => one.name === name) as Stack;
      const place = provisional.length > 0 ? withStandIn(found) : found;
      const file = join(folder, `${name}.tfplan`);
      await init(place);
      await plan(place, { file });
      await show(place, { from: file, to: join(folder, `${name}.json`) });
      const planned = {
        name,
        dependencies: provisional,
        constructs: {},
        outcome: "planned",
        plan: `${name}.json`,
        provisional,
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

function stack(root: string, name: string): Stack {
  const directory = join(root, name);
  mkdirSync(directory);
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

/** A copy that reads a placeholder, as a plan without its upstream does. */
function withStandIn(found: Stack): Stack {
  const directory = `${found.directory}-provisional`;
  cpSync(found.directory, directory, { recursive: true });
  const upstream = {
    backend: "local",
    config: { path: "empty.tfstate" },
    defaults: { water: `some-${PLACEHOLDER_MARK}` },
  };
  writeFileSync(join(directory, "empty.tfstate"), JSON.stringify({ version: 4, outputs: {}, resources: [] }));
  writeFileSync(
    join(directory, "stand_ins_override.tf.json"),
    JSON.stringify({ data: { terraform_remote_state: { upstream } } }),
  );
  return { ...found, directory };
}
