import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { terraformProblem } from "../../../tools/deploy/terraform.ts";
import { markdown } from "../../../tools/review/markdown/fit.ts";
import { readPlan } from "../../../tools/review/plan/file.ts";
import { review } from "../../../tools/review/review.ts";
import { testNeeding } from "../../needs.ts";
import { indexOf, jsonOf } from "./plan-parts.ts";
import { compare, KINDS, secretsIn, terraformIn, withTemporaryFolder } from "./terraform-text.ts";

// Generated plans of real Terraform, made with terraform_data, which needs no provider: the review and Terraform's own text
// of the same plan must agree on counts, actions, orders, deletions, values, unknown attributes, outputs, and secrets.

const test = testNeeding(terraformProblem);

/** A value of an argument. Words begin with `shown` unless they are marked as sensitive on one side of the change. */
type Node =
  | { readonly is: "word" | "lines" | "json" | "secret" | "unknown"; readonly text: string }
  | { readonly is: "marked"; readonly sides: "before" | "after"; readonly text: string }
  | { readonly is: "number" | "secret number"; readonly number: number }
  | { readonly is: "flag"; readonly flag: boolean }
  | { readonly is: "nothing" }
  | { readonly is: "list"; readonly items: readonly Node[] }
  | { readonly is: "map"; readonly entries: Readonly<Record<string, Node>> };

type Side = "before" | "after";

const suffix = fc.integer({ min: 36 ** 6, max: 36 ** 7 }).map((number) => number.toString(36));
const word = suffix.map((text): Node => ({ is: "word", text: `shown${text}` }));
const leaf = fc.oneof(
  { weight: 4, arbitrary: word },
  fc.array(suffix, { minLength: 2, maxLength: 5 }).map((all): Node => ({ is: "lines", text: linesOf(all) })),
  fc.array(suffix, { minLength: 1, maxLength: 3 }).map((all): Node => ({ is: "json", text: jsonText(all) })),
  fc.integer({ min: 1_000_000_000, max: 1_999_999_999 }).map((number): Node => ({ is: "number", number })),
  fc.integer({ min: 90_000_000_000, max: 99_999_999_999 }).map((number): Node => ({ is: "secret number", number })),
  fc.boolean().map((flag): Node => ({ is: "flag", flag })),
  fc.constant<Node>({ is: "nothing" }),
  suffix.map((text): Node => ({ is: "unknown", text: `shown${text}` })),
  { weight: 2, arbitrary: suffix.map((text): Node => ({ is: "secret", text: `hidden${text}` })) },
  fc
    .tuple(fc.constantFrom<Side>("before", "after"), suffix)
    .map(([sides, text]): Node => ({ is: "marked", sides, text: `hidden${text}` })),
);
const node: fc.Arbitrary<Node> = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf,
    fc.array(tie("node"), { maxLength: 4 }).map((items): Node => ({ is: "list", items })),
    fc
      .dictionary(fc.constantFrom("a", "name", "odd key", "é"), tie("node"), { maxKeys: 4 })
      .map((entries): Node => ({ is: "map", entries })),
  ),
})).node;

/** Entries of a map with values that may mean "not set". */
const empties = fc.dictionary(
  fc.constantFrom("a", "b", "c"),
  fc.constantFrom<Node>(
    { is: "nothing" },
    { is: "word", text: "" },
    { is: "list", items: [] },
    { is: "map", entries: {} },
  ),
);

/** Both sides of a change; about half of them have most parts in common. */
const pair = fc.oneof(
  fc.tuple(node, node),
  fc.tuple(fc.array(node, { minLength: 1, maxLength: 4 }), node, fc.nat()).map(([items, other, at]): [Node, Node] => [
    { is: "list", items },
    { is: "list", items: items.toSpliced(at % items.length, at % 2, other) },
  ]),
  fc.tuple(fc.dictionary(fc.constantFrom("a", "b", "c"), node), node).map(([entries, other]): [Node, Node] => [
    { is: "map", entries },
    { is: "map", entries: { ...entries, b: other } },
  ]),
  fc.tuple(empties, empties, word, word).map(([before, after, was, is]): [Node, Node] => [
    { is: "map", entries: { ...before, changed: was } },
    { is: "map", entries: { ...after, changed: is } },
  ]),
);

