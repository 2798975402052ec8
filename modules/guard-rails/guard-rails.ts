import type { IValidation } from "constructs";
import { type App, TerraformStack } from "#cdktf";
import { resourcesOf } from "./resource.ts";
import { RULES } from "./rules.ts";

/** Thrown when a stack breaks a rule. The message has a line per problem: construct, rule, value, and fix. */
export class GuardRailError extends Error {
  override readonly name = "GuardRailError";
}

/** Validates a stack against the rules in every synth, including one that cdktf-cli runs. */
export class GuardRails implements IValidation {
  private readonly stack: TerraformStack;
  private problems: string[] | undefined;

  constructor(stack: TerraformStack) {
    this.stack = stack;
    stack.node.addValidation(this);
  }

  /** Lists the violations. They are computed once, because the stack is complete at the first call. */
  validate(): string[] {
    this.problems ??= problemsOf(this.stack);
    return this.problems;
  }
}

/**
 * Runs the validations of all constructs of an app before anything is written. (Synth itself validates stack by stack and
 * writes each one before it validates the next.)
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

function problemsOf(stack: TerraformStack): string[] {
  const resources = resourcesOf(stack);
  return resources.flatMap((resource) => {
    const type = resource.kind === "resource" ? resource.type : `${resource.kind}.${resource.type}`;
    return RULES.filter(({ types }) => types.includes(type)).flatMap(({ name, check }) =>
      check(resource, resources).map((problem) => `${resource.path}: ${name}: ${problem}`),
    );
  });
}
