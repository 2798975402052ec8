import type { Finding } from "../model.ts";
import type { Subject } from "../subject.ts";
import { at, equal, Secret } from "../value.ts";
import type { PlanContext } from "./context.ts";
import { text } from "./text.ts";

/**
 * A new revision of a task definition that no service switches to during apply, because CodeDeploy or the pipeline releases it.
 * Its ARN is stored in an SSM parameter whose change starts the release.
 */
export function release({ type, action, before }: Subject, context: PlanContext): readonly Finding[] {
  if (type !== "aws_ecs_task_definition" || action !== "replace") {
    return [];
  }
  if (context.ofType("aws_ecs_service").some((service) => stopsNaming(service, "task_definition", before))) {
    return [];
  }
  const parameter = context.ofType("aws_ssm_parameter").find((other) => stopsNaming(other, "value", before));
  return [
    {
      severity: "note",
      text:
        parameter === undefined
          ? text`Registers a new revision. Running tasks keep the old one until it is released.`
          : text`Registers a new revision. Running tasks keep the old one until the release started by the change of ${parameter.name}.`,
    },
  ];
}

/** True when an argument that named the old revision changes. */
function stopsNaming(other: Subject, argument: string, revision: Subject["before"]): boolean {
  const [value, arn] = [at(other.before, argument), at(revision, "arn")];
  // The provider marks the value of every parameter as sensitive.
  const wasNamed = value instanceof Secret ? value.equals(arn) : value !== undefined && equal(value, arn);
  return wasNamed && !equal(value, at(other.after, argument));
}
