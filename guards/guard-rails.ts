import { type App, TerraformStack } from "cdktf";
import type { IConstruct, IValidation } from "constructs";
import { type Exception, exceptionsIn } from "./allow.ts";
import { type Resource, resourcesOf } from "./resource.ts";
import { RULES, type RuleName } from "./rules.ts";

/** Thrown when a stack breaks a rule. The message has a line per problem: construct, rule, value and fix. */
export class GuardRailError extends Error {
  override readonly name = "GuardRailError";
}

/** Puts the rules around a stack: no synth of it, by whatever way, writes what breaks one. */
export class GuardRails implements IValidation {
  private readonly stack: TerraformStack;
  private problems: string[] | undefined;

  constructor(stack: TerraformStack) {
    this.stack = stack;
    stack.node.addValidation(this);
  }

  /** What breaks a rule, and which exceptions nothing needs. Looked at once: the stack is complete when this is first asked. */
  validate(): string[] {
    this.problems ??= problemsOf(this.stack);
    return this.problems;
  }
}

/**
 * Throws everything that the validations of an app's constructs object to, before anything is written. (Synth itself
 * validates stack by stack, and writes each before it looks at the next.)
 *
 * @throws {GuardRailError}
 */
export function validateAll(app: App): void {
  const problems = app.node
    .findAll()
    .filter(TerraformStack.isStack)
    .flatMap((stack) => stack.node.findAll().flatMap(({ node }) => node.validate()));
  if (problems.length > 0) {
    throw new GuardRailError(problems.join("\n"));
  }
}

interface Violation {
  readonly resource: Resource;
  readonly rule: RuleName;
  readonly what: string;
}

function problemsOf(stack: TerraformStack): string[] {
  const violations = violationsIn(resourcesOf(stack));
  const exceptions = exceptionsIn(stack);
  const refused = violations.filter((violation) => !exceptions.some((exception) => covers(exception, violation)));
  const unused = exceptions.filter((exception) => !violations.some((violation) => covers(exception, violation)));
  return [
    ...refused.map(({ resource, rule, what }) => `${resource.path}: ${rule}: ${what}`),
    ...unused.map(({ construct, rule }) => `${construct.node.path}: nothing here breaks ${rule}: remove the exception`),
  ];
}

function violationsIn(resources: readonly Resource[]): readonly Violation[] {
  return resources.flatMap((resource) => {
    const type = resource.kind === "resource" ? resource.type : `${resource.kind}.${resource.type}`;
    return RULES.filter(({ types }) => types.includes(type)).flatMap(({ name, check }) =>
      check(resource, resources).map((what) => ({ resource, rule: name, what })),
    );
  });
}

function covers({ construct, rule }: Exception, violation: Violation): boolean {
  return rule === violation.rule && isInside(construct, violation.resource.construct);
}

function isInside(outer: IConstruct, inner: IConstruct): boolean {
  return inner.node.scopes.includes(outer);
}
