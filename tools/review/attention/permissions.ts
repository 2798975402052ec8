import { isDeepStrictEqual } from "node:util";
import type { Finding, Text } from "../model.ts";
import {
  byValue,
  type Condition,
  includesCondition,
  includesConditions,
  isSameKey,
  isSameTest,
  limitsPermission,
  restrictsCaller,
} from "./conditions.ts";
import { matches as includesText } from "./patterns.ts";
import {
  accountIn,
  covers,
  coversAction,
  includesPrincipal,
  isAllBut,
  isAnyone,
  isEveryResource,
  isWildcardAction,
  newExceptions,
  type Policy,
  type Statement,
  shownPrincipal,
  UNKNOWN_PRINCIPAL,
} from "./policy.ts";
import { list, text } from "./text.ts";

// Comparison of policies by what they allow and deny.

/** One principal, action, and resource of a statement. In an identity-based policy the principal is "". */
export interface Grant {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly statement: Statement;
}

/** Grants of a statement compared one by one; a policy has at most 10,240 characters, but a plan may hold anything. */
const MAX_GRANTS = 5000;

/** Maximum number of principals, of actions, and of resources that are compared in a statement with more grants. */
const MAX_OF_EACH = Math.ceil(Math.cbrt(MAX_GRANTS));

/** Findings about permissions that a policy grants now and did not before, each kind on its own. */
export function broadenedPermissions(before: readonly Statement[], { path, statements }: Policy): readonly Finding[] {
  const known = allowing(before);
  const isTrust = path === "assume_role_policy";
  return allowing(statements).flatMap((statement) => {
    const grants = addedGrants(statement, known);
    const kinds = Map.groupBy(grants, (grant) => kindOf(grant, known));
    return [...kinds].flatMap(([kind, grants]) => describe(kind, grants, statement, known, isTrust));
  });
}

type Kind = "condition" | "principal" | "action" | "resource" | "combination";

function kindOf(grant: Grant, known: readonly Statement[]): Kind {
  if (known.some((wider) => matches(wider, grant))) {
    return "condition";
  }
  if (grant.principal !== "" && !known.some((wider) => coversPrincipal(wider, grant))) {
    return "principal";
  }
  if (!known.some((wider) => coversPrincipal(wider, grant) && coversOneAction(wider, grant))) {
    return "action";
  }
  return known.some((wider) => coversResource(wider, grant)) &&
    !known.some((wider) => coversOneAction(wider, grant) && !coversResource(wider, grant))
    ? "combination"
    : "resource";
}

function describe(
  kind: Kind,
  grants: readonly Grant[],
  statement: Statement,
  known: readonly Statement[],
  isTrust: boolean,
): readonly Finding[] {
  const principals = unique(grants.map(({ principal }) => principal)).filter(Boolean);
  const actions = unique(grants.map(({ action }) => action));
  const resources = unique(grants.map(({ resource }) => resource)).filter(Boolean);
  switch (kind) {
    case "principal":
      return [newPrincipals(principals, actions, statement, isTrust)];
    case "action":
      return [newActions(actions, resources, principals, statement)];
    case "resource":
      return [newResources(resources, actions, principals)];
    case "combination":
      return [
        {
          severity: "caution",
          text: [...text`Newly allows the combination of `, ...list(actions), ...text` and `, ...list(resources), "."],
        },
      ];
    case "condition":
      return [changedConditions(actions, principals, grants, statement, known)];
  }
}

function newPrincipals(
  principals: readonly string[],
  actions: readonly string[],
  { conditions }: Statement,
  isTrust: boolean,
): Finding {
  const known = principals.filter((principal) => principal !== UNKNOWN_PRINCIPAL);
  const whom = [
    ...list(known.map(shownPrincipal)),
    ...(known.length === principals.length
      ? []
      : [known.length > 0 ? " and " : "", "principals that are not known yet"]),
  ];
  const sentence = [...text`Newly allows `, ...whom, ...text` to use `, ...list(actions)];
  if (principals.some(isAnyone)) {
    return !restrictsCaller(conditions)
      ? { severity: "danger", text: [...sentence, ": anyone in any account, inside or outside the organization."] }
      : { severity: "caution", text: [...sentence, ...text` when ${inWords(conditions)}.`] };
  }
  const isPerson = principals.some((principal) => !principal.startsWith("Service "));
  return {
    severity: (isTrust && isPerson) || actions.some(isWildcardAction) ? "danger" : "caution",
    text: [...sentence, isTrust ? ", and so to assume the role." : "."],
  };
}

