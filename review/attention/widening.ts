import { equal, isNothing, type Value } from "../value.ts";
import { type Judgement, list, text } from "./finding.ts";
import { covered, isWildcard, type Policy, type Statement } from "./policy.ts";

/** What a policy allows and did not before: the new principals, actions, resources or circumstances of each statement. */
export function widening(before: readonly Statement[], { path, statements }: Policy): readonly Judgement[] {
  const known = allowances(before);
  return allowances(statements)
    .map((statement) => ungranted(statement, known))
    .filter(({ actions }) => actions.length > 0)
    .map((statement) => judge(statement, known, path === "assume_role_policy"));
}

/** What is left of a statement without the actions that other statements, one or more, allow as far as this one does. */
function ungranted(statement: Statement, known: readonly Statement[]): Statement {
  const isGranted = (part: Statement) => known.some((wider) => includes(wider, part));
  const actions = statement.actions.filter(
    (action) =>
      !each(statement.resources).every((resources) =>
        each(statement.principals).every((principals) =>
          isGranted({ ...statement, actions: [action], resources, principals }),
        ),
      ),
  );
  return { ...statement, actions };
}

/** Every value alone; nothing, where there is none. */
function each(values: readonly string[]): readonly (readonly string[])[] {
  return values.length === 0 ? [[]] : values.map((value) => [value]);
}

function judge(statement: Statement, known: readonly Statement[], isTrust: boolean): Judgement {
  const principals = statement.principals.filter(
    (principal) => !known.some((wider) => covered(wider.principals, [principal])),
  );
  if (principals.length > 0) {
    return newPrincipals(principals, statement, isTrust);
  }
  const actions = statement.actions.filter((action) => !known.some((wider) => covered(wider.actions, [action])));
  if (actions.length > 0) {
    return newActions(actions, statement);
  }
  const resources = statement.resources.filter(
    (resource) =>
      !statement.actions.every((action) =>
        known.some((wider) => covered(wider.resources, [resource]) && covered(wider.actions, [action])),
      ),
  );
  return resources.length > 0 ? newResources(resources, statement) : newCircumstances(statement, known);
}

function newPrincipals(principals: readonly string[], statement: Statement, isTrust: boolean): Judgement {
  const { actions, condition } = statement;
  const sentence = [...text`Newly lets `, ...list(principals), ...text` do `, ...list(actions)];
  if (principals.includes("*")) {
    return isNothing(condition)
      ? { severity: "danger", text: [...sentence, ": anybody, of any account, in or out of this organization."] }
      : { severity: "caution", text: [...sentence, ", as far as its condition does not hold them back."] };
  }
  const isPerson = principals.some((principal) => !principal.startsWith("Service "));
  return {
    severity: (isTrust && isPerson) || actions.some(isWildcard) ? "danger" : "caution",
    text: [...sentence, isTrust ? ", and so take on the role." : "."],
  };
}

function newActions(actions: readonly string[], { resources, principals }: Statement): Judgement {
  const isIdentitys = principals.length === 0;
  const where = resources.length === 0 ? text`what is still to be made` : list(resources);
  const scope = isIdentitys ? [...text` on `, ...where] : [...text` to `, ...list(principals)];
  return {
    severity: actions.some(isWildcard) || (isIdentitys && resources.some(isWildcard)) ? "danger" : "caution",
    text: [...text`Newly allows `, ...list(actions), ...scope, "."],
  };
}

function newResources(resources: readonly string[], { actions, principals }: Statement): Judgement {
  return {
    severity: principals.length === 0 && resources.some(isWildcard) ? "danger" : "caution",
    text: [...text`Allows `, ...list(actions), ...text` on more than before: `, ...list(resources), "."],
  };
}

/** Nothing in the statement is new by itself, so a condition has gone, or known parts are put together in a new way. */
function newCircumstances(statement: Statement, known: readonly Statement[]): Judgement {
  const { actions, resources, principals } = statement;
  const without = known.map((wider) => ({ ...wider, condition: undefined }));
  if (ungranted(statement, without).actions.length > 0) {
    return {
      severity: "caution",
      text: [
        ...text`Allows `,
        ...list(actions),
        ...text` on `,
        ...list(resources),
        ...text` together, which it did not.`,
      ],
    };
  }
  return {
    severity: principals.length > 0 || isNothing(statement.condition) ? "danger" : "caution",
    text: [
      ...text`Allows `,
      ...list(actions),
      ...(isNothing(statement.condition)
        ? text` without the condition that there was.`
        : text` under another condition than before: ${statement.condition as Value}.`),
    ],
  };
}

/** What a policy refused and does not any more. */
export function liftedRefusals(before: readonly Statement[], after: readonly Statement[]): readonly Judgement[] {
  const refusals = after.filter(({ effect }) => effect === "Deny");
  return before
    .filter(({ effect }) => effect === "Deny")
    .filter((refusal) => !refusals.some((wider) => includes(wider, refusal)))
    .map(({ actions, condition }) => ({
      severity: "danger",
      text: [
        ...text`No longer refuses `,
        ...list(actions),
        ...(condition === undefined ? [] : text` when ${condition}`),
        ...text`: a refusal counts before every allowance, so what it held back is open.`,
      ],
    }));
}

/** What no new policy should say either. */
export function boundless({ statements }: Policy): readonly Judgement[] {
  return allowances(statements).flatMap(({ actions, resources, principals, condition }) => {
    if (principals.includes("*") && condition === undefined) {
      return [{ severity: "danger", text: [...text`Lets in anybody, of any account, to do `, ...list(actions), "."] }];
    }
    if (principals.length === 0 && actions.some(isWildcard) && resources.some(isWildcard)) {
      return [{ severity: "danger", text: [...text`Allows `, ...list(actions), ...text` on everything.`] }];
    }
    return [];
  });
}

function allowances(statements: readonly Statement[]): readonly Statement[] {
  return statements.filter(({ effect }) => effect === "Allow");
}

/** True when all that `narrow` says, `wide` says as well. */
function includes(wide: Statement, narrow: Statement): boolean {
  return (
    covered(wide.actions, narrow.actions) &&
    covered(wide.resources, narrow.resources) &&
    covered(wide.principals, narrow.principals) &&
    (isNothing(wide.condition) || equal(wide.condition, narrow.condition))
  );
}
