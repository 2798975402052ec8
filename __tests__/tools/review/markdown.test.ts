import test from "ava";
import fc from "fast-check";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { reviewJson } from "../../../tools/review/json-schema.ts";
import { CUTS, LIMIT, markdown } from "../../../tools/review/markdown/fit.ts";
import type { Review } from "../../../tools/review/model.ts";
import type { PlanPart } from "../../../tools/review/plan/part.ts";
import { review } from "../../../tools/review/review.ts";
import {
  configured,
  drift,
  indexOf,
  jsonOf,
  resource,
  resourcePart,
  reviewOf,
  reviewOfResources,
} from "./plan-parts.ts";

// Properties of every review.

/** Text that could break out of the code in which values are shown. */
const HOSTILE = fc
  .array(
    fc.constantFrom(
      ..."` ``` ```` | \\ \n \r \t \u2028 \u0000 \u202e \u200b < > & * _ ~ # - + : ! [ ] ( ) @admin #1 evil".split(" "),
      ..."</code> </details> <!-- --> <img/src=x> <script> </summary> &#64; https://evil.example GH-1 {{ %0A ::error::".split(
        " ",
      ),
      "\n\n## Attention\n\n",
      "\n- ",
      "\n```\n",
      "\n| a | b |\n",
      "[x](https://evil.example)",
      " ",
    ),
    { minLength: 1, maxLength: 12 },
  )
  .map((bits) => `evil${bits.join("")}evil`);

const TYPES = [
  "aws_dynamodb_table",
  "aws_iam_role_policy",
  "aws_lb_listener_rule",
  "aws_s3_bucket",
  "aws_security_group",
  "aws_ssm_parameter",
  "aws_vpc_security_group_ingress_rule",
];

const value = fc.oneof(
  HOSTILE,
  fc.jsonValue({ maxDepth: 2 }),
  HOSTILE.map((text) =>
    JSON.stringify({ Statement: [{ Effect: "Allow", Action: text, Resource: "*" }], [text]: text }),
  ),
);

const attributes = fc.dictionary(
  fc.oneof(fc.constantFrom("name", "policy", "cidr_ipv4", "priority", "ingress", "tags", "__proto__"), HOSTILE),
  value,
  { maxKeys: 4 },
);

const change = fc.record({
  type: fc.constantFrom(...TYPES),
  name: HOSTILE,
  before: fc.option(attributes),
  after: fc.option(attributes),
  unknown: fc.dictionary(fc.constantFrom("name", "policy"), fc.boolean()),
});

const part: fc.Arbitrary<PlanPart> = fc.oneof(
  { weight: 6, arbitrary: change.map(resource) },
  { weight: 1, arbitrary: change.map(drift) },
  {
    weight: 1,
    arbitrary: fc
      .record({ name: HOSTILE, after: value })
      .map(
        ({ name, after }): PlanPart => ({ kind: "output", name, change: { actions: ["create"], before: null, after } }),
      ),
  },
  { weight: 1, arbitrary: fc.constantFrom(...TYPES).map((type) => configured(type, "name", "policy")) },
);

/** Terraform writes each address once. */
const parts = fc.uniqueArray(part, { maxLength: 12, selector: addressOf });

const plans = fc.dictionary(fc.constantFrom("network", "platform", "services"), parts, { minKeys: 1 });

function addressOf(part: PlanPart): string {
  switch (part.kind) {
    case "output":
      return `output ${part.name}`;
    case "configured":
      return `configured ${part.address}`;
    case "resource":
    case "drift":
      return `${part.kind} ${part.head.address}`;
    default:
      return part.kind;
  }
}

test("text from a plan is shown as code: it cannot become a heading, link, mention, or HTML comment", async (t) => {
  await fc.assert(
    fc.asyncProperty(plans, HOSTILE, async (stacks, error) => {
      const text = markdown(withFailure(await reviewOf(stacks), error));
      const html = micromark(text, { allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] });
      const outside = html.replace(/<pre><code[^>]*>[^<]*<\/code><\/pre>/g, "").replace(/<code>[^<]*<\/code>/g, "");
      t.notRegex(outside, /evil|admin/);
      t.notRegex(outside, /<a |<img|<script/);
      t.notRegex(outside, /<!--/);
      t.is(outside.match(/<details>/g)?.length, outside.match(/<\/details>/g)?.length);
    }),
    { numRuns: 150 },
  );
});