function newActions(
  actions: readonly string[],
  resources: readonly string[],
  principals: readonly string[],
  { conditions }: Statement,
): Finding {
  const isIdentityBased = principals.length === 0;
  const where = resources.length === 0 ? text`resources that are not known yet` : list(resources);
  const scope = isIdentityBased ? [...text` on `, ...where] : [...text` to `, ...list(principals)];
  const escalating = isIdentityBased ? actions.filter((action) => escalates(action, resources)) : [];
  const isOnEverything = isPowerEverywhere(actions, resources);
  const ofRoles = !isOnEverything && escalating.length > 0 && escalating.every(isUsualIfScoped);
  const isStrong = isIdentityBased && (isOnEverything || (escalating.length > 0 && !ofRoles));
  const isDanger = actions.some(isWildcardAction) || (isStrong && !limitsPermission(conditions));
  return {
    severity: isDanger ? "danger" : "caution",
    text: [
      ...text`Newly allows `,
      ...list(actions),
      ...scope,
      ...(conditions.length === 0 ? [] : text` when ${inWords(conditions)}`),
      ofRoles && !isDanger ? ", and so to act with the permissions of these roles." : ".",
    ],
  };
}

/** True for actions on every resource, other than those that show no data. */
function isPowerEverywhere(actions: readonly string[], resources: readonly string[]): boolean {
  return resources.some(isEveryResource) && !actions.every((action) => SHOWS_NO_DATA.test(action));
}

function newResources(
  resources: readonly string[],
  actions: readonly string[],
  principals: readonly string[],
): Finding {
  return {
    severity: principals.length === 0 && isPowerEverywhere(actions, resources) ? "danger" : "caution",
    text: [...text`Allows `, ...list(actions), ...text` on more than before: `, ...list(resources), "."],
  };
}

/** Names only the operators and keys that changed. */
function changedConditions(
  actions: readonly string[],
  principals: readonly string[],
  [grant]: readonly Grant[],
  { conditions }: Statement,
  known: readonly Statement[],
): Finding {
  const was = known.find((wider) => grant !== undefined && matches(wider, grant))?.conditions ?? [];
  const lost = was.filter((one) => !conditions.some((other) => includesCondition(one, other)));
  const changes = lost.map((one): Text => {
    const now = conditions.find((other) => isSameTest(one, other)) ?? conditions.find((other) => isSameKey(one, other));
    return now === undefined
      ? text`no longer ${conditionInWords(one)}`
      : isSameTest(one, now)
        ? text`${one.operator} ${one.key} was ${one.values.join(", ")} and is ${now.values.join(", ")}`
        : text`${conditionInWords(one)} becomes ${conditionInWords(now)}`;
  });
  const isOpen = conditions.length === 0;
  return {
    severity: principals.length > 0 || isOpen ? "danger" : "caution",
    text: [
      ...text`Allows `,
      ...list(actions),
      isOpen ? " without the condition it had: " : " under a weaker condition: ",
      ...changes.flatMap((change, index) => [index === 0 ? "" : "; ", ...change]),
      ".",
    ],
  };
}

/** Findings about denials that a policy had before and does not have anymore. */
export function droppedDenials(before: readonly Statement[], after: readonly Statement[]): readonly Finding[] {
  const remaining = denying(after);
  return denying(before).flatMap((denial) => {
    const dropped = grantsOf(denial).filter((grant) => !allow(remaining, grant));
    return dropped.length === 0
      ? []
      : [
          {
            severity: "danger" as const,
            text: [
              ...text`No longer denies `,
              ...list(unique(dropped.flatMap((grant) => undenied(grant, remaining)))),
              ...deniedPrincipals(unique(dropped.map(({ principal }) => principal)).filter(Boolean)),
              ...(denial.conditions.length === 0 ? [] : text` when ${inWords(denial.conditions)}`),
              ...partThatStays(denial, remaining),
              ...text`: a denial overrides every permission, so other statements may allow it now.`,
            ],
          },
        ];
  });
}

