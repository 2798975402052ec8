import type { Subject } from "../subject.ts";
import { at, equal, Secret } from "../value.ts";
import { type Judgement, text } from "./finding.ts";

/**
 * A new revision of a task definition that no service takes over by itself: CodeDeploy or the pipeline moves the tasks. Its
 * ARN goes into an SSM parameter, whose change starts that release.
 */
export function release({ type, action, before }: Subject, others: readonly Subject[]): readonly Judgement[] {
  if (type !== "aws_ecs_task_definition" || action !== "replace" || isTakenOver(others, before)) {
    return [];
  }
  const parameter = others.find((other) => other.type === "aws_ssm_parameter" && names(other, "value", before));
  return [
    {
      severity: "note",
      text:
        parameter === undefined
          ? text`Registers a new revision, and running tasks keep the old one until somebody releases it.`
          : text`Registers a new revision. Running tasks keep the old one until the release that the change of ${parameter.name} starts.`,
    },
  ];
}

function isTakenOver(others: readonly Subject[], before: Subject["before"]): boolean {
  return others.some((other) => other.type === "aws_ecs_service" && names(other, "task_definition", before));
}

/** True when an argument changes that named the old revision. */
function names(other: Subject, argument: string, revision: Subject["before"]): boolean {
  const [value, arn] = [at(other.before, argument), at(revision, "arn")];
  // The provider takes every parameter's value for a secret.
  const isOld = value instanceof Secret ? value.equals(arn) : value !== undefined && equal(value, arn);
  return isOld && !equal(value, at(other.after, argument));
}