test("invisible characters are written out, except for those that only make a character an emoji", async (t) => {
  const before = { name: "a" };
  const shown = async (name: string) => markdown(await reviewOfResources({ type: "aws_x", before, after: { name } }));
  for (const [character, written] of [
    ["\u{200b}", "\\u{200b}"],
    ["\u{fe00}", "\\u{fe00}"],
    ["\u{fe0f}", "\\u{fe0f}"],
    ["\u{34f}", "\\u{34f}"],
    ["\u{e0100}", "\\u{e0100}"],
  ]) {
    t.true((await shown(`a${character}b`)).includes(`"a${written}b"`), written);
  }
  t.true((await shown("\u2764\uFE0F")).includes('"\u2764\uFE0F"'));
});

test("of a long name, the beginning and the end are shown", async (t) => {
  const module = Array.from({ length: 30 }, (_, index) => `module.m${index}.`).join("");
  const page = markdown(
    await reviewOfResources(
      { type: "aws_sqs_queue", address: `${module}aws_sqs_queue.orders`, before: { name: "a" } },
      { type: "aws_sqs_queue", address: `${module}aws_sqs_queue.letters["\u{1F600}"]`, before: { name: "b" } },
    ),
  );
  t.regex(page, /^- `module\.m0\.module\.m1\..*… \(\d+ characters\) ….*module\.m29\.aws_sqs_queue\.letters\[".*"\]`/m);
  t.regex(page, /\*\*destroy\*\* `module\.m0\..*… \(\d+ characters\) ….*module\.m29\.aws_sqs_queue\.orders`/);
  t.true(page.isWellFormed());
});

test("the same plans give the same bytes, in any order of their resources", async (t) => {
  const shuffled = plans.chain((stacks) =>
    fc.tuple(
      fc.constant(stacks),
      fc.record(
        Object.fromEntries(
          Object.entries(stacks).map(([name, parts]) => [
            name,
            fc.shuffledSubarray(parts, { minLength: parts.length }),
          ]),
        ),
      ),
    ),
  );
  await fc.assert(
    fc.asyncProperty(shuffled, async ([stacks, others]) => {
      const [one, other] = [await reviewOf(stacks), await reviewOf(others)];
      t.is(markdown(one), markdown(other));
      t.is(JSON.stringify(jsonOf(one)), JSON.stringify(jsonOf(other)));
    }),
    { numRuns: 80 },
  );
});

test("copies of a secret are hidden in every value and error", async (t) => {
  // With characters that are escaped in JSON, Markdown, or both.
  const secret = fc
    .string({ minLength: 4, maxLength: 20, unit: fc.constantFrom(...'aZ09"\\\n`|<>&*_$^.+?(){}[]-/ é') })
    .map((text) => `s3cret${text}`);
  await fc.assert(
    fc.asyncProperty(secret, fc.boolean(), plans, async (text, isInJson, others) => {
      const marked = isInJson ? JSON.stringify({ user: "admin", password: text }) : text;
      const copies = {
        type: "aws_ecs_task_definition",
        before: { family: "a" },
        after: {
          family: `b ${text} c`,
          tags: { [`K ${text}`]: [text] },
          container_definitions: JSON.stringify([{ name: text, image: text }]),
        },
      };
      const result = await reviewOf({
        ...others,
        first: [
          resource(copies),
          resource({ type: "aws_dynamodb_table", before: { name: text } }),
          { kind: "output", name: "url", change: { actions: ["update"], before: "", after: `https://u:${text}@host` } },
          drift({ ...copies, after: { ...copies.after, policy: text } }),
          configured("aws_ecs_task_definition", "family", "container_definitions"),
        ],
        second: [
          resource({
            type: "aws_secretsmanager_secret_version",
            before: { secret_string: "other-one" },
            after: { secret_string: marked },
            sensitive: { secret_string: true },
          }),
        ],
      });
      for (const output of [markdown(withFailure(result, "no such bucket")), JSON.stringify(jsonOf(result))]) {
        t.false(output.includes(text));
        t.false(output.includes(JSON.stringify(text).slice(1, -1)));
        t.false(output.includes("other-one"));
      }
    }),
    { numRuns: 80 },
  );
});

