import test from "ava";
import { SERVICES } from "../modules/permissions-boundary.ts";
import { pathOf, resources, type SynthesizedStack, synthesize } from "./synth.ts";

// Least privilege, checked over the whole app: a statement with a wildcard for its action, or for all resources, stands
// in this list with its reason, or it does not stand at all.

interface Wide {
  /** Paths of the policy documents in which the statement may stand. */
  readonly where: RegExp;
  readonly actions: readonly string[];
  readonly because: string;
}

const NO_FINER = "the service authorization reference knows no resource for it";

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
    because: "a key whose policy lacks it cannot be managed by anybody; * is that key",
  },
  {
    where: /^platform\/notifications\/key-document$/,
    actions: ["kms:Decrypt", "kms:GenerateDataKey"],
    because: "in a key's own policy, * is that key",
  },
  {
    where: /^services\/(like|monolith)\/task\/execution-role\/document$/,
    actions: ["ecr:GetAuthorizationToken"],
    because: NO_FINER,
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
    because: NO_FINER,
  },
  {
    where: /^log-search\/domain\/access-document$/,
    actions: ["es:ESHttp*"],
    because: "Dashboards needs every method on every path of the one domain",
  },
  {
    where: /^delivery\/(like|monolith)-pipeline\/build\/role\/document$/,
    actions: ["ecr:GetAuthorizationToken"],
    because: NO_FINER,
  },
  {
    where: /^delivery\/(like|monolith)-pipeline\/build\/role\/document$/,
    actions: ["ecs:DescribeTaskDefinition"],
    because: NO_FINER,
  },
  {
    where: /^delivery\/(like-pipeline|monolith-deployment\/project)\/role\/document$/,
    actions: ["ecs:RegisterTaskDefinition"],
    because: `${NO_FINER}; PassRole keeps it to the service's own roles`,
  },
  {
    where: /^delivery\/like-deployment\/role\/document$/,
    actions: ["ecs:CreateTaskSet"],
    because: `${NO_FINER}; its condition names the service`,
  },
  {
    where: /^delivery\/like-deployment\/role\/document$/,
    actions: [
      "elasticloadbalancing:DescribeListeners",
      "elasticloadbalancing:DescribeRules",
      "elasticloadbalancing:DescribeTargetGroups",
    ],
    because: NO_FINER,
  },
  {
    where: /^delivery\/smoke-test\/role\/document$/,
    actions: ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"],
    because: NO_FINER,
  },
  {
    where: /^delivery\/smoke-test\/role\/document$/,
    actions: ["ec2:DeleteNetworkInterface"],
    because: "Lambda refuses a function whose role may delete interfaces only",
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
    because: `${NO_FINER}; this is the smallest policy with which Session Manager works`,
  },
  {
    where: /^state\/boundary\/document$/,
    actions: SERVICES.map((service) => `${service}:*`),
    because: "a boundary grants nothing; modules/permissions-boundary.ts says what it leaves out",
  },
];

/** Policies that AWS wrote and changes, each a row of wildcards. */
const MANAGED: Readonly<Record<string, string>> = {
  ReadOnlyAccess: "a plan reads every kind of resource that the stacks hold",
  PowerUserAccess: "a deployment creates and changes every kind of resource that the stacks hold, IAM's apart",
};

interface Statement {
  readonly actions: readonly string[];
  readonly resources?: readonly string[];
  readonly condition?: readonly object[];
}

const WITH_GITHUB_ROLES = "github={repository: octo/mysfits, deployEnvironment: production}";
const EVERYTHING = ["labs.metadataProxy=on", "delivery.rollbackOnAlarms=on", "load.generator=on"];
const SOURCES = ["delivery.approval=on", "delivery.githubRepository=octo/mysfits"];

const stacks: readonly SynthesizedStack[] = ["workshop", "production", "emulator"].flatMap((environment) =>
  SOURCES.flatMap((source) => Object.values(synthesize(environment, WITH_GITHUB_ROLES, source, ...EVERYTHING))),
);

const documents = stacks.flatMap(({ data }) => Object.values(data?.aws_iam_policy_document ?? {}));

const wide = documents.flatMap((document) =>
  ((document.statement ?? []) as Statement[])
    .filter((statement) => isWide(statement))
    .map(({ actions }) => ({ path: pathOf(document), actions: [...actions] })),
);

test("no statement is wide without a reason", (t) => {
  t.true(documents.length > 100);
  const unreasoned = wide.filter((statement) => WIDE.filter((entry) => covers(entry, statement)).length !== 1);
  t.deepEqual(unreasoned, []);
});

test("no reason is left without its statement", (t) => {
  t.deepEqual(
    WIDE.filter((entry) => !wide.some((statement) => covers(entry, statement))),
    [],
  );
});

test("policies that AWS manages are in the list with their reasons, and no others are attached", (t) => {
  const named = stacks.flatMap(({ data }) => Object.values(data?.aws_iam_policy ?? {}).map(({ name }) => String(name)));
  t.deepEqual([...new Set(named)].sort(), Object.keys(MANAGED).sort());
  const attached = stacks.flatMap((stack) => resources(stack, "aws_iam_role_policy_attachment"));
  for (const { policy_arn } of attached) {
    t.regex(String(policy_arn), /^\$\{data\.aws_iam_policy\./);
  }
});

test("every policy is one of the documents that are checked here", (t) => {
  for (const { resource = {} } of stacks) {
    for (const [type, ofType] of Object.entries(resource)) {
      for (const found of Object.values(ofType)) {
        t.notRegex(JSON.stringify(found), /\\"Statement\\"/, `${type} ${pathOf(found)}`);
      }
    }
  }
});

test("roles are passed on by name, and each only to the service that it is for", (t) => {
  const passing = documents
    .filter((document) => !pathOf(document).startsWith("state/")) // there it is about the roles of a whole environment
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

function isWide({ actions, resources = [] }: Statement): boolean {
  return actions.some((action) => action.includes("*")) || resources.some((arn) => arn === "*" || arn.endsWith(":*/*"));
}

function covers(entry: Wide, { path, actions }: { path: string; actions: readonly string[] }): boolean {
  return entry.where.test(path) && entry.actions.join() === actions.join();
}
