import test from "ava";
import { pathOf, resource, resources, synthesize } from "../synth.ts";

const GITHUB = ["github.repository=mythical-mysfits/site", "github.deployEnvironment=production"];

test("the state bucket is closed, versioned, encrypted under its own key and reached over TLS only", (t) => {
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

test("every stack keeps its state in the bucket under a key of its own, encrypted, locked by S3", (t) => {
  for (const [name, stack] of Object.entries(synthesize("workshop"))) {
    t.like(stack.terraform.backend.s3, {
      bucket: "mysfits-workshop-state-000000000000",
      key: `workshop/${name}.tfstate`,
      encrypt: true,
      use_lockfile: true,
    });
  }
});

test("protection decides whether the bucket can be destroyed with the states in it", (t) => {
  const forceDestroy = (environment: string) =>
    resource(synthesize(environment).state, "aws_s3_bucket", "bucket/bucket/bucket").force_destroy;
  t.is(forceDestroy("production"), false);
  t.is(forceDestroy("workshop"), true);
});

test("Terraform refuses to destroy the bucket while the states lie in it", (t) => {
  const { state } = synthesize("workshop");
  t.deepEqual(resource(state, "aws_s3_bucket", "bucket/bucket/bucket").lifecycle, { prevent_destroy: true });
});

test("without a repository nobody is let in from GitHub", (t) => {
  t.deepEqual(resources(synthesize("workshop").state, "aws_iam_role"), []);
});

test("GitHub's plan role trusts pull requests and main, its deploy role one environment, of one repository", (t) => {
  const { state } = synthesize("production", ...GITHUB);
  const subjects = (role: string) => {
    const document = Object.entries(state?.data.aws_iam_policy_document ?? {}).find(([name]) =>
      name.includes(`${role}-trust`),
    )?.[1];
    const [statement] = (document?.statement ?? []) as { condition: { variable: string; values: string[] }[] }[];
    return statement?.condition.find(({ variable }) => variable.endsWith(":sub"))?.values;
  };
  t.deepEqual(subjects("plan"), [
    "repo:mythical-mysfits/site:pull_request",
    "repo:mythical-mysfits/site:ref:refs/heads/main",
  ]);
  t.deepEqual(subjects("deploy"), ["repo:mythical-mysfits/site:environment:production"]);
  t.is(resources(state, "aws_iam_role").length, 2);
});

test("the deploy role has time for a search domain", (t) => {
  const { state } = synthesize("production", ...GITHUB);
  t.is(resource(state, "aws_iam_role", "mysfits-production-github-deploy").max_session_duration, 7200);
});

test("the deploy role changes roles inside the boundary only", (t) => {
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

test("the deploy role leaves GitHub's roles, the boundary, and every role inside it as they are", (t) => {
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

interface Statement {
  readonly effect?: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly condition?: readonly object[];
}

/** What the deploy role may do and may not, besides the policy of AWS that it has. */
function deployStatements(): readonly Statement[] {
  const { state } = synthesize("production", ...GITHUB);
  const document = Object.values(state?.data.aws_iam_policy_document ?? {}).find((one) =>
    pathOf(one).endsWith("github-deploy-document"),
  );
  const boundary = /\$\{aws_iam_policy\.boundary_policy_\w+\.arn\}/g;
  return JSON.parse(JSON.stringify(document?.statement).replace(boundary, "the boundary")) as Statement[];
}
