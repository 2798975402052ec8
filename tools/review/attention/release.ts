import type { Finding } from "../model.ts";
import type { Subject } from "../subject.ts";
import { at } from "../values/value.ts";
import { oncePerPlan, type PlanContext, reading } from "./context.ts";
import { text } from "./text.ts";

/**
 * A new revision of a task definition that no service switches to during apply, because CodeDeploy or the pipeline releases it.
 * Its ARN is stored in an SSM parameter whose change starts the release.
 */
export function release({ type, action, before }: Subject, context: PlanContext): readonly Finding[] {
  if (type !== "aws_ecs_task_definition" || action !== "replace") {
    return [];
  }
  const revision = at(before, "arn");
  if (typeof revision === "string" && servicesByRevision(context).has(revision)) {
    return [];
  }
  const parameter = typeof revision === "string" ? parametersByRevision(context).get(revision) : undefined;
  return [
    {
      severity: "note",
      text:
        parameter === undefined
          ? text`Registers a new revision. Running tasks keep the old one until it is released.`
          : text`Registers a new revision. Running tasks keep the old one until the release started by the change of ${parameter}.`,
    },
  ];
}

const servicesByRevision = oncePerPlan((context) => namesByOldValue(context, "aws_ecs_service", "task_definition"));

const parametersByRevision = oncePerPlan((context) => namesByOldValue(context, "aws_ssm_parameter", "value"));

/**
 * Resources of a type by the value that an argument had before it changes. The provider marks the value of every parameter as
 * sensitive.
 */
function namesByOldValue(context: PlanContext, type: string, argument: string): ReadonlyMap<string, string> {
  const changed = context.ofType(type).flatMap(
    reading((subject): [string, string][] => {
      const { before, after } = subject.revealed ?? subject;
      const [was, is] = [at(before, argument), at(after, argument)];
      return typeof was === "string" && was !== is ? [[was, subject.name]] : [];
    }),
  );
  return new Map(changed.reverse()); // the first one counts
}
