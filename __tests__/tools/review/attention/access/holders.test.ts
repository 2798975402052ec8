import test from "ava";
import { markdown } from "../../../../../tools/review/markdown/fit.ts";
import type { PlanPart } from "../../../../../tools/review/plan/part.ts";
import { configured, findings, findingsIn, type ResourceInput, resource, reviewOf } from "../../plan-parts.ts";

// Permissions that a role has through several resources of a plan.

const PASS = policy("iam:PassRole", "arn:aws:iam::111122223333:role/admin");
const RUN = policy("lambda:CreateFunction", "arn:aws:lambda:us-east-1:111122223333:function:a");
const ARN = "arn:aws:iam::111122223333:policy/run";

const inline = (document: string): ResourceInput => ({
  type: "aws_iam_role_policy",
  after: { role: "ci", name: "inline", policy: document },
});
const managed = (document: string): ResourceInput => ({
  type: "aws_iam_policy",
  after: { arn: ARN, policy: document },
});
const attachment: ResourceInput = { type: "aws_iam_role_policy_attachment", after: { role: "ci", policy_arn: ARN } };
const unchanged = (input: ResourceInput): ResourceInput => ({ ...input, before: input.after, actions: ["no-op"] });

const TOGETHER = /^danger access: Together with .*, ci may pass a role to code that it starts: iam:PassRole, lambda:/;

async function together(...input: readonly ResourceInput[]): Promise<string[]> {
  return (await findings(...input)).filter((finding) => finding.includes("Together"));
}

const FORMS: Readonly<Record<string, readonly ResourceInput[]>> = {
  "an inline and an attached policy": [inline(PASS), managed(RUN), attachment],
  "the other way around": [inline(RUN), managed(PASS), attachment],
  "an inline policy of the role itself and a separate one": [
    { type: "aws_iam_role", after: { name: "ci", inline_policy: [{ name: "a", policy: PASS }] } },
    inline(RUN),
  ],
  "an attached policy in managed_policy_arns": [
    managed(RUN),
    { type: "aws_iam_role", after: { name: "ci", managed_policy_arns: [ARN] } },
    inline(PASS),
  ],
  "an attachment to several roles": [
    managed(RUN),
    { type: "aws_iam_policy_attachment", after: { roles: ["other", "ci"], policy_arn: ARN } },
    inline(PASS),
  ],
  "half of it is in a role that stays as it is": [
    unchanged({ type: "aws_iam_role", after: { name: "ci", inline_policy: [{ name: "a", policy: PASS }] } }),
    inline(RUN),
  ],
  "half of it exists": [unchanged(inline(PASS)), managed(RUN), attachment],
  "the attachment exists, and its policy grants more": [
    unchanged(inline(PASS)),
    { ...managed(RUN), before: { arn: ARN, policy: policy("s3:GetObject", "arn:aws:s3:::b/*") } },
    unchanged(attachment),
  ],
};

test("only names and actions of such a finding are shown as code", async (t) => {
  const text = markdown(
    await reviewOf({ platform: [resource(inline(PASS)), resource(managed(RUN)), resource(attachment)] }),
  );
  t.true(text.includes("`ci` may pass a role to code that it starts: `iam:PassRole`"), text);
});

for (const [title, input] of Object.entries(FORMS)) {
  test(`two halves that pass a role to code: ${title}`, async (t) => {
    const found = await together(...input);
    t.is(found.length, 1, found.join("\n"));
    t.regex(found[0] ?? "", TOGETHER);
  });
}

test("halves of different roles, and halves that both exist, are not a finding", async (t) => {
  const other = { type: "aws_iam_role_policy", after: { role: "other", name: "inline", policy: PASS } };
  t.deepEqual(await together(other, managed(RUN), attachment), []);
  t.deepEqual(await together(unchanged(inline(PASS)), unchanged(managed(RUN)), unchanged(attachment)), []);
});

