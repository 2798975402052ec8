import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { terraformProblem } from "../../../tools/deploy/terraform.ts";
import { markdown } from "../../../tools/review/markdown/fit.ts";
import { readPlan } from "../../../tools/review/plan/file.ts";
import { review } from "../../../tools/review/review.ts";
import { testNeeding } from "../../needs.ts";
import { indexOf, jsonOf } from "./plan-parts.ts";
import { compare, KINDS, terraformIn, withTemporaryFolder } from "./terraform-text.ts";

// Generated plans of real Terraform and the real AWS provider, compared with Terraform's own text like in
// terraform-text.test.ts. The state is a generated file and is not refreshed, so that no plan calls AWS.

const test = testNeeding(terraformProblem());

/** A string argument's value. It begins with `shown` or `hidden`. */
interface Text {
  readonly is: "word" | "secret" | "unknown";
  readonly text: string;
}

/** The generated parts of a resource. */
interface Parts {
  readonly text: Text;
  readonly number: number;
  readonly tags: Readonly<Record<string, Text>>;
  /** A word for each element of a set. */
  readonly items: readonly string[];
  readonly secret: string;
}

const suffix = fc.integer({ min: 36 ** 6, max: 36 ** 7 }).map((number) => number.toString(36));
const word = suffix.map((text) => `shown${text}`);
const text: fc.Arbitrary<Text> = fc.oneof(
  { weight: 3, arbitrary: word.map((text): Text => ({ is: "word", text })) },
  suffix.map((text): Text => ({ is: "secret", text: `hidden${text}` })),
  word.map((text): Text => ({ is: "unknown", text })),
);
const parts: fc.Arbitrary<Parts> = fc.record({
  text,
  number: fc.integer({ min: 1, max: 900 }),
  tags: fc.dictionary(fc.constantFrom("a", "Name", "odd key"), text, { maxKeys: 3 }),
  items: fc.uniqueArray(word, { minLength: 1, maxLength: 3 }),
  secret: suffix.map((text) => `hidden${text}`),
});

/** Both sides of a change, which have some parts in common. */
const sides = fc
  .tuple(parts, parts, fc.boolean(), fc.boolean())
  .map(([before, other, isSameText, isSameSet]): readonly [Parts, Parts] => [
    before,
    {
      ...other,
      text: isSameText ? before.text : other.text,
      items: isSameSet ? before.items : [...before.items.slice(1), ...other.items.slice(0, 1)],
    },
  ]);

type Kind = (typeof KINDS)[number];

/** Arguments of a resource, and what AWS adds to them. */
interface Described {
  readonly [argument: string]: unknown;
}

/** Types that the provider plans without a call to AWS. A change to `name` replaces each of them. */
const TYPES: Readonly<Record<string, (name: string, parts: Parts, side: Side) => Described>> = {
  aws_iam_role: (name, { text, tags, items, number }, side) => ({
    name,
    description: expression(text, side),
    max_session_duration: 3600 + number,
    assume_role_policy: policy(items, { Service: "ecs-tasks.amazonaws.com" }),
    inline_policy: items.map((item) => ({ name: item, policy: policy([item]) })),
    tags: tagsOf(tags, side),
  }),
  aws_security_group: (name, { tags, items, number }, side) => ({
    name,
    description: "generated",
    vpc_id: "vpc-1",
    ingress: items.map((item, index) => ({ ...RULE, from_port: number, to_port: number + index, description: item })),
    egress: [{ ...RULE, from_port: 0, to_port: 0, protocol: "-1", description: "all" }],
    tags: tagsOf(tags, side),
  }),
  aws_sqs_queue: (name, { text, tags, items, number }, side) => ({
    name,
    delay_seconds: number,
    kms_master_key_id: expression(text, side),
    policy: policy(items, "*"),
    tags: tagsOf(tags, side),
  }),
  aws_ssm_parameter: (name, { text, tags, secret }, side) => ({
    name,
    type: "SecureString",
    value: secret,
    description: expression(text, side),
    tags: tagsOf(tags, side),
  }),
};

const RULE = {
  cidr_blocks: ["10.0.0.0/8"],
  ipv6_cidr_blocks: [],
  prefix_list_ids: [],
  security_groups: [],
  protocol: "tcp",
  self: false,
};

/** Every kind at least once, with any type and values. */
const resources = fc.tuple(
  ...KINDS.map((kind) =>
    fc
      .array(fc.tuple(fc.constantFrom(...Object.keys(TYPES)), sides), { minLength: 1, maxLength: 2 })
      .map((all) => all.map(([type, values]) => ({ kind, type, values }))),
  ),
);

test("counts, actions, values, and secrets of AWS resources agree with Terraform's own text", async (t) => {
  t.timeout(5 * 60_000);
  await withTemporaryFolder(async (folder) => {
    writeFileSync(join(folder, "main.tf.json"), JSON.stringify({ terraform: TERRAFORM }));
    await terraformIn(folder)("init", "-no-color");
    await fc.assert(
      fc.asyncProperty(resources, async (kinds) => {
        const told = await plan(folder, kinds.flat());
        const result = await review(indexOf(["stack"]), () => readPlan(join(folder, "plan.json")));
        compare(t, told, jsonOf(result));
        const all = JSON.stringify(jsonOf(result)) + markdown(result);
        for (const [secret] of JSON.stringify(kinds).matchAll(/hidden\w+/g)) {
          t.false(all.includes(secret), `${secret} is in the review of ${told}`);
        }
      }),
      // The same three plans in each run, so that an unrelated change does not fail; smaller plans would take minutes to find.
      { seed: 1, numRuns: 3, endOnFailure: true, includeErrorInReport: true },
    );
  });
});