test("values that look like secrets are hidden in place", async (t) => {
  const key = ["AKIA", "IOSFODNN7EXAMPLE"].join("");
  const result = await reviewOf({
    services: [
      resource({
        type: "aws_ecs_task_definition",
        after: {
          container_definitions: JSON.stringify([
            {
              name: "a",
              environment: [
                { name: "DB_PASSWORD", value: "hunter2" },
                { name: "TOKEN_ARN", value: "arn:aws:ssm:r:1:parameter/t" },
              ],
            },
          ]),
          environment: [{ variables: { API_KEY: "hunter3", LOGLEVEL: "INFO" } }],
          app_settings: { dbPassword: "hunter4" },
          runtime_environment_variables: { apiToken: "hunter5" },
          user_data: `export AWS_ACCESS_KEY_ID=${key}`,
        },
      }),
    ],
  });
  const text = markdown(result);
  t.notRegex(text, /hunter|AKIA/);
  t.regex(text, /export AWS_ACCESS_KEY_ID=\(sensitive\)/);
  t.regex(text, /arn:aws:ssm:r:1:parameter\/t/);
  t.regex(text, /"LOGLEVEL": "INFO"/);
});

test("both sides of a value are hidden when either one is sensitive, at any length and position", async (t) => {
  const secret = fc.oneof(
    fc.string({ minLength: 1, maxLength: 12, unit: fc.constantFrom(..."xyz789") }).map((text) => `Q${text}`),
    fc.integer({ min: 700_000, max: 799_999 }),
  );
  const shape = fc.constantFrom("value", "block", "list", "elements", "map", "output");
  await fc.assert(
    fc.asyncProperty(secret, secret, shape, fc.boolean(), async (was, is, kind, isMarkedBefore) => {
      fc.pre(was !== is);
      const wrap = (value: unknown): object => ({
        id: "a",
        input:
          kind === "block" ? [{ value }] : kind === "list" ? [value] : kind === "map" ? { other: 1, value } : value,
      });
      const elements = (value: unknown, names: readonly string[]) => ({
        input: names.map((name) => ({ name, value: name === "b" ? value : "plain" })),
      });
      const [before, after] =
        kind === "elements" ? [elements(was, ["a", "b"]), elements(is, ["b", "a"])] : [wrap(was), wrap(is)];
      const mark =
        kind === "elements"
          ? maskOf(isMarkedBefore ? before : after, isMarkedBefore ? was : is)
          : maskOf(wrap("!"), "!");
      const change = {
        actions: ["update"],
        before,
        after,
        before_sensitive: isMarkedBefore ? mark : {},
        after_sensitive: isMarkedBefore ? {} : mark,
      };
      const part: PlanPart =
        kind === "output"
          ? {
              kind,
              name: "o",
              change: {
                ...change,
                before: was,
                after: is,
                before_sensitive: isMarkedBefore,
                after_sensitive: !isMarkedBefore,
              },
            }
          : {
              kind: "resource",
              ...resourcePart({ address: "terraform_data.a", mode: "managed", type: "terraform_data", change }),
            };
      const result = await reviewOf({ platform: [part] });
      for (const text of [markdown(result), JSON.stringify(jsonOf(result))]) {
        t.false(text.includes(String(was)), text);
        t.false(text.includes(String(is)), text);
        t.regex(text, /sensitive/);
      }
    }),
    { numRuns: 200 },
  );
});

/** A mask that marks the places of a value. */
function maskOf(value: unknown, secret: unknown): unknown {
  if (value === secret) {
    return true;
  }
  if (Array.isArray(value)) {
    return value.map((inner) => maskOf(inner, secret));
  }
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, maskOf(inner, secret)]))
    : false;
}