test("a policy whose ARN and role are known only after apply is found by its reference", async (t) => {
  const parts: PlanPart[] = [
    { type: "aws_iam_role", after: { name: "ci" }, unknown: { id: true } },
    inline(PASS),
    { type: "aws_iam_policy", after: { policy: RUN }, unknown: { arn: true } },
    { type: "aws_iam_role_policy_attachment", after: {}, unknown: { role: true, policy_arn: true } },
  ].map(resource);
  const references = { role: ["aws_iam_role.it"], policy_arn: ["aws_iam_policy.it"] };
  const code = {
    ...configured("aws_iam_role_policy_attachment", "role", "policy_arn"),
    references,
  } as PlanPart;
  const found = findingsIn(await reviewOf({ platform: [...parts, code] }));
  t.is(found.filter((finding) => TOGETHER.test(finding)).length, 1, found.join("\n"));
});

test("a role that may change its own trust and assume other roles is a danger", async (t) => {
  const trust = policy("iam:UpdateAssumeRolePolicy", "arn:aws:iam::111122223333:role/admin");
  const assume = policy("sts:AssumeRole", "arn:aws:iam::111122223333:role/admin");
  const found = await together(inline(trust), managed(assume), attachment);
  t.is(found.length, 1);
  t.true(found[0]?.includes("ci may let itself assume other roles: iam:UpdateAssumeRolePolicy, sts:AssumeRole."));
});

test("a policy that moves between a block of its role and a resource of its own grants nothing new", async (t) => {
  const block = (document: string) => ({ name: "ci", inline_policy: [{ name: "a", policy: document }] });
  const role = { type: "aws_iam_role", before: block(RUN), after: { name: "ci", inline_policy: [] } };
  t.deepEqual(await findings(role, inline(RUN)), []);
  t.deepEqual(await findings(role, unchanged(managed(RUN)), attachment), [
    `caution access: Newly grants all permissions of ${ARN}.`,
  ]);
  t.deepEqual(await findings(role, inline(policy("*", "*"))), ["danger access: Newly allows * on *."]);
  t.deepEqual(await findings(role, { ...inline(RUN), after: { role: "other", name: "inline", policy: RUN } }), [
    "caution access: Newly allows lambda:CreateFunction on arn:aws:lambda:us-east-1:111122223333:function:a.",
  ]);
  const renamed = { name: "ci", inline_policy: [{ name: "b", policy: RUN }] };
  t.deepEqual(await findings({ type: "aws_iam_role", before: block(RUN), after: renamed }), []);
});

test("an attachment in place of managed_policy_arns grants nothing new", async (t) => {
  const role = {
    type: "aws_iam_role",
    before: { name: "ci", managed_policy_arns: [ARN] },
    after: { name: "ci", managed_policy_arns: [] },
  };
  t.deepEqual(await findings(role, attachment), []);
  t.deepEqual(await findings({ ...role, after: { name: "ci", managed_policy_arns: [ARN] }, before: { name: "ci" } }), [
    `caution access: Newly grants all permissions of ${ARN}.`,
  ]);
});

test("a denial that moves to another policy of its role stays", async (t) => {
  const deny = statements({ Effect: "Deny", Action: "s3:*", Resource: "*" });
  const role = {
    type: "aws_iam_role",
    before: { name: "ci", inline_policy: [{ name: "a", policy: deny }] },
    after: { name: "ci", inline_policy: [] },
  };
  t.deepEqual(await findings(role, inline(deny)), []);
  t.is((await findings(role)).length, 1);
});

test("policies of an organization and of endpoints limit, and grant nothing on their own", async (t) => {
  const all = policy("*", "*");
  t.deepEqual(await findings({ type: "aws_organizations_policy", after: { content: all } }), []);
  t.deepEqual(await findings({ type: "aws_iam_policy", after: { policy: all } }), [
    "danger access: Allows * on every resource.",
  ]);
});

const ROLE = "arn:aws:iam::111122223333:role/a";

test("actions on permissions are a caution even on one resource, unless a condition limits them", async (t) => {
  const found = (document: string) => findings({ type: "aws_iam_policy", after: { policy: document } });
  for (const action of ["iam:AttachRolePolicy", "iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion"]) {
    t.deepEqual(await found(policy(action, ROLE)), [
      `caution access: Allows ${action} on ${ROLE}, which may be enough to gain any permission of the account.`,
    ]);
    t.deepEqual(await found(policy(action, ROLE, { ArnEquals: { "iam:PermissionsBoundary": "b" } })), []);
  }
  t.deepEqual(await found(policy("lambda:UpdateFunctionCode", "*")), [
    "caution access: Allows lambda:UpdateFunctionCode on every resource, and so to act with the roles of functions, instances, and tasks.",
  ]);
  t.deepEqual(await found(policy("sts:AssumeRole", ROLE)), []);
});