/** Names whom a denial applied to; an identity-based policy names no one. */
function deniedPrincipals(principals: readonly string[]): Text {
  return principals.length === 0
    ? []
    : principals.includes("*")
      ? [" to everyone"]
      : [" to ", ...list(principals.map(shownPrincipal))];
}

/** Describes how the only narrower denial that remains differs from a dropped one. */
function partThatStays(denial: Statement, remaining: readonly Statement[]): Text {
  const parts = remaining.filter((one) => grantsOf(one).every((grant) => allow([denial], grant)));
  const [part, ...others] = parts.filter(
    (one, index) => parts.findIndex((other) => isDeepStrictEqual(one, other)) === index,
  );
  if (part === undefined || others.length > 0 || !isDeepStrictEqual(part.principals, denial.principals)) {
    return [];
  }
  if (part.actions.some(isAllBut)) {
    return []; // the actions that it excepts are named
  }
  const { actions, resources, conditions } = part;
  return [
    " other than",
    ...(isDeepStrictEqual(actions, denial.actions) ? [] : [" ", ...list(actions)]),
    ...(isDeepStrictEqual(resources, denial.resources) ? [] : [" on ", ...list(resources)]),
    ...(isDeepStrictEqual(conditions, denial.conditions) ? [] : text` when ${inWords(conditions)}`),
  ];
}

/** Actions of a dropped denial, without those that a denial of everything but some actions still includes. */
function undenied(grant: Grant, remaining: readonly Statement[]): readonly string[] {
  for (const action of remaining.flatMap(({ actions }) => actions)) {
    const excepted = newExceptions(grant.action, action);
    if (excepted !== undefined && allow(remaining, { ...grant, action })) {
      return excepted;
    }
  }
  return [grant.action];
}

/** A finding about a policy whose changed statement is too large to compare grant by grant. */
export function partlyCompared(
  path: string,
  before: readonly Statement[],
  after: readonly Statement[],
): readonly Finding[] {
  const isIn = (statements: readonly Statement[], one: Statement) =>
    statements.some((other) => isDeepStrictEqual(one, other));
  const changed = [
    ...allowing(after).filter((statement) => !isIn(before, statement)),
    ...denying(before).filter((statement) => !isIn(after, statement)),
  ];
  const largest = Math.max(0, ...changed.map(numberOfGrants));
  return largest <= MAX_GRANTS
    ? []
    : [
        {
          severity: "caution",
          text: text`Its ${path} is compared only in part: a statement has ${largest} combinations of principals, actions, and resources. Beyond ${MAX_GRANTS}, only the first ${MAX_OF_EACH} of each are compared.`,
        },
      ];
}

/** Findings about permissions that are too broad even in a new policy. */
export function unrestricted({ statements }: Policy): readonly Finding[] {
  return allowing(statements).flatMap((statement) => {
    const { actions, resources, principals, conditions } = statement;
    if (principals.some(isAnyone)) {
      const anyone = [...text`Allows anyone, in any account, to use `, ...list(actions)];
      return [
        restrictsCaller(conditions)
          ? ({ severity: "note", text: [...anyone, ...text` when ${inWords(conditions)}.`] } as const)
          : ({ severity: "danger", text: [...anyone, "."] } as const),
      ];
    }
    if (principals.length > 0) {
      return [];
    }
    if (!resources.some(isEveryResource)) {
      return scopedEscalation(statement);
    }
    const wide = actions.filter(isWildcardAction);
    if (wide.length > 0) {
      return [
        { severity: "danger", text: [...text`Allows `, ...list(wide), " on ", ...everywhere(statement), "."] } as const,
      ];
    }
    const escalating = limitsGrants(conditions) ? [] : actions.filter((action) => escalates(action, resources));
    const others = actions.filter((action) => ACTS_AS_OTHERS.some((known) => coversAction(action, known)));
    return escalating.length === 0
      ? others.length === 0
        ? dataOfAccount(statement)
        : [
            {
              severity: "caution",
              text: [
                ...text`Allows `,
                ...list(others),
                " on ",
                ...everywhere(statement),
                ", and so to act with the roles of functions, instances, and tasks.",
              ],
            } as const,
          ]
      : [
          {
            severity: limitsPermission(conditions) ? "caution" : "danger",
            text: [
              ...text`Allows `,
              ...list(escalating),
              " on ",
              ...everywhere(statement),
              escalating.every(onlyAssumesRoles)
                ? ", and so to gain the permissions of every role that trusts it."
                : `, which ${limitsPermission(conditions) ? "may be" : "is"} enough to gain any permission of the account.`,
            ],
          } as const,
        ];
  });
}

