import test from "ava";
import { pathOf, resource, resources, type SynthesizedStack, synthesize } from "../synth.ts";

const GITHUB = [
  "github.repository=mythical-mysfits/site",
  "github.ownerId=123456",
  "github.repositoryId=456789",
  "github.deployEnvironment=production",
];

test("the state bucket is private, versioned, encrypted with its own key, and TLS only", (t) => {
  const { state } = synthesize("production");
  t.is(resource(state, "aws_s3_bucket", "bucket/bucket/bucket").bucket, "mysfits-production-state-000000000000");
  t.like(resource(state, "aws_s3_bucket_public_access_block", "public-access"), {
    block_public_acls: true,
    block_public_policy: true,
    ignore_public_acls: true,
    restrict_public_buckets: true,
  });
  t.deepEqual(resource(state, "aws_s3_bucket_versioning", "versioning").versioning_configuration, {
    status: "Enabled",
  });
  t.true(
    JSON.stringify(resource(state, "aws_s3_bucket_server_side_encryption_configuration", "encryption").rule).includes(
      "aws:kms",
    ),
  );
  t.true(JSON.stringify(state?.data.aws_iam_policy_document).includes("aws:SecureTransport"));
  t.is(resource(state, "aws_kms_key", "key").enable_key_rotation, true);
});

test("every stack has its own state key in the bucket, encrypted and with an S3 lock", (t) => {
  for (const [name, stack] of Object.entries(synthesize("workshop"))) {
    t.like(stack.terraform.backend.s3, {
      bucket: "mysfits-workshop-state-000000000000",
      key: `workshop/${name}.tfstate`,
      encrypt: true,
      use_lockfile: true,
    });
  }
});

test("the setting protection keeps the bucket from being destroyed with its states", (t) => {
  const forceDestroy = (environment: string) =>
    resource(synthesize(environment).state, "aws_s3_bucket", "bucket/bucket/bucket").force_destroy;
  t.is(forceDestroy("production"), false);
  t.is(forceDestroy("workshop"), true);
});

test("Terraform rejects plans that destroy the bucket while it holds the states", (t) => {
  const { state } = synthesize("workshop");
  t.deepEqual(resource(state, "aws_s3_bucket", "bucket/bucket/bucket").lifecycle, { prevent_destroy: true });
});

test("without a repository there are no roles for GitHub", (t) => {
  t.deepEqual(resources(synthesize("workshop").state, "aws_iam_role"), []);
});

const WITH_NAMES = "repo:mythical-mysfits/site";
const WITH_IDS = "repo:mythical-mysfits@123456/site@456789";
const WORKFLOWS = "mythical-mysfits/site/.github/workflows";

/** Claims of a token that GitHub gives main's deploy workflow in the protected environment. */
const TOKEN: Readonly<Record<string, string>> = {
  aud: "sts.amazonaws.com",
  sub: `${WITH_IDS}:environment:production`,
  repository_owner_id: "123456",
  repository_id: "456789",
  job_workflow_ref: `${WORKFLOWS}/deploy.yml@refs/heads/main`,
};

for (const [form, repository] of Object.entries({ "with names": WITH_NAMES, "with IDs": WITH_IDS })) {
  test(`the plan role trusts pull requests and main, by subjects ${form}`, (t) => {
    const trusts = trustOf("plan");
    t.true(trusts({ ...TOKEN, sub: `${repository}:pull_request`, job_workflow_ref: `${WORKFLOWS}/plan.yml@x` }));
    t.true(trusts({ ...TOKEN, sub: `${repository}:ref:refs/heads/main` }));
    t.false(trusts({ ...TOKEN, sub: `${repository}:ref:refs/heads/other` }));
    t.false(trusts({ ...TOKEN, sub: `${repository}:environment:production` }));
  });

  test(`the deploy role trusts main's deploy workflow in one environment, by subjects ${form}`, (t) => {
    const trusts = trustOf("deploy");
    const token = { ...TOKEN, sub: `${repository}:environment:production` };
    t.true(trusts(token));
    t.false(trusts({ ...token, sub: `${repository}:environment:other` }));
    t.false(trusts({ ...token, sub: `${repository}:ref:refs/heads/main` }));
    for (const workflow of ["deploy.yml@refs/heads/branch", "other.yml@refs/heads/main"]) {
      t.false(trusts({ ...token, job_workflow_ref: `${WORKFLOWS}/${workflow}` }), workflow);
    }
  });
}