test("one policy that passes a certain role to code is reported", async (t) => {
  const found = (condition?: object) =>
    findings({
      type: "aws_iam_policy",
      after: { policy: statements(allow("iam:PassRole", ROLE, condition), allow("lambda:CreateFunction", "f")) },
    });
  t.deepEqual(await found(), [
    `caution access: Allows lambda:CreateFunction with the permissions of ${ROLE}, which it may pass.`,
  ]);
  t.deepEqual(await found({ StringEquals: { "iam:PassedToService": "lambda.amazonaws.com" } }), []);
});

test("an updated policy that newly uses certain roles is a caution, and a danger for every role", async (t) => {
  const found = (...added: readonly object[]) =>
    findings({
      type: "aws_iam_policy",
      before: { policy: statements(allow("s3:GetObject", "b")) },
      after: { policy: statements(allow("s3:GetObject", "b"), ...added) },
    });
  for (const action of ["iam:PassRole", "sts:AssumeRole"]) {
    t.deepEqual(await found(allow(action, ROLE)), [
      `caution access: Newly allows ${action} on ${ROLE}, and so to act with the permissions of these roles.`,
    ]);
    t.deepEqual(await found(allow(action, "arn:aws:iam::111122223333:role/*")), [
      `danger access: Newly allows ${action} on arn:aws:iam::111122223333:role/*.`,
    ]);
  }
  t.regex((await found(allow("iam:PutRolePolicy", ROLE))).join(), /^danger access: Newly allows iam:PutRolePolicy on /);
  t.deepEqual(await found(allow("iam:PassRole", ROLE), allow("lambda:CreateFunction", "f")), [
    `caution access: Allows lambda:CreateFunction with the permissions of ${ROLE}, which it may pass.`,
    `caution access: Newly allows iam:PassRole on ${ROLE}, and so to act with the permissions of these roles.`,
    "caution access: Newly allows lambda:CreateFunction on f.",
  ]);
});

test("new credentials of oneself, and everything on resources of another service, gain no permissions", async (t) => {
  const found = (actions: unknown, resource: string) =>
    findings({
      type: "aws_iam_policy",
      after: { policy: statements({ Effect: "Allow", Action: actions, Resource: resource }) },
    });
  const own = `arn:aws:iam::*:user/\${aws:username}`;
  t.deepEqual(await found(["iam:CreateAccessKey", "iam:UpdateLoginProfile"], own), []);
  t.is((await found("iam:AttachUserPolicy", own)).length, 1);
  t.is((await found("iam:CreateAccessKey", "arn:aws:iam::*:user/a")).length, 1);
  t.deepEqual(await found("*", "arn:aws:s3:::b/*"), []);
  t.true((await found("*", "arn:aws:*:::b")).length > 0);
});

test("actions that share data, or end limits of roles, are reported on every resource", async (t) => {
  const found = (action: string, condition?: object) =>
    findings({ type: "aws_iam_policy", after: { policy: policy(action, "*", condition) } });
  for (const action of ["kms:CreateGrant", "s3:PutBucketPolicy", "ram:Create*"]) {
    t.deepEqual(await found(action), [
      `caution access: Allows ${action} on every resource, and so to let others use data of the whole account.`,
    ]);
  }
  t.deepEqual(await found("kms:CreateGrant", { Bool: { "kms:GrantIsForAWSResource": "true" } }), []);
  for (const action of ["iam:DeleteRolePermissionsBoundary", "sso:CreateAccountAssignment", "iam:UpdateSAMLProvider"]) {
    t.deepEqual(await found(action), [
      `danger access: Allows ${action} on every resource, which is enough to gain any permission of the account.`,
    ]);
  }
});