/** Findings about a statement that reads, deletes, or shares data of the whole account. */
function dataOfAccount(statement: Statement): readonly Finding[] {
  const { actions, conditions } = statement;
  const kinds = limitsPermission(conditions) ? [] : ON_WHOLE_ACCOUNT;
  return kinds.flatMap(({ known, meaning }) => {
    const found = actions.filter((action) => known.some((one) => coversAction(action, one)));
    return found.length === 0
      ? []
      : [
          {
            severity: "caution" as const,
            text: [...text`Allows `, ...list(found), " on ", ...everywhere(statement), meaning],
          },
        ];
  });
}

/** Findings about a new policy that passes certain roles to code that it also starts, unless a condition names the service. */
export function passedRoles({ statements }: Policy): readonly Finding[] {
  const passing = allowing(statements).find(
    ({ actions, resources, principals, conditions }) =>
      principals.length === 0 &&
      actions.some((action) => coversAction(action, "iam:PassRole")) &&
      mayBeOfIam(resources) &&
      !resources.some(isEveryResource) &&
      !limitsPermissions(conditions),
  );
  const code = allowing(statements)
    .flatMap(({ actions }) => actions)
    .filter((action) => RUNS_CODE.some((known) => coversAction(action, known)));
  return passing === undefined || code.length === 0
    ? []
    : [
        {
          severity: "caution",
          text: [
            ...text`Allows `,
            ...list(code),
            ...text` with the permissions of `,
            ...(passing.resources.length === 0 ? ["a role that is not known yet"] : list(passing.resources)),
            ", which it may pass.",
          ],
        },
      ];
}

/** Findings about a policy of a resource that lets another account use it. */
export function foreignGrants({ path, statements }: Policy, ownAccount: string | undefined): readonly Finding[] {
  if (path === "assume_role_policy" || ownAccount === undefined) {
    return [];
  }
  return allowing(statements).flatMap(({ principals, actions }) => {
    const foreign = principals.filter((principal) => {
      const account = accountIn(principal);
      return account !== undefined && account !== ownAccount;
    });
    return foreign.length === 0
      ? []
      : [
          {
            severity: "caution" as const,
            text: [...text`Allows `, ...list(foreign), ...text` of another account to use `, ...list(actions), "."],
          },
        ];
  });
}

/**
 * Actions that let an identity gain more permissions. Source: "Policy summaries: permissions management" in the IAM user guide,
 * and "Granting a user permissions to pass a role to an AWS service".
 */
const ESCALATION = [
  "iam:AddClientIDToOpenIDConnectProvider",
  "iam:AddUserToGroup",
  "iam:AttachGroupPolicy",
  "iam:AttachRolePolicy",
  "iam:AttachUserPolicy",
  "iam:CreateAccessKey",
  "iam:CreateLoginProfile",
  "iam:CreatePolicyVersion",
  "iam:CreateServiceSpecificCredential",
  "iam:DeleteRolePermissionsBoundary",
  "iam:DeleteUserPermissionsBoundary",
  "iam:PassRole",
  "iam:PutGroupPolicy",
  "iam:PutRolePermissionsBoundary",
  "iam:PutRolePolicy",
  "iam:PutUserPermissionsBoundary",
  "iam:PutUserPolicy",
  "iam:ResetServiceSpecificCredential",
  "iam:SetDefaultPolicyVersion",
  "iam:UpdateAssumeRolePolicy",
  "iam:UpdateLoginProfile",
  "iam:UpdateOpenIDConnectProviderThumbprint",
  "iam:UpdateSAMLProvider",
  "sso:AttachCustomerManagedPolicyReferenceToPermissionSet",
  "sso:AttachManagedPolicyToPermissionSet",
  "sso:CreateAccountAssignment",
  "sso:PutInlinePolicyToPermissionSet",
  "sts:AssumeRole",
];

