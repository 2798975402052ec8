import type { Finding } from "../../model.ts";
import type { Subject } from "../../subject.ts";
import { at, isNothing, type Value } from "../../values/value.ts";
import { text } from "../text.ts";

/** Limits of a rolling deployment that let it neither start a new task nor stop an old one. */
export function rollingDeployment({ type, before, after }: Subject): readonly Finding[] {
  return type === "aws_ecs_service" && after !== undefined && isStuck(after) && !isStuck(before)
    ? [
        {
          severity: "caution",
          text: text`With ${"desired_count"} ${at(after, "desired_count") ?? null}, ${MINIMUM} ${minimum(after)}, and ${MAXIMUM} ${maximum(after)}, a deployment can neither start a task nor stop one.`,
        },
      ]
    : [];
}

const MINIMUM = "deployment_minimum_healthy_percent";
const MAXIMUM = "deployment_maximum_percent";

/** ECS rounds the minimum up and the maximum down. Source: "DeploymentConfiguration" in the ECS API reference. */
function isStuck(service: Value | undefined): boolean {
  const tasks = at(service, "desired_count");
  if (typeof tasks !== "number" || tasks === 0 || !isRolling(service)) {
    return false;
  }
  return Math.floor((tasks * maximum(service)) / 100) <= Math.ceil((tasks * minimum(service)) / 100);
}

function isRolling(service: Value | undefined): boolean {
  const controller = at(service, "deployment_controller", 0, "type");
  const strategy = at(service, "deployment_configuration", 0, "strategy");
  return (
    at(service, "scheduling_strategy") !== "DAEMON" &&
    (isNothing(controller) || controller === "ECS") &&
    (isNothing(strategy) || strategy === "ROLLING")
  );
}

function minimum(service: Value | undefined): number {
  return numberAt(service, MINIMUM, 100);
}

function maximum(service: Value | undefined): number {
  return numberAt(service, MAXIMUM, 200);
}

function numberAt(service: Value | undefined, name: string, usual: number): number {
  const value = at(service, name);
  return typeof value === "number" ? value : usual;
}