const ALL_KINDS = [...KINDS, "import", "import-update"] as const;

interface Resource {
  readonly kind: (typeof ALL_KINDS)[number];
  readonly values: readonly [before: Node, after: Node];
}

/** Every kind at least once, with any values. */
const resources = fc
  .tuple(...ALL_KINDS.map((kind) => fc.array(pair, { minLength: 1, maxLength: 2 }).map((all) => [kind, all] as const)))
  .map((kinds) => kinds.flatMap(([kind, all]) => all.map((values): Resource => ({ kind, values }))));

/** Keys of `for_each` before and after. */
const keys = fc.tuple(
  fc.uniqueArray(fc.constantFrom("a", "b ]", 'c"d', "é.f", "g[0]"), { maxLength: 3 }),
  fc.uniqueArray(fc.constantFrom("a", "b ]", 'c"d', "é.f", "g[0]"), { maxLength: 3 }),
);

const outputs = fc.dictionary(fc.constantFrom("one", "two", "three"), pair, { maxKeys: 3 });

test("counts, actions, values, and secrets agree with Terraform's own text of the same plan", async (t) => {
  t.timeout(5 * 60_000);
  await fc.assert(
    fc.asyncProperty(resources, keys, outputs, async (all, each, values) => {
      await withTemporaryFolder(async (folder) => {
        const code = configurations(all, each, values);
        const text = await plan(folder, code);
        const file = join(folder, "plan.json");
        const result = await review(indexOf(["stack"]), () => readPlan(file));
        compare(t, text, jsonOf(result));
        const told = JSON.stringify(jsonOf(result)) + markdown(result);
        for (const secret of secretsIn(JSON.stringify(code))) {
          t.false(told.includes(secret), `${secret} is in the review of ${text}`);
        }
      });
    }),
    { numRuns: 6, endOnFailure: true, includeErrorInReport: true }, // smaller plans would take minutes to find
  );
});

interface Configurations {
  readonly before: object;
  readonly after: object;
  readonly tainted: readonly string[];
  readonly deposed: readonly string[];
  readonly requested: readonly string[];
}

function configurations(
  all: readonly Resource[],
  [before, after]: readonly (readonly string[])[],
  outputs: Readonly<Record<string, readonly [Node, Node]>>,
): Configurations {
  const old: Record<string, object> = { many: many(before ?? []) };
  const next: Record<string, object> = { many: many(after ?? []), fresh: { input: "fresh" } };
  const moved: object[] = [];
  const removed: object[] = [];
  const imported: object[] = [];
  all.forEach(({ kind, values: [was, is] }, index) => {
    const name = `r${index}`;
    const address = `terraform_data.${name}`;
    const whole = { input: expression(was, "before") };
    const changed = { input: expression(is, "after") };
    const isOld = kind !== "create" && kind !== "import" && kind !== "import-update";
    if (isOld) {
      old[name] = kind === "replace" || kind === "replace-first" ? { ...whole, triggers_replace: "shownold" } : whole;
    }
    switch (kind) {
      case "create":
      case "update":
        next[name] = changed;
        break;
      case "replace":
        next[name] = { ...changed, triggers_replace: "shownnew" };
        break;
      case "replace-first":
        next[name] = { ...changed, triggers_replace: "shownnew", lifecycle: { create_before_destroy: true } };
        break;
      case "move":
      case "move-update":
        next[`${name}_new`] = kind === "move" ? whole : changed;
        moved.push({ from: address, to: `${address}_new` });
        break;
      case "forget":
        removed.push({ from: address, lifecycle: { destroy: false } });
        break;
      case "import":
      case "import-update":
        next[name] = kind === "import" ? {} : changed;
        imported.push({ to: address, id: `existing-${name}` });
        break;
      case "delete":
        break;
      default:
        next[name] = whole; // stay, taint, request, deposed
    }
  });
  const named = (kind: Resource["kind"]) =>
    all.flatMap((resource, index) => (resource.kind === kind ? [`r${index}`] : []));
  const entries = Object.entries(outputs);
  return {
    before: {
      resource: { terraform_data: old },
      output: outputsOf(
        entries.filter(([name]) => name !== "one").map(([name, [was]]) => [name, was]),
        "before",
      ),
    },
    after: {
      resource: { terraform_data: next },
      data: {
        terraform_remote_state: {
          read: { backend: "local", config: { path: "other.tfstate" }, depends_on: ["terraform_data.fresh"] },
        },
      },
      output: outputsOf(
        entries.filter(([name]) => name !== "two").map(([name, [, is]]) => [name, is]),
        "after",
      ),
      moved,
      removed,
      import: imported,
    },
    tainted: named("taint"),
    deposed: named("deposed"),
    requested: named("request"),
  };
}