/** Actions that run code with a passed role. */
export const RUNS_CODE = [
  "apprunner:CreateService",
  "autoscaling:CreateLaunchConfiguration",
  "batch:RegisterJobDefinition",
  "bedrock-agentcore:CreateCodeInterpreter",
  "cloudformation:CreateStack",
  "codebuild:CreateProject",
  "codebuild:UpdateProject",
  "datapipeline:CreatePipeline",
  "ec2:AssociateIamInstanceProfile",
  "ec2:ReplaceIamInstanceProfileAssociation",
  "ec2:RequestSpotInstances",
  "ec2:RunInstances",
  "ecs:RegisterTaskDefinition",
  "ecs:RunTask",
  "ecs:StartTask",
  "elasticmapreduce:RunJobFlow",
  "glue:CreateDevEndpoint",
  "glue:CreateJob",
  "glue:UpdateJob",
  "lambda:CreateFunction",
  "lambda:UpdateFunctionConfiguration",
  "sagemaker:CreateNotebookInstance",
  "sagemaker:CreateProcessingJob",
  "sagemaker:CreateTrainingJob",
  "ssm:StartAutomationExecution",
  "states:CreateStateMachine",
];

/** Actions of that list that are usual for some resources; `sts:AssumeRole` of one role is even the safe way. */
const USUAL_IF_SCOPED = ["iam:PassRole", "sts:AssumeRole"];

/** Actions that run code or commands with the role of an existing resource. */
const ACTS_AS_OTHERS = [
  "cloudformation:ExecuteChangeSet",
  "cloudformation:UpdateStack",
  "codebuild:StartBuild",
  "codebuild:StartBuildBatch",
  "ec2-instance-connect:SendSSHPublicKey",
  "ecs:ExecuteCommand",
  "eks:AssociateAccessPolicy",
  "eks:CreateAccessEntry",
  "glue:UpdateDevEndpoint",
  "glue:UpdateJob",
  "lambda:UpdateFunctionCode",
  "sagemaker:CreatePresignedNotebookInstanceUrl",
  "ssm:SendCommand",
  "ssm:StartSession",
];

/**
 * Actions that show no data, most of which need every resource. Source: "Actions, resources, and condition keys for AWS
 * services" in the service authorization reference.
 */
const SHOWS_NO_DATA = new RegExp(
  `^(${[
    String.raw`[\w-]+:(describe|list)\w*\*?`,
    String.raw`(ce|cloudwatch|iam|pricing|servicediscovery|tag):get\w*\*?`,
    String.raw`(ec2messages|ssmmessages):\w+\*?`,
    "cloudwatch:putmetricdata",
    "ec2:(assign|unassign)privateipaddresses",
    "ec2:(create|delete)networkinterface",
    "ec2:get(coippoolusage|instancetypesfrominstancerequirements|securitygroupsforvpc)", // others show passwords or output
    "ecr:getauthorizationtoken",
    "ecs:(de)?registertaskdefinition",
    "kms:generaterandom",
    "route53:getchange",
    "s3:getbucketlocation",
    "ssm:updateinstanceinformation",
    "sts:(decodeauthorizationmessage|getcalleridentity)",
    String.raw`xray:(get|put)\w*\*?`,
  ].join("|")})$`,
  "i",
);