for (const role of ["plan", "deploy"] as const) {
  test(`the ${role} role trusts no repository that only has the same name`, (t) => {
    const trusts = trustOf(role);
    const context = role === "plan" ? "pull_request" : "environment:production";
    for (const sub of [`${WITH_NAMES}:${context}`, `${WITH_IDS}:${context}`]) {
      t.true(trusts({ ...TOKEN, sub }));
      t.false(trusts({ ...TOKEN, sub, repository_id: "999999" }), "a recreated repository");
      t.false(trusts({ ...TOKEN, sub, repository_owner_id: "999999" }), "a recreated owner");
      t.false(trusts({ ...TOKEN, sub, aud: "other" }));
    }
    t.false(trusts({ ...TOKEN, sub: `repo:mythical-mysfits@123456/site@999999:${context}` }));
  });
}

test("the OIDC provider is created, or is the one that the account has", (t) => {
  const created = synthesize("production", ...GITHUB).state;
  t.is(resource(created, "aws_iam_openid_connect_provider", "github/provider").url, ISSUER);
  const existing = synthesize("production", ...GITHUB, "github.oidcProvider=existing").state;
  t.deepEqual(resources(existing, "aws_iam_openid_connect_provider"), []);
  const [[name, { url }]] = Object.entries(existing?.data.aws_iam_openid_connect_provider ?? {}) as [
    [string, { url: string }],
  ];
  t.is(url, ISSUER);
  t.true(
    JSON.stringify(trustStatement(existing, "deploy")).includes(`data.aws_iam_openid_connect_provider.${name}.arn`),
  );
});

test("the deploy role's sessions are long enough for a search domain", (t) => {
  const { state } = synthesize("production", ...GITHUB);
  t.is(resource(state, "aws_iam_role", "mysfits-production-github-deploy").max_session_duration, 7200);
});

test("the deploy role changes only roles inside the boundary", (t) => {
  const allowed = deployStatements().filter(({ effect }) => effect !== "Deny");
  const onRoles = allowed.filter(({ resources }) => String(resources).endsWith(":role/mysfits-production-*"));
  const inside = onRoles.filter(({ condition }) => condition !== undefined);
  t.deepEqual(
    inside.map(({ condition }) => condition),
    [[{ test: "ArnEquals", variable: "iam:PermissionsBoundary", values: ["the boundary"] }]],
  );
  const actionsOf = (statements: readonly Statement[]) => statements.flatMap(({ actions }) => actions);
  t.deepEqual(
    actionsOf(onRoles.filter((statement) => !inside.includes(statement))).filter(
      (action) => !/^iam:(Get\w+|List\w+|PassRole|TagRole|UntagRole)$/.test(action),
    ),
    [],
  );
  t.deepEqual(
    actionsOf(allowed.filter((statement) => !onRoles.includes(statement))).filter(
      (action) => !action.endsWith("InstanceProfile"),
    ),
    ["iam:CreateServiceLinkedRole"],
  );
});

test("the deploy role may not change GitHub's roles or the boundary, or remove the boundary from a role", (t) => {
  const denied = deployStatements().filter(({ effect }) => effect === "Deny");
  const refused = Object.fromEntries(
    denied.map(({ actions, resources }) => [String(resources).replace(/^arn:.*:role/, "role"), actions]),
  );
  const { "role/mysfits-production-github-*": github, ...others } = refused;
  for (const change of ["AttachRolePolicy", "PutRolePermissionsBoundary", "PutRolePolicy", "UpdateAssumeRolePolicy"]) {
    t.true(github?.includes(`iam:${change}`), change);
  }
  t.deepEqual(others, {
    "the boundary": [
      "iam:CreatePolicyVersion",
      "iam:DeletePolicy",
      "iam:DeletePolicyVersion",
      "iam:SetDefaultPolicyVersion",
    ],
    "role/*": ["iam:DeleteRolePermissionsBoundary"],
  });
});

