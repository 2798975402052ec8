import test from "ava";
import type { PlanPart } from "../../../../../tools/review/plan/part.ts";
import {
  configured,
  findings,
  findingsIn,
  jsonOf,
  type ResourceInput,
  resource,
  reviewOf,
  reviewOfResources,
} from "../../plan-parts.ts";
import { aclRule, allow, INGRESS, policy, rule, testFindings } from "../cases.ts";

// Safeguards, traffic, and logs. Rules about one argument are in rows.test.ts.

const OFFICE = "198.51.100.0/24";

const ADDRESSES = ["module.app.aws_lb_listener.it", 'module.app["a.b"].module.web[0].aws_lb_listener.it["x]\\"y"]'];

testFindings({
  "a lifecycle rule of an existing bucket beside another new bucket": [
    [
      { type: "aws_s3_bucket", after: { bucket: "new" } },
      {
        type: "aws_s3_bucket_lifecycle_configuration",
        after: { bucket: "old", rule: [{ status: "Enabled", expiration: [{ days: 1 }] }] },
      },
      {
        type: "aws_s3_bucket_lifecycle_configuration",
        name: "other",
        after: { bucket: "new", rule: [{ status: "Enabled", expiration: [{ days: 1 }] }] },
      },
    ],
    ["danger protection: Objects are deleted permanently after 1 day."],
  ],
  "point-in-time recovery off": [
    [
      {
        type: "aws_dynamodb_table",
        before: { point_in_time_recovery: [{ enabled: true }] },
        after: { point_in_time_recovery: [{ enabled: false }] },
      },
    ],
    ["danger protection: point_in_time_recovery.enabled changes from true to false. Backups stop"],
  ],
  "deletion protection off": [
    [{ type: "aws_lb", before: { enable_deletion_protection: true }, after: { enable_deletion_protection: false } }],
    ["danger protection: enable_deletion_protection changes from true to false."],
  ],
  "encryption without a key of the account": [
    [{ type: "aws_sns_topic", before: { kms_master_key_id: "k" }, after: { kms_master_key_id: "" } }],
    ["danger protection: kms_master_key_id is removed; it was k."],
  ],
  "logs kept for a shorter time": [
    [{ type: "aws_cloudwatch_log_group", before: { retention_in_days: 0 }, after: { retention_in_days: 30 } }],
    ["danger protection: retention_in_days changes from 0 to 30. Older log lines are deleted"],
  ],
  "logs kept for longer": [
    [{ type: "aws_cloudwatch_log_group", before: { retention_in_days: 7 }, after: { retention_in_days: 30 } }],
    [],
  ],
  "a new log group": [[{ type: "aws_cloudwatch_log_group", after: { retention_in_days: 7 } }], []],
  "protection switched on": [
    [
      {
        type: "aws_dynamodb_table",
        before: { deletion_protection_enabled: false },
        after: { deletion_protection_enabled: true },
      },
    ],
    [],
  ],
  "a public database": [
    [
      {
        type: "aws_db_instance",
        after: { publicly_accessible: true, storage_encrypted: true, deletion_protection: true },
      },
    ],
    ["danger public: Created with publicly_accessible set to true. Anyone"],
  ],
  "a lifted public access block": [
    [
      {
        type: "aws_s3_bucket_public_access_block",
        before: { bucket: "b", block_public_policy: true },
        after: { bucket: "b", block_public_policy: false },
      },
    ],
    ["danger public: block_public_policy changes from true to false."],
  ],
  "a listener rule that moves": [
    [{ type: "aws_lb_listener_rule", before: { priority: 100 }, after: { priority: 2000 } }],
    ["caution traffic: Its priority changes: requests may go elsewhere"],
  ],
  "a service without tasks": [
    [{ type: "aws_ecs_service", before: { desired_count: 2 }, after: { desired_count: 0 } }],
    ["danger traffic: desired_count changes from 2 to 0. No task remains"],
  ],
  "a new revision that waits for a release": [
    [
      {
        type: "aws_ecs_task_definition",
        name: "like",
        before: { arn: "arn:aws:ecs:r:1:task-definition/like:1", cpu: "256" },
        after: { cpu: "512" },
        actions: ["delete", "create"],
      },
      {
        type: "aws_ssm_parameter",
        before: { value: "arn:aws:ecs:r:1:task-definition/like:1" },
        after: {},
        unknown: { value: true },
        sensitive: { value: true },
      },
    ],
    [
      "note release: Registers a new revision. Running tasks keep the old one until the release started by the change of aws_ssm_parameter.it.",
    ],
  ],
  "a new revision that its service switches to": [
    [
      {
        type: "aws_ecs_task_definition",
        name: "like",
        before: { arn: "a:1", cpu: "256" },
        after: { cpu: "512" },
        actions: ["delete", "create"],
      },
      { type: "aws_ecs_service", before: { task_definition: "a:1" }, after: {}, unknown: { task_definition: true } },
    ],
    [],
  ],
});

