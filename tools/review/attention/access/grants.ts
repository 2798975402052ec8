import { byValue, type Condition, includesConditions } from "./conditions.ts";
import { covers, coversAction, includesPrincipal, type Statement } from "./policy.ts";

// Grants of a statement, one for each principal, action, and resource.

/** One principal, action, and resource of a statement. In an identity-based policy the principal is "". */
export interface Grant {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly statement: Statement;
}

/** Grants of a statement compared one by one; a policy has at most 10,240 characters, but a plan may hold anything. */
export const MAX_GRANTS = 5000;

/** Maximum number of principals, of actions, and of resources that are compared in a statement with more grants. */
export const MAX_OF_EACH = Math.ceil(Math.cbrt(MAX_GRANTS));

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

export function grantsOf(statement: Statement): readonly Grant[] {
  const { principals, actions, resources } = statement;
  const isTooLarge = numberOfGrants(statement) > MAX_GRANTS;
  const some = (values: readonly string[]) =>
    values.length === 0 ? [""] : isTooLarge ? values.slice(0, MAX_OF_EACH) : values;
  return some(principals).flatMap((principal) =>
    some(actions).flatMap((action) => some(resources).map((resource) => ({ principal, action, resource, statement }))),
  );
}

export function numberOfGrants({ principals, actions, resources }: Statement): number {
  return Math.max(1, principals.length) * Math.max(1, actions.length) * Math.max(1, resources.length);
}

/** True when statements apply to all cases of a grant, each to all of them or to those with one value of a condition. */
export function allow(statements: readonly Statement[], grant: Grant): boolean {
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

export function matches(wide: Statement, grant: Grant): boolean {
  return coversPrincipal(wide, grant) && coversOneAction(wide, grant) && coversResource(wide, grant);
}

export function coversPrincipal({ principals }: Statement, { principal }: Grant): boolean {
  return principal === "" ? principals.length === 0 : principals.some((outer) => includesPrincipal(outer, principal));
}

export function coversOneAction({ actions }: Statement, { action }: Grant): boolean {
  return action === "" || actions.some((outer) => coversAction(outer, action));
}

export function coversResource({ resources }: Statement, { resource }: Grant): boolean {
  return resource === "" || resources.some((outer) => covers(outer, resource));
}