test("the plan role reads no messages, items, logs, traces, users, images, code, secrets, or objects that no plan needs", (t) => {
  const siteBucket = "mysfits-production-site-000000000000";
  const { platform } = synthesize("production");
  t.true(resources(platform, "aws_s3_bucket").some(({ bucket }) => bucket === siteBucket));
  const denied = statementsOf("plan").filter(({ effect }) => effect === "Deny");
  const everywhere = denied.filter(({ condition, resources }) => !condition && String(resources) === "*");
  const isDenied = (action: string) =>
    everywhere.some(({ actions }) => actions.some((one) => new RegExp(`^${one.replace("*", ".*")}$`).test(action)));
  for (const action of [
    "codecommit:GetFile",
    "codecommit:GitPull",
    "cognito-idp:ListUsers",
    "dynamodb:BatchGetItem",
    "dynamodb:PartiQLSelect",
    "dynamodb:Query",
    "dynamodb:Scan",
    "ecr:BatchGetImage",
    "es:ESHttpGet",
    "logs:FilterLogEvents",
    "logs:GetLogEvents",
    "logs:StartQuery",
    "secretsmanager:GetSecretValue",
    "sqs:ReceiveMessage",
    "xray:BatchGetTraces",
    "xray:GetTraceSummaries",
  ]) {
    t.true(isDenied(action), action);
  }
  // The provider's calls to refresh the stacks' table items, parameters, queues, log groups, domain, and keys.
  for (const action of [
    "cognito-idp:AdminGetUser",
    "dynamodb:DescribeTable",
    "dynamodb:GetItem",
    "ecr:DescribeRepositories",
    "es:DescribeDomain",
    "kms:Decrypt",
    "logs:DescribeLogGroups",
    "s3:GetObject",
    "sqs:GetQueueAttributes",
    "ssm:GetParameter",
  ]) {
    t.false(isDenied(action), action);
  }
  t.deepEqual(
    denied.filter((statement) => !everywhere.includes(statement)).map(({ actions, ...rest }) => [actions, rest]),
    [
      [
        ["kms:Decrypt"],
        {
          effect: "Deny",
          resources: ["*"],
          condition: [{ test: "StringLike", variable: "kms:ViaService", values: ["ssm.*.amazonaws.com"] }],
        },
      ],
      [
        ["s3:GetObject", "s3:GetObjectVersion"],
        { effect: "Deny", not_resources: ["the state/*", `arn:aws:s3:::${siteBucket}/*`] },
      ],
    ],
  );
});

const ISSUER = "https://token.actions.githubusercontent.com";

interface Trust {
  readonly condition: readonly {
    readonly test: string;
    readonly variable: string;
    readonly values: readonly string[];
  }[];
}

function trustStatement(state: SynthesizedStack | undefined, role: "plan" | "deploy"): Trust {
  const document = Object.values(state?.data.aws_iam_policy_document ?? {}).find((one) =>
    pathOf(one).endsWith(`github-${role}-trust`),
  );
  const statements = document?.statement as readonly Trust[];
  if (statements.length !== 1) {
    throw new Error(`expected one statement, found ${statements.length}`);
  }
  return statements[0] as Trust;
}

/** Returns a function that is true for tokens that a role trusts: every condition must hold, and a missing claim is false. */
function trustOf(role: "plan" | "deploy"): (claims: Readonly<Record<string, string>>) => boolean {
  const { condition } = trustStatement(synthesize("production", ...GITHUB).state, role);
  return (claims) =>
    condition.every(({ test, variable, values }) => {
      const claim = claims[variable.replace("token.actions.githubusercontent.com:", "")];
      return test === "StringEquals" && claim !== undefined && values.includes(claim);
    });
}

interface Statement {
  readonly effect?: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly condition?: readonly object[];
}

/** Statements of the deploy role's own policy. */
function deployStatements(): readonly Statement[] {
  return statementsOf("deploy");
}

function statementsOf(role: "plan" | "deploy"): readonly Statement[] {
  const { state } = synthesize("production", ...GITHUB);
  const document = Object.values(state?.data.aws_iam_policy_document ?? {}).find((one) =>
    pathOf(one).endsWith(`github-${role}-document`),
  );
  const statements = JSON.stringify(document?.statement)
    .replace(/\$\{aws_iam_policy\.boundary_policy_\w+\.arn\}/g, "the boundary")
    .replace(/\$\{aws_s3_bucket\.bucket_\w+\.arn\}/g, "the state")
    .replace(/arn:\$\{data\.aws_partition\.\w+\.partition\}/g, "arn:aws");
  return JSON.parse(statements) as Statement[];
}