test("the author of a sensitive value cannot make other findings unreadable", async (t) => {
  const words = ["0.0.0.0/0", "aws_db_instance", "deletion_protection", "customers-table", "AdministratorAccess"];
  const findings = [
    resource({
      type: "aws_vpc_security_group_ingress_rule",
      after: { security_group_id: "sg-1", ip_protocol: "tcp", from_port: 22, to_port: 22, cidr_ipv4: "0.0.0.0/0" },
    }),
    resource({
      type: "aws_db_instance",
      name: "customers-table",
      before: { deletion_protection: true },
      after: { deletion_protection: false },
    }),
  ];
  const hostile = words.map((word, index) =>
    resource({
      type: "aws_ssm_parameter",
      name: `p${index}`,
      after: { value: word, environment: [{ TOKEN: word }] },
      sensitive: { value: true },
    }),
  );
  const sentences = async (parts: readonly PlanPart[]) =>
    jsonOf(await reviewOf({ platform: parts })).attention.flatMap(({ name, text }) =>
      name.startsWith("aws_ssm_parameter.") ? [] : [`${name}: ${text}`],
    );
  t.deepEqual(await sentences([...findings, ...hostile]), await sentences(findings));
});

test("copies of a secret in Go's JSON, in URLs, in Base64, and as a number are hidden", async (t) => {
  const result = await reviewOf({
    first: [
      resource({
        type: "terraform_data",
        after: { input: "p<ss& word>1", pin: 90210777 },
        sensitive: { input: true, pin: true },
      }),
    ],
    second: [
      resource({
        type: "aws_sqs_queue",
        after: {
          name: 'echo \'{"p":"p\\u003css\\u0026 word\\u003e1"}\'',
          delay: 90210777,
          url: "https://example.com/?p=p%3Css%26+word%3E1",
          path: "https://example.com/p%3Css%26%20word%3E1",
          encoded: Buffer.from("p<ss& word>1").toString("base64"),
          scripts: ["", "a", "ab"].map((start) => Buffer.from(`${start}p<ss& word>1 and more`).toString("base64")),
          script: encodeURIComponent("p<ss& word>1"),
          text: "call 90210777 or 190210777",
        },
      }),
    ],
  });
  const text = markdown(result);
  // The secret at each position among the three bytes that Base64 encodes at once.
  t.notRegex(text, /ss.{0,8}word|cDxzcyYg|A8c3MmIH|PHNzJiB3/);
  t.notRegex(text, /(?<!1)90210777/);
  t.regex(text, /190210777/);
});

test("copies of a secret in hexadecimal, in other languages' quotes, and in indented lines are hidden", async (t) => {
  const [secret, quoted] = ["Zwölf-Hunters", `it's a "pass"word <9`];
  const lines = ["QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=", "d3h5ejAxMjM0NTY3ODlBQkNERUZHSElKSw=="];
  const hex = Buffer.from(secret).toString("hex");
  const text = markdown(
    await reviewOfResources(
      {
        type: "terraform_data",
        name: "secret",
        after: { input: [secret, quoted, lines.join("\n")] },
        sensitive: { input: true },
      },
      {
        type: "terraform_data",
        after: {
          hex: `x ${hex} ${hex.toUpperCase()}`,
          yaml: `a: 'it''s a "pass"word <9'`,
          shell: String.raw`run 'it'\''s a "pass"word <9'`,
          xml: "<p>it's a &quot;pass&quot;word &lt;9</p>",
          indented: `key: |\n  ${lines.join("\n  ")}\nnext: 1`,
        },
      },
    ),
  );
  t.notRegex(text, /5a77c3b6|5A77C3B6|pass|QUJDREVG|d3h5ejAx/);
  t.regex(text, /next: 1/);
});

test("a secret in the path of a replacement is hidden", async (t) => {
  const result = await reviewOfResources(
    { type: "terraform_data", name: "secret", after: { input: "Zwölf-Hunters" }, sensitive: { input: true } },
    {
      type: "terraform_data",
      actions: ["delete", "create"],
      before: { input: { "Zwölf-Hunters": 1 } },
      after: { input: { "Zwölf-Hunters": 2 } },
      replaced: [["input", "Zwölf-Hunters"]],
    },
  );
  t.notRegex(markdown(result) + JSON.stringify(jsonOf(result)), /Hunters/);
});

test("copies of sensitive values whose names look like secrets are hidden, too", async (t) => {
  const marked = {
    password: "Winter-2025",
    environment: { API_TOKEN: "Spring-2025" },
    command: ["--token", "Summer-2025"],
    settings: [{ name: "DB_SECRET", value: "Autumn-2025" }],
  };
  const sensitive = {
    password: true,
    environment: { API_TOKEN: true },
    command: [false, true],
    settings: [{ value: true }],
  };
  const input = ["Winter", "Spring", "Summer", "Autumn"].map((season) => `is ${season}-2025 here`);
  const result = await reviewOfResources(
    { type: "aws_thing", before: marked, sensitive },
    { type: "terraform_data", after: { input } },
  );
  t.notRegex(markdown(result) + JSON.stringify(jsonOf(result)), /-2025/);
});

