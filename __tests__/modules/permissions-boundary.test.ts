import test from "ava";
import { SERVICES } from "../../modules/permissions-boundary.ts";
import { type Arguments, pathOf, resource, resources, type SynthesizedStack, synthesize } from "../synth.ts";

const GITHUB =
  "github={repository: octo/mysfits, ownerId: 123456, repositoryId: 456789, deployEnvironment: production}";
const EVERYTHING = ["labs.metadataProxy=on", "delivery.rollbackOnAlarms=on", "load.generator=on"];
const VARIANTS = [
  [],
  [...EVERYTHING, "delivery.approval=on"],
  [...EVERYTHING, "delivery.githubRepository=octo/mysfits"],
];

interface Statement {
  readonly effect?: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly principals?: readonly { readonly identifiers: readonly string[] }[];
}

const synthesized = ["workshop", "production", "emulator"].flatMap((environment) =>
  VARIANTS.map((overrides) => ({ environment, stacks: synthesize(environment, GITHUB, ...overrides) })),
);

test("every role has the boundary, except GitHub's own", (t) => {
  for (const { environment, stacks } of synthesized) {
    const { state, ...others } = stacks;
    const { name } = resource(state, "aws_iam_policy", "state/boundary/policy");
    t.is(name, `mysfits-${environment}-boundary`);
    t.deepEqual(boundariesIn(state), { "mysfits-github-plan": undefined, "mysfits-github-deploy": undefined });
    const roles = Object.assign({}, ...Object.values(others).map(boundariesIn)) as Record<string, unknown>;
    t.true(Object.keys(roles).length > 15);
    const output = /^\$\{data\.terraform_remote_state\.cross-stack-reference-input-state\.outputs\.(\S+)\}$/;
    for (const [role, boundary] of Object.entries(roles)) {
      const [, ofState = ""] = output.exec(String(boundary)) ?? [];
      t.regex(String(state?.output?.[ofState]?.value), /^\$\{aws_iam_policy\.boundary_policy_\w+\.arn\}$/, role);
    }
  }
});

test("without a GitHub repository there is no boundary, and no role refers to one", (t) => {
  for (const stack of Object.values(synthesize("production", ...EVERYTHING))) {
    t.deepEqual(resources(stack, "aws_iam_policy"), []);
    t.true(Object.values(boundariesIn(stack)).every((boundary) => boundary === undefined));
  }
});

test("the boundary allows everything that roles are granted", (t) => {
  for (const { stacks } of synthesized) {
    const within = boundaryOf(stacks.state);
    const grants = grantsIn(stacks);
    t.true(grants.some(({ to }) => to === "log-search/domain/access-document"));
    for (const { to, action } of grants) {
      t.true(within(action), `${to} may ${action}: a service that modules/permissions-boundary.ts leaves out`);
    }
  }
});

test("the boundary names only services that roles use", (t) => {
  const granted = synthesized.flatMap(({ stacks }) => grantsIn(stacks)).map(({ action }) => action.split(":")[0]);
  t.deepEqual([...new Set(granted)].filter((service) => service !== "iam").sort(), SERVICES);
});

test("the boundary does not allow creating or assuming roles, or decrypting Terraform's state", (t) => {
  for (const { environment, stacks } of synthesized) {
    const within = boundaryOf(stacks.state);
    const refused = ["iam:CreateRole", "iam:PutRolePolicy", "iam:CreateUser", "sts:AssumeRole", "kms:Decrypt"];
    t.deepEqual(
      refused.filter((action) => within(action)),
      [],
    );
    const passing = boundaryStatements(stacks.state).filter(({ actions }) => actions.includes("iam:PassRole"));
    t.deepEqual(
      passing.map(({ resources }) => resources.map((arn) => arn.split(":role/")[1])),
      [[`mysfits-${environment}-*`]],
    );
  }
});

test("the boundary covers secrets and their keys only if a service has some", (t) => {
  const secret = "arn:aws:secretsmanager:us-west-2:123456789012:secret:shop-AbCdEf";
  const key = "arn:aws:kms:us-west-2:123456789012:key/1234abcd";
  const stacks = synthesize(
    "workshop",
    GITHUB,
    `services.like.secrets={API_TOKEN: '${secret}'}`,
    `services.like.secretKeys=['${key}']`,
  );
  const within = boundaryOf(stacks.state);
  t.deepEqual(
    grantsIn(stacks).filter(({ action }) => !within(action)),
    [],
  );
  const decrypting = boundaryStatements(stacks.state).filter(({ actions }) => actions.includes("kms:Decrypt"));
  t.deepEqual(
    decrypting.map(({ resources }) => resources),
    [[key]],
  );
  const withoutSecrets = boundaryOf(synthesize("workshop", GITHUB).state);
  t.false(withoutSecrets("secretsmanager:GetSecretValue"));
});

test("every role's name matches the pattern in the boundary and in the deploy role's permissions", (t) => {
  for (const { environment, stacks } of synthesized) {
    for (const role of Object.values(stacks).flatMap((stack) => resources(stack, "aws_iam_role"))) {
      t.true(String(role.name).startsWith(`mysfits-${environment}-`), pathOf(role));
    }
  }
});

/** The boundaries of a stack's roles, by role name without the environment. */
function boundariesIn(stack: SynthesizedStack | undefined): Record<string, unknown> {
  return Object.fromEntries(
    resources(stack, "aws_iam_role").map(({ name, permissions_boundary }) => [
      String(name).replace(/^mysfits-\w+-/, "mysfits-"),
      permissions_boundary,
    ]),
  );
}

function boundaryStatements(state: SynthesizedStack | undefined): readonly Statement[] {
  return statementsOf(documentOf(state, resource(state, "aws_iam_policy", "state/boundary/policy")));
}

/** Returns a function that is true for actions that the boundary allows on at least one resource. */
function boundaryOf(state: SynthesizedStack | undefined): (action: string) => boolean {
  const statements = boundaryStatements(state);
  return (action) =>
    statements.some(({ actions }) =>
      actions.some((pattern) =>
        pattern.endsWith(":*") ? action.startsWith(pattern.slice(0, -1)) : action === pattern,
      ),
    );
}

/**
 * Actions that the stacks' roles are granted, by their own policies and by resource policies that name a role. A boundary
 * limits both. Source: "Permissions boundaries for IAM entities", IAM user guide.
 */
function grantsIn({ state, ...others }: Readonly<Record<string, SynthesizedStack>>) {
  return Object.values(others).flatMap((stack) => {
    const byRole = resources(stack, "aws_iam_role_policy").map((policy) => documentOf(stack, policy));
    const byResource = Object.values(stack.data.aws_iam_policy_document ?? {}).filter((document) =>
      JSON.stringify(statementsOf(document).map(({ principals }) => principals)).includes("aws_iam_role"),
    );
    return [...byRole, ...byResource].flatMap((document) =>
      statementsOf(document)
        .filter(({ effect }) => effect !== "Deny")
        .flatMap(({ actions }) => actions.map((action) => ({ to: pathOf(document), action }))),
    );
  });
}

function documentOf(stack: SynthesizedStack | undefined, { policy }: Arguments): Arguments {
  const [, name = ""] = /^\$\{data\.aws_iam_policy_document\.(\S+)\.json\}$/.exec(String(policy)) ?? [];
  const document = stack?.data.aws_iam_policy_document?.[name];
  if (document === undefined) {
    throw new Error(`expected a policy document, found ${policy}`);
  }
  return document;
}

function statementsOf(document: Arguments): readonly Statement[] {
  return document.statement as readonly Statement[];
}