test("an updated policy for every resource is a danger, except for actions that show no data", async (t) => {
  const found = (action: string) =>
    findings({
      type: "aws_iam_policy",
      before: { policy: policy("s3:GetObject", "b") },
      after: { policy: statements(allow("s3:GetObject", "b"), allow(action, "*")) },
    });
  for (const action of [
    "ec2:CreateNetworkInterface",
    "ec2:GetSecurityGroupsForVpc",
    "cloudwatch:GetMetric*",
    "ssmmessages:OpenDataChannel",
    "iam:GetRole",
  ]) {
    t.deepEqual(await found(action), [`caution access: Newly allows ${action} on *.`]);
  }
  for (const action of ["ec2:TerminateInstances", "ec2:GetPasswordData", "dynamodb:Query", "lambda:InvokeFunction"]) {
    t.deepEqual(await found(action), [`danger access: Newly allows ${action} on *.`]);
  }
  const widened = (action: string) =>
    findings({
      type: "aws_iam_policy",
      before: { policy: policy(action, "arn:aws:ec2:us-east-1:111122223333:subnet/a") },
      after: { policy: policy(action, "*") },
    });
  t.deepEqual(await widened("ec2:CreateNetworkInterface"), [
    "caution access: Allows ec2:CreateNetworkInterface on more than before: *.",
  ]);
  t.deepEqual(await widened("ec2:RunInstances"), ["danger access: Allows ec2:RunInstances on more than before: *."]);
});

test("a condition that says only how a request is sent does not limit a permission", async (t) => {
  const added = (condition: object) =>
    findings({
      type: "aws_iam_policy",
      before: { policy: policy("s3:GetObject", "b") },
      after: { policy: statements(allow("s3:GetObject", "b"), allow("iam:PutRolePolicy", "*", condition)) },
    });
  const created = (condition: object) =>
    findings({ type: "aws_iam_policy", after: { policy: policy("iam:PutRolePolicy", "*", condition) } });
  for (const condition of [
    { Bool: { "aws:SecureTransport": "true" } },
    { StringEquals: { "aws:RequestedRegion": "us-east-1" } },
    { StringLike: { "aws:PrincipalTag/team": "*" } },
  ]) {
    t.regex((await added(condition)).join(), /^danger access: Newly allows iam:PutRolePolicy on \* when \w+ aws:/);
    t.regex(
      (await created(condition)).join(),
      /^danger access: Allows iam:PutRolePolicy on every resource when \w+ aws:/,
    );
  }
  const tag = { StringEquals: { "aws:ResourceTag/team": "a" } };
  t.deepEqual(await added(tag), [
    "caution access: Newly allows iam:PutRolePolicy on * when StringEquals aws:ResourceTag/team a.",
  ]);
  t.regex((await created(tag)).join(), /^caution access: /);
});

test("an account is the same in every form and partition, and known from unchanged resources", async (t) => {
  const trust = (principal: string) => ({
    name: "a",
    assume_role_policy: statements({ Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS: principal } }),
  });
  const [root, number] = [trust("arn:aws-us-gov:iam::111122223333:root"), trust("111122223333")];
  t.deepEqual(await findings({ type: "aws_iam_role", before: root, after: number }), []);
  t.deepEqual(await findings({ type: "aws_iam_role", before: number, after: root }), []);
  const other = unchanged({ type: "aws_iam_role", name: "other", after: { name: "b", arn: ROLE } });
  t.deepEqual(await findings(other, { type: "aws_iam_role", after: trust("111122223333") }), []);
  t.is((await findings(other, { type: "aws_iam_role", after: trust("210987654321") })).length, 1);
});

test("a condition that holds for anyone does not restrict a policy for everyone", async (t) => {
  const found = (condition: object) =>
    findings({
      type: "aws_sqs_queue",
      after: { policy: statements({ ...allow("sqs:SendMessage", "*", condition), Principal: "*" }) },
    });
  const anyone = "danger access: Allows anyone, in any account, to use sqs:SendMessage.";
  t.deepEqual(await found({ Bool: { "aws:SecureTransport": "true" } }), [anyone]);
  t.deepEqual(await found({ IpAddress: { "aws:SourceIp": "0.0.0.0/0" } }), [anyone]);
  t.deepEqual(await found({ StringEquals: { "aws:PrincipalOrgID": "o-1" } }), [
    "note access: Allows anyone, in any account, to use sqs:SendMessage when StringEquals aws:PrincipalOrgID o-1.",
  ]);
});

