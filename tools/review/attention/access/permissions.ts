import { isDeepStrictEqual } from "node:util";
import type { Finding, Text } from "../../model.ts";
import { list, text } from "../text.ts";
import {
  conditionInWords,
  includesCondition,
  inWords,
  isSameKey,
  isSameTest,
  limitsPermission,
  restrictsCaller,
} from "./conditions.ts";
import {
  addedGrants,
  allow,
  allowing,
  coversOneAction,
  coversPrincipal,
  coversResource,
  denying,
  type Grant,
  grantsOf,
  MAX_GRANTS,
  MAX_OF_EACH,
  matches,
  numberOfGrants,
} from "./grants.ts";
import {
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
import { escalates, isUsualIfScoped, SHOWS_NO_DATA } from "./powerful-actions.ts";

// Comparison of policies by what they allow and deny.

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
  statement: Statement,
  isTrust: boolean,
): Finding {
  const { conditions } = statement;
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
    text: [
      ...sentence,
      isTrust ? ", and so to assume the role." : isForAnyAccount(statement) ? ", for any account." : ".",
    ],
  };
}

/**
 * True for a service that acts for every account that asks it to, unless a condition or the folder of an account limits that.
 * Source: "The confused deputy problem" in the IAM user guide.
 */
function isForAnyAccount({ principals, resources, conditions }: Statement): boolean {
  return (
    principals.every((principal) => principal.startsWith("Service ")) &&
    !limitsPermission(conditions) &&
    !resources.every((resource) => /\/AWSLogs\/\d{12}\//.test(resource))
  );
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

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
