import type { Finding, Text } from "../../model.ts";
import { list, text } from "../text.ts";
import { inWords, limitsPermission, restrictsCaller } from "./conditions.ts";
import { allowing } from "./grants.ts";
import {
  accountIn,
  coversAction,
  isAllBut,
  isAnyone,
  isEveryResource,
  isWildcardAction,
  type Policy,
  type Statement,
} from "./policy.ts";
import {
  ACTS_AS_OTHERS,
  escalates,
  isUsualIfScoped,
  limitsGrants,
  limitsPermissions,
  mayBeOfIam,
  ON_WHOLE_ACCOUNT,
  onlyAssumesRoles,
  RUNS_CODE,
} from "./powerful-actions.ts";

// Findings about a new policy, for which there is nothing to compare it with.

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
