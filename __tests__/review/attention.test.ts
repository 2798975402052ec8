import test from "ava";
import type { Severity } from "../../review/attention/finding.ts";
import { json } from "../../review/json.ts";
import type { PlanPart } from "../../review/plan-file.ts";
import { configured, drift, resource, reviewOf, reviewOfResources, type Told } from "./parts.ts";

// What each rule finds, and what it must let pass. Reviews of whole, real plans are in golden.test.ts.

type Expected = readonly `${Severity} ${string}: ${string}`[];

const ROLE = { name: "like", id: "like" };

function policy(...statements: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

function rolePolicy(...statements: readonly object[]) {
  return { role: "like", name: "permissions", policy: policy(...statements) };
}

function allow(actions: unknown, resources: unknown = "arn:aws:s3:::a", others: object = {}) {
  return { Effect: "Allow", Action: actions, Resource: resources, ...others };
}

function trust(principal: unknown, condition?: object) {
  const statement = {
    Effect: "Allow",
    Action: "sts:AssumeRole",
    Principal: principal,
    ...(condition && { Condition: condition }),
  };
  return { ...ROLE, assume_role_policy: policy(statement) };
}

function rule(range: string, [from, to]: readonly [number, number], group = "sg-1") {
  return { security_group_id: group, cidr_ipv4: range, ip_protocol: "tcp", from_port: from, to_port: to };
}

const INGRESS = "aws_vpc_security_group_ingress_rule";
const OF_ORG = { StringEquals: { "aws:PrincipalOrgID": "o-1" } };
const TLS_ONLY = {
  Effect: "Deny",
  Action: "s3:*",
  Principal: "*",
  Resource: "*",
  Condition: { Bool: { "aws:SecureTransport": "false" } },
};

const CASES: Readonly<Record<string, [changes: readonly Told[], expected: Expected]>> = {
  "a table that goes takes its items along": [
    [{ type: "aws_dynamodb_table", before: { name: "t" } }],
    ["danger loss: aws_dynamodb_table is destroyed. Every item goes"],
  ],
  "a table that is replaced says why": [
    [
      {
        type: "aws_dynamodb_table",
        before: { name: "t" },
        after: { name: "u" },
        actions: ["delete", "create"],
        replaced: ["name"],
      },
    ],
    ["danger loss: aws_dynamodb_table is replaced, because name cannot change in place. Every item goes"],
  ],
  "a bucket that may not be emptied is said to stop the apply": [
    [{ type: "aws_s3_bucket", before: { bucket: "b", force_destroy: false } }],
    ["danger loss: aws_s3_bucket is destroyed. Every object goes with it. (Its force_destroy is off"],
  ],
  "a bucket's settings go with it without a word": [
    [
      { type: "aws_s3_bucket", before: { bucket: "b", id: "b", force_destroy: true } },
      { type: "aws_s3_bucket_versioning", before: { bucket: "b" } },
      { type: "aws_s3_bucket_public_access_block", before: { bucket: "b" } },
      { type: "aws_s3_bucket_policy", before: { bucket: "b", policy: policy(TLS_ONLY) } },
    ],
    ["danger loss: aws_s3_bucket is destroyed."],
  ],
  "a bucket's settings that go alone": [
    [
      { type: "aws_s3_bucket_versioning", before: { bucket: "b" } },
      { type: "aws_s3_bucket_public_access_block", before: { bucket: "b" } },
      { type: "aws_s3_bucket_policy", before: { bucket: "b", policy: policy(TLS_ONLY) } },
    ],
    [
      "danger public: aws_s3_bucket_public_access_block is destroyed.",
      "danger access: No longer refuses s3:* when",
      "danger protection: aws_s3_bucket_versioning is destroyed.",
    ],
  ],
  "a load balancer that is replaced": [
    [
      {
        type: "aws_lb",
        before: { name: "a" },
        after: { name: "b" },
        actions: ["create", "delete"],
        replaced: ["name"],
      },
    ],
    ["danger loss: aws_lb is replaced, because name cannot change in place. Open connections break"],
  ],
  "what holds nothing goes without a word": [
    [{ type: "aws_cloudwatch_dashboard", before: { dashboard_body: "{}" } }],
    [],
  ],

  "a new action": [
    [
      {
        type: "aws_iam_role_policy",
        before: rolePolicy(allow("s3:GetObject")),
        after: rolePolicy(allow(["s3:GetObject", "s3:PutObject"])),
      },
    ],
    ["caution access: Newly allows s3:PutObject on arn:aws:s3:::a."],
  ],
  "every action of a service": [
    [{ type: "aws_iam_role_policy", before: rolePolicy(allow("s3:GetObject")), after: rolePolicy(allow("s3:*")) }],
    ["danger access: Newly allows s3:* on arn:aws:s3:::a."],
  ],
  "all but some actions": [
    [
      {
        type: "aws_iam_role_policy",
        before: rolePolicy(allow("s3:GetObject")),
        after: rolePolicy({ Effect: "Allow", NotAction: "iam:*", Resource: "arn:aws:s3:::a" }),
      },
    ],
    ["danger access: Newly allows everything but iam:* on arn:aws:s3:::a."],
  ],
  "a new resource": [
    [
      {
        type: "aws_iam_role_policy",
        before: rolePolicy(allow("s3:GetObject")),
        after: rolePolicy(allow("s3:GetObject", ["arn:aws:s3:::a", "arn:aws:s3:::b"])),
      },
    ],
    ["caution access: Allows s3:GetObject on more than before: arn:aws:s3:::b."],
  ],
  "every resource": [
    [
      {
        type: "aws_iam_role_policy",
        before: rolePolicy(allow("s3:GetObject")),
        after: rolePolicy(allow("s3:GetObject", "*")),
      },
    ],
    ["danger access: Allows s3:GetObject on more than before: *."],
  ],
  "two allowances put together in a new way": [
    [
      {
        type: "aws_iam_role_policy",
        before: rolePolicy(allow("s3:GetObject", "arn:aws:s3:::a"), allow("s3:PutObject", "arn:aws:s3:::b")),
        after: rolePolicy(allow("s3:GetObject", "arn:aws:s3:::a"), allow("s3:PutObject", "arn:aws:s3:::a")),
      },
    ],
    ["caution access: Allows s3:PutObject on more than before: arn:aws:s3:::a."],
  ],
  "the same said in other words": [
    [
      {
        type: "aws_iam_role_policy",
        before: rolePolicy(allow(["s3:GetObject", "s3:PutObject"])),
        after: rolePolicy(allow("S3:putobject"), allow(["s3:GetObject"])),
      },
    ],
    [],
  ],
  "two statements made one": [
    [
      {
        type: "aws_iam_role_policy",
        before: rolePolicy(allow("s3:PutObject"), allow("s3:GetObject")),
        after: rolePolicy(allow(["s3:GetObject", "s3:PutObject"])),
      },
    ],
    [],
  ],
  "less than before": [
    [{ type: "aws_iam_role_policy", before: rolePolicy(allow("s3:*", "*")), after: rolePolicy(allow("s3:GetObject")) }],
    [],
  ],
  "a condition that goes": [
    [
      {
        type: "aws_iam_role_policy",
        before: rolePolicy(allow("s3:GetObject", "arn:aws:s3:::a", { Condition: OF_ORG })),
        after: rolePolicy(allow("s3:GetObject")),
      },
    ],
    ["danger access: Allows s3:GetObject without the condition that there was."],
  ],
  "a refusal that goes": [
    [
      {
        type: "aws_s3_bucket_policy",
        before: { bucket: "b", policy: policy(TLS_ONLY) },
        after: { bucket: "b", policy: policy() },
      },
    ],
    ["danger access: No longer refuses s3:* when"],
  ],
  "a new service in a trust policy": [
    [
      {
        type: "aws_iam_role",
        before: trust({ Service: "ecs-tasks.amazonaws.com" }),
        after: trust({ Service: ["ecs-tasks.amazonaws.com", "ec2.amazonaws.com"] }),
      },
    ],
    ["caution access: Newly lets Service ec2.amazonaws.com do sts:AssumeRole, and so take on the role."],
  ],
  "another account in a trust policy": [
    [
      {
        type: "aws_iam_role",
        before: trust({ Service: "ecs-tasks.amazonaws.com" }),
        after: trust({ AWS: "210987654321" }),
      },
    ],
    ["danger access: Newly lets AWS arn:aws:iam::210987654321:root do sts:AssumeRole, and so take on the role."],
  ],
  "everybody in a trust policy": [
    [{ type: "aws_iam_role", before: trust({ AWS: "210987654321" }), after: trust("*") }],
    ["danger access: Newly lets * do sts:AssumeRole: anybody"],
  ],
  "another condition in a trust policy": [
    [
      {
        type: "aws_iam_role",
        before: trust({ Federated: "github" }, { StringLike: { sub: "repo:o/r:ref:refs/heads/main" } }),
        after: trust({ Federated: "github" }, { StringLike: { sub: "repo:o/*" } }),
      },
    ],
    ["danger access: Allows sts:AssumeRole under another condition than before: "],
  ],
  "a new policy of a role that was there": [
    [{ type: "aws_iam_role_policy", after: rolePolicy(allow("s3:GetObject")) }],
    ["caution access: Newly allows s3:GetObject on arn:aws:s3:::a."],
  ],
  "a new policy of a new role": [
    [
      { type: "aws_iam_role", name: "role", after: trust({ Service: "ecs-tasks.amazonaws.com" }) },
      { type: "aws_iam_role_policy", after: rolePolicy(allow("s3:GetObject")) },
    ],
    [],
  ],
  "a new role that may do everything": [
    [
      { type: "aws_iam_role", name: "role", after: trust({ Service: "ecs-tasks.amazonaws.com" }) },
      { type: "aws_iam_role_policy", after: rolePolicy(allow("*", "*")) },
    ],
    ["danger access: Allows * on everything."],
  ],
  "a policy of AWS that allows all": [
    [
      {
        type: "aws_iam_role_policy_attachment",
        after: { role: "like", policy_arn: "arn:aws:iam::aws:policy/AdministratorAccess" },
      },
    ],
    ["danger access: Newly gets all that these policies allow: arn:aws:iam::aws:policy/AdministratorAccess."],
  ],

  "a port open to the world": [
    [{ type: INGRESS, after: rule("0.0.0.0/0", [22, 22]) }],
    ["danger network: Lets in tcp 22 from 0.0.0.0/0: anybody in the internet can connect."],
  ],
  "half of the world is the world": [
    [{ type: INGRESS, after: rule("0.0.0.0/1", [22, 22]) }],
    ["danger network: Lets in tcp 22 from 0.0.0.0/1: anybody"],
  ],
  "the world in IPv6": [
    [{ type: INGRESS, after: { ...rule("", [22, 22]), cidr_ipv4: null, cidr_ipv6: "::/0" } }],
    ["danger network: Lets in tcp 22 from ::/0: anybody"],
  ],
  "a wider range": [
    [{ type: INGRESS, before: rule("10.0.1.0/24", [80, 80]), after: rule("10.0.0.0/16", [80, 80]) }],
    ["caution network: Lets in tcp 80 from 10.0.0.0/16, which it did not."],
  ],
  "more ports": [
    [{ type: INGRESS, before: rule("10.0.0.0/16", [80, 80]), after: rule("10.0.0.0/16", [80, 90]) }],
    ["caution network: Lets in tcp 80-90 from 10.0.0.0/16, which it did not."],
  ],
  "a narrower range and fewer ports": [
    [{ type: INGRESS, before: rule("10.0.0.0/16", [80, 90]), after: rule("10.0.1.0/24", [80, 80]) }],
    [],
  ],
  "a rule that only changes its place in the code": [
    [
      { type: INGRESS, name: "old", before: rule("0.0.0.0/0", [80, 80]) },
      { type: INGRESS, name: "new", after: rule("0.0.0.0/0", [80, 80]) },
    ],
    [],
  ],
  "the same rule for another group": [
    [
      { type: INGRESS, name: "old", before: rule("10.0.0.0/16", [80, 80]) },
      { type: INGRESS, name: "new", after: rule("10.0.0.0/16", [80, 80], "sg-2") },
    ],
    ["caution network: Lets in tcp 80 from 10.0.0.0/16, which it did not."],
  ],
  "all traffic inside of a group": [
    [
      {
        type: "aws_security_group",
        before: { id: "sg-1", ingress: [] },
        after: { id: "sg-1", ingress: [{ protocol: "-1", from_port: 0, to_port: 0, cidr_blocks: ["0.0.0.0/0"] }] },
      },
    ],
    ["danger network: Lets in all traffic from 0.0.0.0/0: anybody"],
  ],
  "a new way out": [
    [{ type: "aws_vpc_security_group_egress_rule", after: rule("0.0.0.0/0", [443, 443]) }],
    ["caution network: Lets out tcp 443 to 0.0.0.0/0, which it did not."],
  ],

  "point-in-time recovery off": [
    [
      {
        type: "aws_dynamodb_table",
        before: { point_in_time_recovery: [{ enabled: true }] },
        after: { point_in_time_recovery: [{ enabled: false }] },
      },
    ],
    ["danger protection: point_in_time_recovery.enabled goes from true to false. Its backups end"],
  ],
  "deletion protection off": [
    [{ type: "aws_lb", before: { enable_deletion_protection: true }, after: { enable_deletion_protection: false } }],
    ["danger protection: enable_deletion_protection goes from true to false."],
  ],
  "encryption with an own key gone": [
    [{ type: "aws_sns_topic", before: { kms_master_key_id: "k" }, after: { kms_master_key_id: "" } }],
    ["danger protection: kms_master_key_id goes from k to ."],
  ],
  "a role without its boundary": [
    [{ type: "aws_iam_role", before: { permissions_boundary: "b" }, after: { permissions_boundary: "" } }],
    ["danger protection: permissions_boundary goes from b to . From then on it may do whatever its policies allow"],
  ],
  "a role that gets a boundary": [
    [{ type: "aws_iam_role", before: { permissions_boundary: "" }, after: { permissions_boundary: "b" } }],
    [],
  ],
  "logs kept for a shorter time": [
    [{ type: "aws_cloudwatch_log_group", before: { retention_in_days: 0 }, after: { retention_in_days: 30 } }],
    ["danger protection: retention_in_days goes from 0 to 30. Older log lines are deleted"],
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
    [{ type: "aws_db_instance", after: { publicly_accessible: true } }],
    ["danger public: publicly_accessible is true. Anybody"],
  ],
  "a bucket's block lifted": [
    [
      {
        type: "aws_s3_bucket_public_access_block",
        before: { bucket: "b", block_public_policy: true },
        after: { bucket: "b", block_public_policy: false },
      },
    ],
    ["danger public: block_public_policy goes from true to false."],
  ],

  "a listener rule that moves": [
    [{ type: "aws_lb_listener_rule", before: { priority: 100 }, after: { priority: 2000 } }],
    ["caution traffic: Its priority changes: requests may go elsewhere"],
  ],
  "no task left": [
    [{ type: "aws_ecs_service", before: { desired_count: 2 }, after: { desired_count: 0 } }],
    ["danger traffic: desired_count goes from 2 to 0. No task is left"],
  ],
  "a new revision that waits for its release": [
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
      "note release: Registers a new revision. Running tasks keep the old one until the release that the change of aws_ssm_parameter.it starts.",
    ],
  ],
  "a new revision that its service takes over": [
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
};

for (const [title, [changes, expected]] of Object.entries(CASES)) {
  test(title, async (t) => {
    const { attention } = json(await reviewOfResources(...changes));
    const found = attention.map(({ severity, kind, text }) => `${severity} ${kind}: ${text}`);
    t.is(found.length, expected.length, found.join("\n"));
    for (const [index, beginning] of expected.entries()) {
      t.true(found[index]?.startsWith(beginning), `${found[index]}\n${beginning}`);
    }
  });
}

test("a policy that is known only after apply is judged by the document that it comes from", async (t) => {
  const document = { type: "aws_iam_policy_document", name: "doc", actions: ["read"] };
  const address = `${document.type}.${document.name}`;
  const judged = async (statement: object, unknown: object) => {
    const { attention } = json(
      await reviewOf({
        services: [
          resource({ ...document, after: { statement: [statement] }, unknown: { statement: [unknown], json: true } }),
          resource({
            type: "aws_iam_role_policy",
            before: rolePolicy(allow("s3:GetObject")),
            after: { role: "like", name: "permissions" },
            unknown: { policy: true },
          }),
          { ...configured("aws_iam_role_policy", "policy"), documents: { policy: address } } as PlanPart,
        ],
      }),
    );
    return attention.map(({ severity, text }) => `${severity}: ${text}`);
  };
  const note = "note: On which resources its policy allows what it allows is known only after apply.";
  t.deepEqual(await judged({ effect: "Allow", actions: ["s3:GetObject"] }, { resources: true }), [note]);
  t.deepEqual(await judged({ effect: "Allow", actions: ["s3:*"] }, { resources: true }), [
    "danger: Newly allows s3:* on what is still to be made.",
    note,
  ]);
});

test("what providers and other resources make of a resource is no drift", async (t) => {
  const parts = [
    drift({
      type: "aws_security_group",
      before: { id: "sg-1", tags: null, ingress: [] },
      after: { id: "sg-1", tags: {}, ingress: [block("10.0.0.0/16")] },
    }),
    drift({
      type: "aws_iam_role",
      before: { name: "like", inline_policy: [] },
      after: { name: "like", inline_policy: [{ name: "permissions", policy: policy(allow("s3:GetObject")) }] },
    }),
    configured("aws_security_group", "name", "tags"),
    configured("aws_iam_role", "name"),
  ];
  // Another stack has the rule, and it stays as it is.
  const others = [
    resource({
      type: INGRESS,
      before: rule("10.0.0.0/16", [80, 80]),
      after: rule("10.0.0.0/16", [80, 80]),
      actions: ["no-op"],
    }),
    resource({
      type: "aws_iam_role_policy",
      before: rolePolicy(allow("s3:GetObject")),
      after: rolePolicy(allow("s3:GetObject")),
      actions: ["no-op"],
    }),
  ];
  const { attention, stacks } = await reviewOf({ platform: parts, services: others });
  t.deepEqual(attention, []);
  t.deepEqual(
    stacks.flatMap(({ drift }) => drift),
    [],
  );
});

test("what somebody opens, gives or deletes outside of the code is told, and whether applying takes it back", async (t) => {
  const { attention } = json(
    await reviewOf({
      platform: [
        drift({
          type: "aws_security_group",
          before: { id: "sg-1", ingress: [] },
          after: { id: "sg-1", ingress: [block("0.0.0.0/0")] },
        }),
        drift({
          type: "aws_iam_role",
          before: { name: "like", managed_policy_arns: [] },
          after: { name: "like", managed_policy_arns: ["arn:aws:iam::aws:policy/AdministratorAccess"] },
        }),
        drift({ type: "aws_cloudwatch_log_group", before: { retention_in_days: 30 }, after: { retention_in_days: 1 } }),
        drift({ type: "aws_ecs_service", before: { desired_count: 2 }, after: { desired_count: 6 } }),
        drift({ type: "aws_sqs_queue", before: { name: "q" } }),
        resource({
          type: "aws_cloudwatch_log_group",
          before: { retention_in_days: 1 },
          after: { retention_in_days: 30 },
        }),
        resource({ type: "aws_sqs_queue", after: { name: "q" } }),
        configured("aws_cloudwatch_log_group", "retention_in_days"),
        configured("aws_ecs_service", "desired_count"),
      ],
    }),
  );
  t.deepEqual(
    attention.map(({ severity, kind, name, text }) => `${severity} ${kind} ${name}: ${text}`),
    [
      "danger drift aws_iam_role.it: Got policies outside the code, and applying does not take them away: arn:aws:iam::aws:policy/AdministratorAccess.",
      "danger drift aws_security_group.it: Lets in tcp 80 from 0.0.0.0/0: anybody in the internet can connect. No rule in the stacks that are planned here says so, and applying does not take it back.",
      "caution drift aws_cloudwatch_log_group.it: Was changed outside the code, and applying takes that back: retention_in_days.",
      "caution drift aws_sqs_queue.it: Was deleted outside the code. Applying makes it anew, and empty.",
      "note drift aws_ecs_service.it: Was changed outside the code, which leaves that to others: desired_count.",
    ],
  );
});

function block(range: string) {
  return {
    protocol: "tcp",
    from_port: 80,
    to_port: 80,
    cidr_blocks: [range],
    ipv6_cidr_blocks: [],
    security_groups: [],
    self: false,
  };
}
