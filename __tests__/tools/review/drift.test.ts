import test from "ava";
import { allow, block, INGRESS, policy, rolePolicy, rule } from "./attention/cases.ts";
import { configured, drift, findingsIn, jsonOf, resource, reviewOf } from "./plan-parts.ts";

// Changes made outside Terraform, and what applying does about them.

const DRIFTED = { name: "a", delay: 2 };

const FATES: Readonly<Record<string, readonly [planned: object, finding: string]>> = {
  "is reverted": [
    { before: DRIFTED, after: { name: "a", delay: 1 } },
    "caution drift: …, and applying reverts it: delay.",
  ],
  "changes again": [
    { before: DRIFTED, after: { name: "a", delay: 5 } },
    "caution drift: …, and applying changes it again: delay.",
  ],
  "is known only after apply": [
    { before: DRIFTED, after: { name: "a" }, unknown: { delay: true } },
    "caution drift: …, and applying changes it again: delay.",
  ],
  "goes with the resource": [{ before: DRIFTED }, "note drift: …, and applying destroys it: delay."],
  "is forgotten": [{ before: DRIFTED, actions: ["forget"] }, "note drift: …, and applying keeps that: delay."],
  stays: [
    { before: DRIFTED, after: { name: "b", delay: 2 } },
    "note drift: …, and applying keeps that, because the code says the same or ignores it: delay.",
  ],
};

test("rules of network ACLs and exclusive attachments are not drift of what they extend", async (t) => {
  const acl = { network_acl_id: "acl-1", protocol: "tcp", from_port: 443, to_port: 443, cidr_block: "0.0.0.0/0" };
  const block = { protocol: "6", from_port: 443, to_port: 443, cidr_block: "0.0.0.0/0", action: "allow" };
  const denial = { ...block, cidr_block: "198.51.100.0/24", action: "deny" };
  const arn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
  const extensions = [
    { type: "aws_network_acl_rule", before: { ...acl, rule_action: "allow" } },
    { type: "aws_iam_policy_attachment", before: { name: "a", roles: ["like", "other"], policy_arn: arn } },
  ].map((input) => resource({ ...input, after: input.before, actions: ["no-op"] }));
  const drifts = [
    drift({ type: "aws_network_acl", before: { id: "acl-1" }, after: { id: "acl-1", ingress: [block, denial] } }),
    drift({ type: "aws_iam_role", before: { name: "like" }, after: { name: "like", managed_policy_arns: [arn] } }),
  ];
  t.deepEqual(findingsIn(await reviewOf({ platform: [...extensions, ...drifts] })), []);
  t.is(findingsIn(await reviewOf({ platform: drifts })).length, 2);
});

test("changes by providers and by separate resources are not drift", async (t) => {
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
    drift({
      type: "aws_network_acl",
      before: {
        ingress: [{ protocol: "tcp", icmp_code: null, cidr_block: "10.0.0.0/16", from_port: 22, to_port: 22 }],
      },
      after: { ingress: [{ protocol: "6", icmp_code: 0, cidr_block: "10.0.0.0/16", from_port: 22, to_port: 22 }] },
    }),
    configured("aws_security_group", "name", "tags"),
    configured("aws_iam_role", "name"),
    configured("aws_network_acl", "ingress"),
  ];
  // The rule belongs to another stack and does not change.
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

test("findings about drift say whether applying reverts it", async (t) => {
  const { attention } = jsonOf(
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
      "danger drift aws_iam_role.it: Got policies outside Terraform, and applying does not remove them: arn:aws:iam::aws:policy/AdministratorAccess.",
      "danger drift aws_security_group.it: Allows tcp 80 from 0.0.0.0/0: anyone on the internet can connect. No rule in the planned stacks allows it, and applying does not revert it.",
      "caution drift aws_cloudwatch_log_group.it: Was changed outside Terraform, and applying reverts it: retention_in_days.",
      "caution drift aws_sqs_queue.it: Was deleted outside Terraform. Applying creates it again, empty.",
      "note drift aws_ecs_service.it: Was changed outside Terraform, and applying keeps that, because the code says the same or ignores it: desired_count.",
    ],
  );
});

for (const [fate, [planned, finding]] of Object.entries(FATES)) {
  test(`a change outside Terraform that ${fate}`, async (t) => {
    const type = "aws_sqs_queue";
    const review = await reviewOf({
      platform: [
        drift({ type, before: { name: "a", delay: 1 }, after: DRIFTED }),
        resource({ type, ...planned }),
        configured(type, "name", "delay"),
      ],
    });
    t.deepEqual(
      findingsIn(review).filter((each) => each.includes(" drift: ")),
      [finding.replace("…", "Was changed outside Terraform")],
    );
  });
}