test("rules that look at other resources read each one only a few times", async (t) => {
  const COUNT = 40;
  const reads = new Map<string, number>();
  const inputs = Array.from({ length: COUNT }, (_, index) => index).flatMap((index): ResourceInput[] => {
    const [name, arn] = [`n${index}`, `arn:aws:iam::1:policy/n${index}`];
    const both = (type: string, values: object) => ({
      ...{ type, name, before: { ...values, tags: { a: "b" } }, after: { ...values, tags: { a: "c" } } },
    });
    return [
      { type: "aws_s3_bucket", name, after: { bucket: name } },
      { type: "aws_s3_bucket_policy", name, after: { bucket: name, policy: policy(allow("s3:GetObject")) } },
      { type: "aws_s3_bucket_versioning", name, before: { bucket: name } },
      both("aws_security_group", { id: name, ingress: [] }),
      { type: INGRESS, name, after: rule("10.0.0.0/16", [80, 80], name) },
      { type: INGRESS, name: `old${index}`, before: rule("10.0.0.0/16", [80, 80], name) },
      both("aws_network_acl", { id: name, ingress: [aclRule("10.0.0.0/16", "deny", "tcp")] }),
      both("aws_iam_policy", { arn, policy: policy(allow("s3:GetObject")) }),
      { type: "aws_iam_role_policy_attachment", name, after: { role: name, policy_arn: arn } },
      both("aws_ecs_service", { task_definition: arn }),
      { ...both("aws_ecs_task_definition", { arn }), actions: ["delete", "create"] },
      { type: "aws_route_table_association", name, before: { route_table_id: "a" }, after: { route_table_id: name } },
      both("aws_route_table", { id: name, route: [] }),
      { type: "aws_cloudwatch_metric_alarm", name, after: { alarm_name: name } },
      { type: "aws_cloudwatch_composite_alarm", name, after: { alarm_rule: "x", alarm_actions: ["y"] } },
    ];
  });
  const parts = inputs.map(resource).map((part): PlanPart => {
    if (part.kind !== "resource") {
      return part;
    }
    const { head, read } = part;
    const counted = () => {
      reads.set(head.address, (reads.get(head.address) ?? 0) + 1);
      return read();
    };
    return { kind: "resource", head, read: counted };
  });
  await reviewOf({ platform: parts });
  t.is(reads.size, inputs.length);
  t.true(Math.max(...reads.values()) <= 6, JSON.stringify([...reads].filter(([, count]) => count > 6)));
});

test("a new alarm without an action is reported, unless a composite alarm includes it", async (t) => {
  const findings = async (...resources: readonly ResourceInput[]) =>
    jsonOf(await reviewOfResources(...resources)).attention.map(({ severity, name }) => `${severity} ${name}`);
  const alarm = (after: object) => ({ type: "aws_cloudwatch_metric_alarm", after: { alarm_name: "errors", ...after } });
  const composite = (rule: object) => ({
    type: "aws_cloudwatch_composite_alarm",
    after: { alarm_name: "page", alarm_actions: ["topic"], ...rule },
  });
  const named = ["note aws_cloudwatch_metric_alarm.it"];
  t.deepEqual(await findings(alarm({ alarm_actions: [] })), named);
  t.deepEqual(await findings(alarm({}), composite({ alarm_rule: 'ALARM("other")' })), named);
  t.deepEqual(await findings(alarm({}), composite({ alarm_rule: 'ALARM("errors")' })), []);
  t.deepEqual(await findings(alarm({}), { ...composite({}), unknown: { alarm_rule: true } }), []);
  t.deepEqual(await findings(alarm({ alarm_actions: ["topic"] })), []);
  t.deepEqual(await findings({ ...alarm({}), unknown: { alarm_actions: true } }), []);
});