/** Actions that read or delete data, or end safeguards. */
const DATA_AND_GUARDS = [
  "cloudtrail:StopLogging",
  "dynamodb:DeleteTable",
  "dynamodb:GetItem",
  "dynamodb:Scan",
  "ec2:TerminateInstances",
  "guardduty:DeleteDetector",
  "kms:Decrypt",
  "kms:ScheduleKeyDeletion",
  "logs:DeleteLogGroup",
  "rds:DeleteDBCluster",
  "rds:DeleteDBInstance",
  "s3:DeleteBucket",
  "s3:DeleteObject",
  "s3:GetObject",
  "secretsmanager:GetSecretValue",
  "ssm:GetParameter",
];

/** Actions that let others in: "Policy summaries: permissions management" in the IAM user guide, and those on public access. */
const SHARES_DATA = [
  "dynamodb:PutResourcePolicy",
  "ec2:ModifyImageAttribute",
  "ec2:ModifySnapshotAttribute",
  "ecr:SetRepositoryPolicy",
  "elasticfilesystem:PutFileSystemPolicy",
  "glue:PutResourcePolicy",
  "kms:CreateGrant",
  "kms:PutKeyPolicy",
  "lambda:AddPermission",
  "ram:CreateResourceShare",
  "rds:ModifyDBClusterSnapshotAttribute",
  "rds:ModifyDBSnapshotAttribute",
  "s3:PutAccountPublicAccessBlock",
  "s3:PutBucketAcl",
  "s3:PutBucketPolicy",
  "s3:PutBucketPublicAccessBlock",
  "s3:PutObjectAcl",
  "secretsmanager:PutResourcePolicy",
  "sns:AddPermission",
  "sqs:AddPermission",
];

const ON_WHOLE_ACCOUNT = [
  { known: DATA_AND_GUARDS, meaning: ", and so on data or safeguards of the whole account." },
  { known: SHARES_DATA, meaning: ", and so to let others use data of the whole account." },
];

/** True for conditions that limit the permissions that an action can give to anyone, by a boundary or by policies. */
function limitsGrants(conditions: readonly Condition[]): boolean {
  return conditions.some(
    ({ operator, key, values }) =>
      /^iam:(PermissionsBoundary|PolicyARN)$/i.test(key) &&
      /^(ForAnyValue:)?(String|Arn)(Equals|EqualsIgnoreCase|Like)$/i.test(operator) &&
      !values.some((pattern) => includesText(pattern, ADMINISTRATOR)),
  );
}

const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";

/** Also true for conditions that limit the service that gets them. */
function limitsPermissions(conditions: readonly Condition[]): boolean {
  return limitsGrants(conditions) || conditions.some(({ key }) => /^iam:(PassedToService|AWSServiceName)$/i.test(key));
}

/** Actions that gain permissions even on a few resources, unless a condition limits which. */
function scopedEscalation({ actions, resources, conditions }: Statement): readonly Finding[] {
  const escalating = actions.filter((action) => escalates(action, resources) && !isUsualIfScoped(action));
  return escalating.length === 0 || limitsPermissions(conditions)
    ? []
    : [
        {
          severity: "caution",
          text: [
            ...text`Allows `,
            ...list(escalating),
            ...(resources.length === 0
              ? [" on resources that are not known yet"]
              : [...text` on `, ...list(resources)]),
            ", which may be enough to gain any permission of the account.",
          ],
        },
      ];
}

/** Names the resources, then the conditions: every resource, or the patterns that leave out some or name an account. */
function everywhere({ resources, conditions }: Statement): Text {
  const wide = resources.filter(isEveryResource);
  const isLimited = wide.every((pattern) => isAllBut(pattern) || /^\d{12}$/.test(pattern.split(":")[4] ?? ""));
  return [
    ...(isLimited ? list(wide) : ["every resource"]),
    ...(conditions.length === 0 ? [] : text` when ${inWords(conditions)}`),
  ];
}

/** True for an action that gains only the permissions of the roles that the statement names. */
function isUsualIfScoped(action: string): boolean {
  return ESCALATION.every((known) => USUAL_IF_SCOPED.includes(known) || !coversAction(action, known));
}