test("secrets of manifests, arguments of commands, and trimmed copies are hidden", async (t) => {
  const result = await reviewOfResources(
    { type: "terraform_data", name: "key", after: { input: "  hunter-44\n" }, sensitive: { input: true } },
    {
      type: "kubernetes_manifest",
      before: { manifest: { kind: "Secret", data: { a: "aHVudGVyLTU1" }, stringData: { b: "hunter-66" } } },
      after: { manifest: { kind: "Secret", data: { a: "aHVudGVyLTU2" }, stringData: { b: "hunter-67" } } },
    },
    { type: "terraform_data", name: "args", after: { input: ["--token", "hunter-77", "--secret-id", "app/db"] } },
    { type: "terraform_data", name: "copy", after: { input: "is hunter-44 here" } },
    {
      type: "kubernetes_deployment",
      after: { env: [{ name: "TOKEN", value_from: [{ secret_key_ref: [{ name: "app", key: "of-app" }] }] }] },
    },
    { type: "aws_ssm_parameter", after: { name: "/app/db_password", insecure_value: "hunter-88" } },
    { type: "kubernetes_manifest", name: "map", after: { manifest: { kind: "ConfigMap", data: { a: "shown" } } } },
  );
  const text = markdown(result) + JSON.stringify(jsonOf(result));
  t.notRegex(text, /hunter|aHVud/);
  t.regex(text, /"--token", \(sensitive\), "--secret-id", "app\/db"/);
  t.regex(text, /shown/);
  t.regex(text, /"key": "of-app"/);
});

test("copies of sensitive variables and of the settings of actions are hidden", async (t) => {
  const parts: readonly PlanPart[] = [
    { kind: "variable", name: "password", value: "hunter-22" },
    { kind: "variable", name: "region", value: "us-east-1" },
    { kind: "sensitive variable", name: "password" },
    {
      kind: "invocation",
      invocation: {
        address: "action.aws_lambda_invoke.a",
        type: "aws_lambda_invoke",
        config_values: { payload: "hunter-33" },
        config_sensitive: { payload: true },
      },
    },
    resource({ type: "terraform_data", after: { input: "hunter-22 hunter-33 us-east-1" } }),
  ];
  // Tools that sort keys write the configuration, with the declarations of variables, first.
  for (const platform of [parts, parts.toReversed()]) {
    const result = await reviewOf({ platform });
    t.regex(markdown(result), /"\(sensitive\) \(sensitive\) us-east-1"/);
  }
});

test("copies of sensitive values in the state are hidden when no resource is planned", async (t) => {
  const state: PlanPart = {
    kind: "state",
    type: "aws_ssm_parameter",
    values: { name: "/app/login", value: "hunter-44" },
    sensitive: { value: true },
  };
  const output: PlanPart = {
    kind: "output",
    name: "login",
    change: { actions: ["create"], before: null, after: "use hunter-44 for /app/login" },
  };
  t.true(markdown(await reviewOf({ platform: [output, state] })).includes('+ login: "use (sensitive) for /app/login"'));
});

test("passwords in a JSON string are hidden in place, and nothing else in it", async (t) => {
  const settings = { database: { user: "app", dbPassword: "hunter22" }, apiKey: "hunter33", tokenUrl: "https://a" };
  const policy = { Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } } };
  const text = markdown(
    await reviewOf({
      platform: [
        resource({
          type: "aws_ssm_document",
          after: {
            content: JSON.stringify(settings),
            policy: JSON.stringify(policy),
            list: JSON.stringify(["secret"]),
          },
        }),
      ],
    }),
  );
  t.notRegex(text, /hunter/);
  t.regex(text, /"user": "app", "dbPassword": \(sensitive\)/);
  t.regex(text, /"tokenUrl": "https:\/\/a"/);
  t.regex(text, /"aws:MultiFactorAuthPresent": "true"/);
});

