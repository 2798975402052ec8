import test from "ava";
import { findings } from "../../plan-parts.ts";

// Trust policies for web identity providers, by the subjects that their conditions let in.

const GITHUB = "token.actions.githubusercontent.com:sub";
const CLUSTER = "oidc.eks.us-east-1.amazonaws.com/id/A:sub";

const OPEN: readonly (readonly [key: string, operator: string, ...values: string[]])[] = [
  [GITHUB, "StringLike", "*"],
  [GITHUB, "StringLike", "repo:*"],
  [GITHUB, "StringLike", "repo:*/infra:*"],
  [GITHUB, "StringLike", "repo:*/*:environment:production"],
  [GITHUB, "StringLike", "repo:octo*"],
  [GITHUB, "StringLike", "repo:octo/mysfits:*", "repo:*"],
  [GITHUB, "StringNotEquals", "repo:octo/mysfits:ref:refs/heads/main"],
  ["gitlab.com:sub", "StringLike", "project_path:*:ref_type:branch:ref:main"],
  ["app.terraform.io:sub", "StringLike", "organization:*:project:*:workspace:*:run_phase:*"],
  [CLUSTER, "StringLike", "system:serviceaccount:*:*"],
  ["token.actions.githubusercontent.com:ref", "StringEquals", "refs/heads/main"],
];

const RESTRICTED: typeof OPEN = [
  [GITHUB, "StringLike", "repo:octo/mysfits:*"],
  [GITHUB, "StringLike", "repo:octo/*"],
  [GITHUB, "StringEquals", "repo:octo/mysfits:ref:refs/heads/main"],
  ["token.actions.githubusercontent.com:repository_owner", "StringEquals", "octo"],
  ["token.actions.githubusercontent.com:enterprise_id", "StringEquals", "1"],
  ["token.actions.githubusercontent.com:repository_owner_id", "StringEquals", "1"],
  ["www.amazon.com:app_id", "StringEquals", "amzn1.application.a"],
  ["accounts.google.com:aud", "StringEquals", "1.apps.googleusercontent.com"],
  ["app.terraform.io:sub", "StringLike", "organization:octo:project:*:workspace:*:run_phase:*"],
  [CLUSTER, "StringLike", "system:serviceaccount:shop:*"],
];

function role([key, operator, ...values]: (typeof OPEN)[number]) {
  const audience = { "idp:aud": "sts.amazonaws.com" };
  const subject = { [key]: values };
  const statement = {
    Effect: "Allow",
    Action: "sts:AssumeRoleWithWebIdentity",
    Principal: { Federated: "idp" },
    Condition:
      operator === "StringEquals"
        ? { StringEquals: { ...audience, ...subject } }
        : { StringEquals: audience, [operator]: subject },
  };
  return { name: "ci", assume_role_policy: JSON.stringify({ Statement: [statement] }) };
}

for (const subject of OPEN) {
  test(`${subject.join(" ")} lets in subjects of anyone`, async (t) => {
    const found = await findings({ type: "aws_iam_role", after: role(subject) });
    t.is(found.length, 1, found.join("\n"));
    t.regex(
      found[0] ?? "",
      /^danger access: Allows (every subject of Federated idp|subjects of Federated idp that belong to anyone) to assume the role: /,
    );
  });
}

for (const subject of RESTRICTED) {
  test(`${subject.join(" ")} names who may assume the role`, async (t) => {
    t.deepEqual(await findings({ type: "aws_iam_role", after: role(subject) }), []);
  });
}

function trusting(provider: string, condition: object) {
  const statement = {
    Effect: "Allow",
    Action: "sts:AssumeRoleWithWebIdentity",
    Principal: { Federated: provider },
    Condition: condition,
  };
  return { name: "ci", assume_role_policy: JSON.stringify({ Statement: [statement] }) };
}

for (const issuer of ["oidc.circleci.com/org/1", "token.actions.githubusercontent.com/octo", "sts.windows.net/1/"]) {
  test(`every subject of ${issuer} is one of a single tenant`, async (t) => {
    const provider = `arn:aws:iam::123456789012:oidc-provider/${issuer}`;
    t.deepEqual(
      await findings({ type: "aws_iam_role", after: trusting(provider, { StringEquals: { [`${issuer}:aud`]: "1" } }) }),
      [
        `caution access: Allows every subject of Federated ${provider} to assume the role: no condition restricts the subject.`,
      ],
    );
  });
}

test("users of any identity pool may assume a role that names no pool", async (t) => {
  const provider = "cognito-identity.amazonaws.com";
  const signedIn = { "ForAnyValue:StringLike": { [`${provider}:amr`]: "authenticated" } };
  const ofPool = { StringEquals: { [`${provider}:aud`]: "us-west-2:pool" } };
  t.deepEqual(await findings({ type: "aws_iam_role", after: trusting(provider, signedIn) }), [
    "danger access: Allows users of any identity pool to assume the role, also of other accounts.",
  ]);
  t.deepEqual(await findings({ type: "aws_iam_role", after: trusting(provider, { ...signedIn, ...ofPool }) }), []);
});