/** True for an action that gains permissions only of other roles, which may belong to another account. */
function onlyAssumesRoles(action: string): boolean {
  return ESCALATION.every((known) => known === "sts:AssumeRole" || !coversAction(action, known));
}

/** True for actions that let an identity gain more permissions, other than by new credentials of its own. */
function escalates(action: string, resources: readonly string[]): boolean {
  const isOfItself = resources.length > 0 && resources.every((resource) => OWN_USER.test(resource));
  return (
    mayBeOfIam(resources) &&
    ESCALATION.some((known) => coversAction(action, known) && !(isOfItself && OWN_CREDENTIALS.includes(known)))
  );
}

/** Source: "Allows IAM users to manage their own credentials" in the IAM user guide. */
const OWN_USER = /:user\/(.*\/)?\$\{aws:username\}$/;

const OWN_CREDENTIALS = [
  "iam:CreateAccessKey",
  "iam:CreateLoginProfile",
  "iam:CreateServiceSpecificCredential",
  "iam:ResetServiceSpecificCredential",
  "iam:UpdateLoginProfile",
];

/** False for resources of other services, on which a wildcard for every action includes none of IAM. */
function mayBeOfIam(resources: readonly string[]): boolean {
  return (
    resources.length === 0 ||
    resources.some((resource) => {
      const [scheme, , service = "*"] = resource.split(":");
      return scheme !== "arn" || ["iam", "sso"].some((name) => includesText(service, name));
    })
  );
}

export function allowing(statements: readonly Statement[]): readonly Statement[] {
  return statements.filter(({ effect }) => effect === "Allow");
}

export function denying(statements: readonly Statement[]): readonly Statement[] {
  return statements.filter(({ effect }) => effect === "Deny");
}

/** The grants of a statement that no earlier statement with the same effect includes. */
export function addedGrants(statement: Statement, before: readonly Statement[]): readonly Grant[] {
  return grantsOf(statement).filter((grant) => !allow(before, grant));
}

function grantsOf(statement: Statement): readonly Grant[] {
  const { principals, actions, resources } = statement;
  const isTooLarge = numberOfGrants(statement) > MAX_GRANTS;
  const some = (values: readonly string[]) =>
    values.length === 0 ? [""] : isTooLarge ? values.slice(0, MAX_OF_EACH) : values;
  return some(principals).flatMap((principal) =>
    some(actions).flatMap((action) => some(resources).map((resource) => ({ principal, action, resource, statement }))),
  );
}

function numberOfGrants({ principals, actions, resources }: Statement): number {
  return Math.max(1, principals.length) * Math.max(1, actions.length) * Math.max(1, resources.length);
}

/** True when statements apply to all cases of a grant, each to all of them or to those with one value of a condition. */
function allow(statements: readonly Statement[], grant: Grant): boolean {
  const wider = statements.filter((statement) => matches(statement, grant));
  const include = (narrow: readonly Condition[]) => wider.some((wide) => includesConditions(wide.conditions, narrow));
  const { conditions } = grant.statement;
  return (
    include(conditions) ||
    conditions.some((condition, index) => {
      const cases = byValue(condition);
      return cases.length > 1 && cases.every((one) => include(conditions.with(index, one)));
    })
  );
}

function matches(wide: Statement, grant: Grant): boolean {
  return coversPrincipal(wide, grant) && coversOneAction(wide, grant) && coversResource(wide, grant);
}

function coversPrincipal({ principals }: Statement, { principal }: Grant): boolean {
  return principal === "" ? principals.length === 0 : principals.some((outer) => includesPrincipal(outer, principal));
}

function coversOneAction({ actions }: Statement, { action }: Grant): boolean {
  return action === "" || actions.some((outer) => coversAction(outer, action));
}

function coversResource({ resources }: Statement, { resource }: Grant): boolean {
  return resource === "" || resources.some((outer) => covers(outer, resource));
}

export function inWords(conditions: readonly Condition[]): string {
  return conditions.map(conditionInWords).join(" and ");
}

function conditionInWords({ operator, key, values }: Condition): string {
  return `${operator} ${key} ${values.join(", ")}`;
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
