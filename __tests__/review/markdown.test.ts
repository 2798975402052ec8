import test from "ava";
import fc from "fast-check";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { json, reviewJson } from "../../review/json.ts";
import { CUTS, LIMIT, markdown } from "../../review/markdown/fit.ts";
import type { PlanPart } from "../../review/plan-file.ts";
import { type Review, review } from "../../review/review.ts";
import { configured, drift, indexOf, resource, reviewOf } from "./parts.ts";

// What must hold for every review, whatever stands in the plans.

/** Bits of text by which somebody could try to get out of where a plan's values are shown. */
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

/** Of two parts of one address, Terraform would say which is which. */
const parts = fc.uniqueArray(part, { maxLength: 12, selector: addressOf });

const plans = fc.dictionary(fc.constantFrom("network", "platform", "services"), parts, { minKeys: 1 });

function addressOf(part: PlanPart): string {
  switch (part.kind) {
    case "output":
      return `output ${part.name}`;
    case "configured":
      return `configured ${part.address}`;
    default:
      return `${part.kind} ${part.resource.address}`;
  }
}

test("whatever a plan says stands in code: nothing of it becomes a heading, a link, a mention or a comment", async (t) => {
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

test("the same plans give the same bytes, in whatever order their resources stand", async (t) => {
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
      t.is(JSON.stringify(json(one)), JSON.stringify(json(other)));
    }),
    { numRuns: 80 },
  );
});

test("no secret is told, wherever copies of it stand", async (t) => {
  // With all that has to be written differently in JSON, Markdown or both.
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
          [text]: [text],
          container_definitions: JSON.stringify([{ name: text, image: text }]),
        },
      };
      const result = await reviewOf({
        ...others,
        first: [
          resource(copies),
          resource({ type: "aws_dynamodb_table", name: text, before: { name: "t" } }),
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
      for (const output of [markdown(withFailure(result, "no such bucket")), JSON.stringify(json(result))]) {
        t.false(output.includes(text));
        t.false(output.includes(JSON.stringify(text).slice(1, -1)));
        t.false(output.includes("other-one"));
      }
    }),
    { numRuns: 80 },
  );
});

test("what looks like a secret is none of anybody's business either", async (t) => {
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
          user_data: `export AWS_ACCESS_KEY_ID=${key}`,
        },
      }),
    ],
  });
  const text = markdown(result);
  t.notRegex(text, /hunter|AKIA/);
  t.regex(text, /arn:aws:ssm:r:1:parameter\/t/);
  t.regex(text, /"LOGLEVEL": "INFO"/);
});

test("a review fits into a comment, however much changes, and says what it leaves out", async (t) => {
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
      t.true(text.includes("Left out") || text.includes(`${index(parts)}`));
    }),
    { numRuns: 25 },
  );
});

test("what is left out goes in the order that is documented", async (t) => {
  const parts = Array.from({ length: 400 }, (_, index) =>
    resource({ type: "aws_sqs_queue", name: `queue-${index}`, after: { name: `q${index}`, policy: "x".repeat(200) } }),
  );
  const danger = resource({ type: "aws_dynamodb_table", name: "table", before: { name: "t" } });
  const text = markdown(await reviewOf({ platform: [...parts, danger] }));
  const [, left = ""] = /^Left out, .*?: (.*)\. The JSON/m.exec(text) ?? [];
  const known = CUTS.map(({ says }) => says);
  const positions = left.split("; ").map((says) => known.indexOf(says));
  t.deepEqual(
    positions,
    positions.toSorted((one, other) => one - other),
  );
  t.false(positions.includes(-1));
  t.regex(text, /aws_dynamodb_table is destroyed|`aws_dynamodb_table` is destroyed/);
  t.regex(text, /- name: "t"/);
});

test("the JSON keeps to its schema", async (t) => {
  await fc.assert(
    fc.asyncProperty(plans, async (stacks) => {
      const written = JSON.parse(JSON.stringify(json(await reviewOf(stacks))));
      t.deepEqual(reviewJson.parse(written), written);
    }),
    { numRuns: 50 },
  );
});

/** A review to which stacks come that failed, or were planned without others. */
function withFailure(result: Review, text: string): Review {
  const none = { error: undefined, provisional: [], outdated: [], resources: [], drift: [], outputs: [] };
  const failed = { ...none, name: text, outcome: "failed", error: text } as const;
  const provisional = {
    ...none,
    name: "provisional",
    outcome: "planned",
    provisional: [text],
    outdated: [text],
  } as const;
  return { ...result, stacks: [...result.stacks, failed, provisional] };
}

function index(parts: readonly PlanPart[]): string {
  return `${parts.length} to `;
}
