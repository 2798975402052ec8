import type { Scaling } from "../../model/scaling.ts";
import type { Service } from "../../model/service.ts";
import type { Period, Simulation } from "./simulation.ts";

/** Simulation of a service under a scenario with one kind of scaling. */
export interface ScenarioResult {
  readonly service: Service;
  readonly simulation: Simulation;
  /** US dollars per task-hour; undefined when prices are unknown. */
  readonly taskPrice: number | undefined;
}

export interface ResultSummary {
  /** Percent of the requests. */
  readonly failed: number;
  /** p99 of the worst period, in seconds. */
  readonly worstP99: number | undefined;
  readonly mostTasks: number;
  readonly taskHours: number;
  /** US dollars. */
  readonly cost: number | undefined;
}

export function summarize(result: ScenarioResult): ResultSummary {
  const { periods, total } = result.simulation;
  const last = periods.at(-1);
  const slow = periods.map(({ p99 }) => p99).filter((p99) => p99 !== undefined);
  return {
    failed: total.arrived === 0 ? 0 : (100 * total.failed) / total.arrived,
    worstP99: slow.length === 0 ? undefined : Math.max(...slow),
    mostTasks: Math.max(...periods.map(({ serving }) => serving)),
    taskHours: last ? taskHours(last) : 0,
    cost: last && costSoFar(last, result),
  };
}

/** US dollars from the start to the end of a period; undefined when prices are unknown. */
export function costSoFar(period: Period, { taskPrice }: ScenarioResult): number | undefined {
  return taskPrice && taskPrice * taskHours(period);
}

function taskHours({ taskSeconds }: Period): number {
  return taskSeconds / 3600;
}

const NAMES: Readonly<Record<Scaling["kind"], string>> = {
  steps: "Steps",
  "requests-per-task": "Requests per task",
  cpu: "CPU",
};

/** Describes what the task count follows. */
export function nameOf({ scaling, tasks }: Service): string {
  if (scaling === undefined) {
    return `Fixed at ${tasks.desired} tasks`;
  }
  return scaling.kind === "steps" ? NAMES.steps : `${NAMES[scaling.kind]}, target ${scaling.target}`;
}
