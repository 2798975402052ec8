import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CODE_FILE } from "../configuration.ts";
import type { Stack } from "../synth.ts";

type Resource = Readonly<Record<string, unknown>>;
type Resources = Readonly<Record<string, Readonly<Record<string, Resource>>>>;

/** The resources of an environment, as synthesized. */
export class Inventory {
  readonly #resources: readonly (readonly [type: string, resource: Resource])[];

  constructor(stacks: readonly Pick<Stack, "directory">[]) {
    this.#resources = stacks.flatMap(({ directory }) => {
      const { resource = {} } = JSON.parse(readFileSync(join(directory, CODE_FILE), "utf8")) as {
        resource?: Resources;
      };
      return Object.entries(resource).flatMap(([type, named]) =>
        Object.values(named).map((one): [string, Resource] => [type, one]),
      );
    });
  }

  /** All resource types. */
  get types(): ReadonlySet<string> {
    return new Set(this.#resources.map(([type]) => type));
  }

  count(type: string): number {
    return this.#of(type).length;
  }

  /** Values of an attribute, such as `name` or `tags.Name`, of all resources of a type. */
  values(type: string, attribute: string): readonly string[] {
    const path = attribute.split(".");
    return this.#of(type).map(
      (resource) => `${path.reduce<unknown>((value, part) => (value as Resource | undefined)?.[part], resource)}`,
    );
  }

  /**
   * vCPUs of all services at their highest task counts. The services differ little in size, so each task counts as the largest
   * task definition, in CPU units of 1/1024 vCPU.
   */
  get fargateCpus(): number {
    const tasks = this.values("aws_appautoscaling_target", "max_capacity").reduce(
      (sum, tasks) => sum + Number(tasks),
      0,
    );
    return (tasks * Math.max(0, ...this.values("aws_ecs_task_definition", "cpu").map(Number))) / 1024;
  }

  /** Concurrency that functions reserve. A new account has 10 and cannot reserve any. */
  get reservedConcurrency(): number {
    return this.#of("aws_lambda_function").reduce(
      (sum, { reserved_concurrent_executions = 0 }) => sum + Number(reserved_concurrent_executions),
      0,
    );
  }

  #of(type: string): readonly Resource[] {
    return this.#resources.filter(([other]) => other === type).map(([, resource]) => resource);
  }
}