test("another account in a new policy of a resource is reported", async (t) => {
  const own = { type: "aws_s3_bucket", before: { arn: "arn:aws:sns:us-east-1:111122223333:t" }, after: {} };
  const topic = (account: string) => ({
    type: "aws_sns_topic",
    after: {
      kms_master_key_id: "k",
      policy: statements({ ...allow("sns:Publish", "*"), Principal: { AWS: account } }),
    },
  });
  t.deepEqual(await findings(own, topic("210987654321")), [
    "caution access: Allows AWS arn:aws:iam::210987654321:root of another account to use sns:Publish.",
  ]);
  t.deepEqual(await findings(own, topic("111122223333")), []);
});

function policy(action: string, resource: string, condition?: object): string {
  return statements(allow(action, resource, condition));
}

function allow(action: string, resource: string, condition?: object) {
  return { Effect: "Allow", Action: action, Resource: resource, ...(condition && { Condition: condition }) };
}

function statements(...list: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: list });
}

test("policies that a role has already, in its own blocks, are not new", async (t) => {
  const role = { name: "ci", inline_policy: [{ name: "a", policy: RUN }], managed_policy_arns: [ARN] };
  t.deepEqual(await findings(unchanged({ type: "aws_iam_role", after: role }), inline(RUN), attachment), []);
});

test("the copy of a policy in its unchanged role does not keep what the policy loses", async (t) => {
  const had = statements(allow("s3:GetObject", "arn:aws:s3:::b/*"), {
    Effect: "Deny",
    Action: "s3:DeleteObject",
    Resource: "*",
  });
  const role = unchanged({ type: "aws_iam_role", after: { name: "ci", inline_policy: [{ name: "a", policy: had }] } });
  const separate = { type: "aws_iam_role_policy", before: { role: "ci", name: "a", policy: had } };
  const denial = [
    "danger access: No longer denies s3:DeleteObject: a denial overrides every permission, so other statements may allow it now.",
  ];
  t.deepEqual(
    await findings(role, {
      ...separate,
      after: { ...separate.before, policy: policy("s3:GetObject", "arn:aws:s3:::b/*") },
    }),
    denial,
  );
  t.deepEqual(await findings(role, separate), denial);
});

test("an inline policy that becomes a managed one keeps its denials, also while its ARN is unknown", async (t) => {
  const document = statements({ Effect: "Deny", Action: "s3:DeleteObject", Resource: "*" });
  const parts = [
    resource({ type: "aws_iam_role_policy", before: { role: "ci", name: "a", policy: document } }),
    resource({ type: "aws_iam_policy", after: { policy: document }, unknown: { arn: true } }),
    resource({ type: "aws_iam_role_policy_attachment", after: { role: "ci" }, unknown: { policy_arn: true } }),
  ];
  const references: PlanPart = {
    kind: "configured",
    address: "aws_iam_role_policy_attachment.it",
    attributes: ["policy_arn"],
    references: { policy_arn: ["aws_iam_policy.it"] },
  };
  t.deepEqual(findingsIn(await reviewOf({ platform: [...parts, references] })), [
    "note loss: aws_iam_role_policy is destroyed.",
  ]);
  t.is(findingsIn(await reviewOf({ platform: parts })).length, 1);
});

test("denials of what is destroyed mean nothing anymore", async (t) => {
  const denying = statements({ Effect: "Deny", Action: "s3:DeleteObject", Resource: "*" });
  const role = { type: "aws_iam_role", before: { name: "ci", inline_policy: [{ name: "a", policy: denying }] } };
  const policy = { type: "aws_iam_role_policy", before: { role: "ci", name: "a", policy: denying } };
  t.deepEqual(await findings(role, policy), [
    "note loss: aws_iam_role is destroyed.",
    "note loss: aws_iam_role_policy is destroyed.",
  ]);
  t.deepEqual(await findings({ type: "aws_vpc_endpoint", before: { id: "e", policy: denying } }), [
    "danger loss: aws_vpc_endpoint is destroyed. Calls to its service take another path or fail.",
  ]);
});