test("ranges of an IP set are dangers in the direction in which its rules use them", async (t) => {
  const set = (...addresses: readonly string[]) => ({ arn: "arn:set", addresses });
  const acl = (action: string) => ({
    type: "aws_wafv2_web_acl",
    actions: ["no-op"],
    before: {},
    after: {
      rule: [
        {
          name: "r",
          action: [{ [action]: [{}] }],
          statement: [{ and_statement: [{ statement: [{ ip_set_reference_statement: [{ arn: "arn:set" }] }] }] }],
        },
      ],
    },
  });
  const type = "aws_wafv2_ip_set";
  const joins = [{ type, before: set(), after: set(OFFICE) }];
  const leaves = [{ type, before: set(OFFICE), after: set() }];
  const joined = `protection: ${OFFICE} joins the IP set: rules that allow its addresses let them pass.`;
  const left = `protection: ${OFFICE} leaves the IP set: rules that block its addresses let them pass.`;
  t.deepEqual(await findings(...joins, acl("allow")), [`danger ${joined}`]);
  t.deepEqual(await findings(...joins, acl("block")), []);
  t.deepEqual(await findings(...joins), [`caution ${joined}`]);
  t.deepEqual(await findings(...leaves, acl("block")), [`danger ${left}`]);
  t.deepEqual(await findings(...leaves, acl("allow")), []);
  t.deepEqual(await findings(...leaves), [`caution ${left}`]);
});

test("a switch whose value is known only after apply may change", async (t) => {
  const type = "aws_db_instance";
  const found = async (attribute: string, before: boolean) => {
    const change = { type, before: { [attribute]: before }, after: {}, unknown: { [attribute]: true } };
    return findingsIn(await reviewOf({ platform: [resource(change), configured(type, attribute)] }));
  };
  t.deepEqual(await found("deletion_protection", true), [
    "caution protection: deletion_protection was true and is known only after apply. If it changes: from then on, one wrong command can delete it.",
  ]);
  t.deepEqual(await found("publicly_accessible", false), [
    "caution public: publicly_accessible was false and is known only after apply. If it changes: anyone on the internet can reach it.",
  ]);
  t.deepEqual(await found("deletion_protection", false), []);
});

test("an image that is known only after apply is probably another version of it", async (t) => {
  const type = "aws_lambda_function";
  const change = { type, before: { image_uri: "example/app:1" }, after: {}, unknown: { image_uri: true } };
  t.deepEqual(findingsIn(await reviewOf({ platform: [resource(change), configured(type, "image_uri")] })), []);
});

for (const address of ADDRESSES) {
  test(`${address} is evaluated like one in the root module`, async (t) => {
    const change = { type: "aws_lb_listener", address, before: { protocol: "HTTPS" }, after: { protocol: "http" } };
    t.deepEqual(await findings(change), [
      "danger protection: protocol changes from HTTPS to http. Requests are sent unencrypted.",
      "caution traffic: Its protocol changes: requests may go elsewhere as soon as it is applied.",
    ]);
  });
}

test("a word that every object inherits is read like any other word", async (t) => {
  const review = (word: string) =>
    reviewOfResources(
      { type: word, name: "destroyed", before: { id: "1" }, reason: word },
      { type: word, name: "replaced", actions: ["delete", "create"], before: { id: "1" }, after: { id: "2" } },
      { type: word, name: "updated", before: { [word]: "a" }, after: { [word]: "b" } },
      { type: word, name: "created", after: { name: "it" } },
      { type: INGRESS, after: { ...rule("0.0.0.0/0", [1, 2]), ip_protocol: word } },
      { type: "aws_route53_record", before: { type: word, records: ["a"] }, after: { type: word, records: ["b"] } },
    );
  const text = JSON.stringify(jsonOf(await review("constructor")));
  t.is(text.replaceAll("constructor", "unheard"), JSON.stringify(jsonOf(await review("unheard"))));
});