const TERRAFORM = { required_providers: { aws: { source: "hashicorp/aws", version: "5.100.0" } } };

type Side = "before" | "after";

interface Resource {
  readonly kind: Kind;
  readonly type: string;
  readonly values: readonly [before: Parts, after: Parts];
}

/** Writes a state and a configuration into an initialized folder, plans it into `plan.json`, and returns Terraform's text of the plan. */
async function plan(folder: string, all: readonly Resource[]): Promise<string> {
  const code: Record<string, Record<string, object>> = { terraform_data: { fresh: { input: "fresh" } } };
  const state: object[] = [];
  const moved: object[] = [];
  const removed: object[] = [];
  const requested: string[] = [];
  all.forEach(({ kind, type, values: [was, is] }, index) => {
    const [id, address] = [`r${index}`, `${type}.r${index}`];
    const describe = TYPES[type] as (typeof TYPES)[string];
    if (kind !== "create") {
      state.push(stateOf(type, id, kind, describe(`shown-${id}`, was, "before"), was));
    }
    const add = (name: string, resource: object) => {
      code[type] = { ...code[type], [name]: resource };
    };
    switch (kind) {
      case "create":
      case "update":
        add(id, describe(`shown-${id}`, is, "after"));
        break;
      case "replace":
        add(id, describe(`shown-new-${id}`, is, "after"));
        break;
      case "replace-first":
        add(id, { ...describe(`shown-new-${id}`, is, "after"), lifecycle: { create_before_destroy: true } });
        break;
      case "move":
      case "move-update":
        add(`${id}_new`, describe(`shown-${id}`, kind === "move" ? known(was) : is, "after"));
        moved.push({ from: address, to: `${address}_new` });
        break;
      case "forget":
        removed.push({ from: address, lifecycle: { destroy: false } });
        break;
      case "delete":
        break;
      default:
        add(id, describe(`shown-${id}`, known(was), "after"));
        requested.push(...(kind === "request" ? [address] : []));
    }
  });
  const configuration = { terraform: TERRAFORM, provider: { aws: OFFLINE }, resource: code, moved, removed };
  writeFileSync(join(folder, "main.tf.json"), JSON.stringify(configuration));
  writeFileSync(join(folder, "terraform.tfstate"), JSON.stringify({ version: 4, serial: 1, resources: state }));
  const run = terraformIn(folder);
  const replaced = requested.map((address) => `-replace=${address}`);
  const told = await run("plan", "-no-color", "-refresh=false", "-out=next.tfplan", ...replaced);
  writeFileSync(join(folder, "plan.json"), await run("show", "-json", "next.tfplan"));
  return told;
}

const OFFLINE = {
  region: "us-west-2",
  access_key: "made-up",
  secret_key: "made-up",
  skip_credentials_validation: true,
  skip_metadata_api_check: "true",
  skip_region_validation: true,
  skip_requesting_account_id: true,
};

/** The same parts with their unknown strings known. */
function known(parts: Parts): Parts {
  const settle = ({ is, text }: Text): Text => ({ is: is === "unknown" ? "word" : is, text });
  const tags = Object.entries(parts.tags).map(([key, tag]) => [key, settle(tag)]);
  return { ...parts, text: settle(parts.text), tags: Object.fromEntries(tags) };
}

function stateOf(type: string, name: string, kind: Kind, described: Described, { text, tags }: Parts): object {
  const attributes = {
    ...described,
    id: `id-${name}`,
    arn: `arn:aws:test:us-west-2:123456789012:${name}`,
    tags_all: described.tags,
  };
  const marked = [
    ...(text.is === "secret" ? [[{ type: "get_attr", value: TEXT[type] }]] : []),
    ...Object.entries(tags).flatMap(([key, tag]) =>
      tag.is === "secret"
        ? [
            [
              { type: "get_attr", value: "tags" },
              { type: "index", value: { value: key, type: "string" } },
            ],
          ]
        : [],
    ),
  ].filter(([step]) => step?.value !== undefined);
  const instance = { schema_version: SCHEMA_VERSIONS[type] ?? 0, attributes, sensitive_attributes: marked };
  const instances = [
    kind === "taint" ? { ...instance, status: "tainted" } : instance,
    ...(kind === "deposed" ? [{ ...instance, deposed: "0a1b2c3d" }] : []),
  ];
  return { mode: "managed", type, name, provider: 'provider["registry.terraform.io/hashicorp/aws"]', instances };
}

/** The argument that has the string. */
const TEXT: Readonly<Record<string, string>> = {
  aws_iam_role: "description",
  aws_sqs_queue: "kms_master_key_id",
  aws_ssm_parameter: "description",
};

const SCHEMA_VERSIONS: Readonly<Record<string, number>> = { aws_security_group: 1 };

function policy(actions: readonly string[], principal?: unknown): string {
  const Statement = actions.map((action) => ({
    Effect: "Allow",
    Action: `sqs:${action}`,
    ...(principal === undefined ? { Resource: "*" } : { Principal: principal }),
  }));
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

function tagsOf(tags: Parts["tags"], side: Side): object {
  return Object.fromEntries(Object.entries(tags).map(([key, tag]) => [key, expression(tag, side)]));
}

/** A string in Terraform's JSON syntax, or as it is in the state. */
function expression({ is, text }: Text, side: Side): string {
  if (side === "before" || is === "word") {
    return text;
  }
  return is === "secret" ? `\${sensitive("${text}")}` : "$" + "{terraform_data.fresh.id}";
}