test("a detached policy takes its denials with it, unless its holder is destroyed or has them elsewhere", async (t) => {
  const denying = statements({ Effect: "Deny", Action: "s3:DeleteObject", Resource: "*" });
  const document = unchanged({ type: "aws_iam_policy", after: { arn: ARN, policy: denying } });
  const detached = { type: "aws_iam_role_policy_attachment", name: "old", before: { role: "ci", policy_arn: ARN } };
  const role = { type: "aws_iam_role", before: { name: "ci" } };
  const dropped =
    "danger access: No longer denies s3:DeleteObject: a denial overrides every permission, so other statements may allow it now.";
  const denials = async (...input: readonly ResourceInput[]) =>
    (await findings(document, ...input)).filter((finding) => finding.includes("denies"));
  t.deepEqual(await denials(detached), [dropped]);
  t.deepEqual(await denials(detached, role), []);
  t.deepEqual(await denials(detached, inline(denying)), []);
  const destroyed = { type: "aws_iam_policy", before: { arn: ARN, policy: denying } };
  const denialsWith = async (...input: readonly ResourceInput[]) =>
    (await findings(destroyed, ...input)).filter((finding) => finding.includes("denies"));
  t.deepEqual(await denialsWith(), [dropped]);
  t.deepEqual(await denialsWith(detached), [dropped]);
  t.deepEqual(await denialsWith(detached, role), []);
  t.deepEqual(await denials({ ...role, before: { name: "ci", managed_policy_arns: [ARN] }, after: { name: "ci" } }), [
    dropped,
  ]);
});

test("the part of a denial that stays is named once, also for an inline policy of a role", async (t) => {
  const denial = (action: string) => ({
    role: "ci",
    name: "deny",
    policy: statements({ Effect: "Deny", Action: action, Resource: "*" }),
  });
  t.deepEqual(
    await findings({ type: "aws_iam_role_policy", before: denial("s3:*"), after: denial("s3:DeleteBucket") }),
    [
      "danger access: No longer denies s3:* other than s3:DeleteBucket: a denial overrides every permission, so other statements may allow it now.",
    ],
  );
});

test("only a condition that leaves out administrators limits what an action on permissions grants", async (t) => {
  const found = (operator: string, key: string, value: string) =>
    findings({
      type: "aws_iam_policy",
      after: {
        policy: statements(allow("iam:AttachRolePolicy", "*", { [operator]: { [key]: value } })),
      },
    });
  const boundary = "iam:PermissionsBoundary";
  t.deepEqual(await found("StringEquals", boundary, "arn:aws:iam::111122223333:policy/limit"), []);
  t.deepEqual(await found("ArnLike", "iam:PolicyARN", "arn:aws:iam::aws:policy/job-function/*"), []);
  for (const [operator, key, value] of [
    ["StringNotEquals", boundary, "arn:aws:iam::111122223333:policy/limit"],
    ["StringEqualsIfExists", boundary, "arn:aws:iam::111122223333:policy/limit"],
    ["Null", boundary, "true"],
    ["ArnLike", "iam:PolicyARN", "arn:aws:iam::aws:policy/*"],
  ] as const) {
    t.regex((await found(operator, key, value)).join(), /^caution access: Allows iam:AttachRolePolicy/, operator);
  }
  t.regex((await found("StringLike", "iam:PolicyARN", "*")).join(), /^danger access: Allows iam:AttachRolePolicy/);
});

test("an identity of another account whose account had the permission gets nothing new", async (t) => {
  const key = (account: string, name: string) => {
    const principal = { AWS: `arn:aws:iam::${account}:${name}` };
    return {
      arn: "arn:aws:kms:us-east-1:111122223333:key/a",
      enable_key_rotation: true,
      policy: statements({ ...allow("kms:Decrypt", "*"), Principal: principal }),
    };
  };
  const change = (account: string, from: string, to: string) =>
    findings({ type: "aws_kms_key", before: key(account, from), after: key(account, to) });
  t.deepEqual(await change("210987654321", "root", "role/ci"), []);
  t.is((await change("210987654321", "role/ci", "root")).length, 1);
  t.is((await change("111122223333", "root", "role/ci")).length, 1);
});

test("the copy of a policy that ends does not complete another one", async (t) => {
  const role = unchanged({
    type: "aws_iam_role",
    after: { name: "ci", inline_policy: [{ name: "pass", policy: PASS }] },
  });
  const ended = { type: "aws_iam_role_policy", name: "pass", before: { role: "ci", name: "pass", policy: PASS } };
  t.deepEqual(await findings(role, ended, inline(RUN)), [
    "caution access: Newly allows lambda:CreateFunction on arn:aws:lambda:us-east-1:111122223333:function:a.",
    "note loss: aws_iam_role_policy is destroyed.",
  ]);
});