function many(keys: readonly string[]): object {
  return {
    for_each: Object.fromEntries(keys.map((key) => [key, `shown${key.codePointAt(0)}`])),
    input: "$" + "{each.value}",
  };
}

function outputsOf(entries: readonly (readonly [string, Node])[], side: Side): object {
  return Object.fromEntries([
    ["stays", { value: "stays" }], // Terraform rejects a configuration with an empty `output`
    ...entries.map(([name, value]) => [name, { value: expression(value, side), sensitive: hasMark(value, side) }]),
  ]);
}

function hasMark(value: Node, side: Side): boolean {
  switch (value.is) {
    case "list":
      return value.items.some((item) => hasMark(item, side));
    case "map":
      return Object.values(value.entries).some((item) => hasMark(item, side));
    case "marked":
      return value.sides === side;
    default:
      return value.is === "secret" || value.is === "secret number";
  }
}

/** A value in Terraform's JSON syntax. What is not known yet refers to a resource that the second configuration adds. */
function expression(value: Node, side: Side): unknown {
  switch (value.is) {
    case "word":
    case "lines":
    case "json":
      return value.text;
    case "number":
      return value.number;
    case "flag":
      return value.flag;
    case "nothing":
      return null;
    case "unknown":
      return side === "before" ? value.text : "$" + "{terraform_data.fresh.id}";
    case "secret":
      return `\${sensitive("${value.text}")}`;
    case "secret number":
      return `\${sensitive(${value.number})}`;
    case "marked":
      return value.sides === side ? `\${sensitive("${value.text}")}` : value.text;
    case "list":
      return value.items.map((item) => expression(item, side));
    case "map":
      return Object.fromEntries(Object.entries(value.entries).map(([name, item]) => [name, expression(item, side)]));
  }
}

function linesOf(all: readonly string[]): string {
  return `${all.map((text) => `shown${text}`).join("\n")}\n`;
}

function jsonText(all: readonly string[]): string {
  return JSON.stringify({ Statement: all.map((text) => ({ Action: `shown${text}` })), Id: `shown${all[0]}` });
}

/** Applies the first configuration, plans the second one into `plan.json`, and returns Terraform's text of the plan. */
async function plan(folder: string, { before, after, tainted, deposed, requested }: Configurations): Promise<string> {
  const terraform = terraformIn(folder);
  const code = join(folder, "main.tf.json");
  writeFileSync(code, JSON.stringify(before));
  await terraform("apply", "-auto-approve", "-no-color");
  const stateFile = join(folder, "terraform.tfstate");
  const state = JSON.parse(readFileSync(stateFile, "utf8")) as {
    serial: number;
    resources: { name: string; instances: object[] }[];
  };
  state.serial++;
  for (const resource of state.resources) {
    const [instance = {}] = resource.instances;
    if (tainted.includes(resource.name)) {
      resource.instances = [{ ...instance, status: "tainted" }];
    }
    if (deposed.includes(resource.name)) {
      resource.instances.push({ ...instance, deposed: "0a1b2c3d" });
    }
  }
  writeFileSync(stateFile, JSON.stringify(state));
  writeFileSync(code, JSON.stringify(after));
  const replaced = requested.map((name) => `-replace=terraform_data.${name}`);
  const text = await terraform("plan", "-no-color", "-refresh=false", "-out=next.tfplan", ...replaced);
  writeFileSync(join(folder, "plan.json"), await terraform("show", "-json", "next.tfplan"));
  return text;
}