test("a review of any size fits into a comment and lists what it omits", async (t) => {
  const big = fc.record({
    number: fc.integer({ min: 1, max: 800 }),
    length: fc.constantFrom(10, 300, 5000),
    type: fc.constantFrom(...TYPES),
    stacks: fc.integer({ min: 1, max: 60 }),
    isNew: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(big, async ({ number, length, type, stacks, isNew }) => {
      const side = (text: string) => ({
        name: text.repeat(length),
        cidr_ipv4: "0.0.0.0/0",
        ip_protocol: "tcp",
        from_port: 1,
        to_port: 2,
      });
      const parts = Array.from({ length: number }, (_, index) =>
        resource({
          type,
          name: `é${"n".repeat(length)}${index}`,
          before: isNew ? null : side("é"),
          after: isNew ? side("ü") : null,
        }),
      );
      const names = Array.from({ length: stacks }, (_, index) => `stack-${index}`);
      const text = markdown(
        await review(indexOf(names), async function* ({ name }) {
          yield* name === "stack-0" ? parts : parts.slice(0, 3);
        }),
      );
      t.true(Buffer.byteLength(text) <= LIMIT);
      t.true(text.includes("Omitted") || text.includes(`${index(parts)}`));
    }),
    { numRuns: 25 },
  );
});

test("parts are omitted in the documented order", async (t) => {
  const parts = Array.from({ length: 400 }, (_, index) =>
    resource({ type: "aws_sqs_queue", name: `queue-${index}`, after: { name: `q${index}`, policy: "x".repeat(200) } }),
  );
  const danger = resource({ type: "aws_dynamodb_table", name: "table", before: { name: "t" } });
  const text = markdown(await reviewOf({ platform: [...parts, danger] }));
  const [, omitted = ""] = /^Omitted, .*?: (.*)\. The JSON/m.exec(text) ?? [];
  const known = CUTS.map(({ says }) => says);
  const positions = omitted.split("; ").map((says) => known.indexOf(says));
  t.deepEqual(
    positions,
    positions.toSorted((one, other) => one - other),
  );
  t.false(positions.includes(-1));
  t.regex(text, /aws_dynamodb_table is destroyed|`aws_dynamodb_table` is destroyed/);
  t.regex(text, /- name: "t"/);
});

test("of many cautions, more are shown than of too many", async (t) => {
  const shownOf = async (number: number) => {
    const rules = Array.from({ length: number }, (_, index) => ({
      type: "aws_vpc_security_group_ingress_rule",
      name: `rule-${index}`,
      after: {
        security_group_id: "sg-1",
        ip_protocol: "tcp",
        from_port: index,
        to_port: index,
        cidr_ipv4: "10.0.0.0/8",
      },
    }));
    return markdown(await reviewOfResources(...rules)).match(/: Allows `tcp/g)?.length;
  };
  t.is(await shownOf(3000), 100);
});

test("the JSON follows its schema", async (t) => {
  await fc.assert(
    fc.asyncProperty(plans, async (stacks) => {
      const written = JSON.parse(JSON.stringify(jsonOf(await reviewOf(stacks))));
      t.deepEqual(reviewJson.parse(written), written);
    }),
    { numRuns: 50 },
  );
});

/** A review with added stacks that failed or have mock outputs. */
function withFailure(result: Review, text: string): Review {
  const none = {
    error: undefined,
    mocked: [],
    outdated: [],
    isComplete: true,
    invocations: [],
    deferred: [],
    resources: [],
    drift: [],
    outputs: [],
  };
  const failed = { ...none, name: text, outcome: "failed", error: text } as const;
  const mocked = {
    ...none,
    name: "mocked",
    outcome: "planned",
    mocked: [text],
    outdated: [text],
  } as const;
  return { ...result, stacks: [...result.stacks, failed, mocked] };
}

function index(parts: readonly PlanPart[]): string {
  return `${parts.length} to `;
}

test("an output of which only the mark changes is not said to have another value", async (t) => {
  const output = (name: string, after: string): PlanPart => ({
    kind: "output",
    name,
    change: { actions: ["update"], before: "one", after, before_sensitive: true, after_sensitive: true },
  });
  const page = markdown(await reviewOf({ platform: [output("same", "one"), output("other", "two")] }));
  t.true(page.includes("! same: (sensitive), only its notation or its mark as sensitive changes"));
  t.true(page.includes("! other: (sensitive), changes"));
});
