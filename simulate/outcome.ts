import type { Scaling } from "../specs/scaling.ts";
import type { Service } from "../specs/services.ts";
import type { Simulation } from "./simulation.ts";

/** What a service did under a scenario with one way of scaling. */
export interface Outcome {
  readonly service: Service;
  readonly simulation: Simulation;
  /** US dollars an hour of a task; undefined where prices are not known. */
  readonly taskPrice: number | undefined;
}

export interface Summary {
  /** Percent of the requests. */
  readonly failed: number;
  /** Seconds: the p99 of the worst period. */
  readonly worstP99: number | undefined;
  readonly mostTasks: number;
  readonly taskHours: number;
  /** US dollars. */
  readonly cost: number | undefined;
}

export function summarize({ simulation: { periods, total }, taskPrice }: Outcome): Summary {
  const taskHours = (periods.at(-1)?.taskSeconds ?? 0) / 3600;
  const slow = periods.map(({ p99 }) => p99).filter((p99) => p99 !== undefined);
  return {
    failed: total.arrived === 0 ? 0 : (100 * total.failed) / total.arrived,
    worstP99: slow.length === 0 ? undefined : Math.max(...slow),
    mostTasks: Math.max(...periods.map(({ serving }) => serving)),
    taskHours,
    cost: taskPrice === undefined ? undefined : taskPrice * taskHours,
  };
}

const NAMES: Readonly<Record<Scaling["kind"], string>> = {
  steps: "Steps",
  "requests-per-task": "Requests per task",
  cpu: "CPU",
};

/** What its number of tasks follows, in words. */
export function nameOf({ scaling, tasks }: Service): string {
  if (scaling === undefined) {
    return `${tasks.desired} tasks, by hand`;
  }
  return scaling.kind === "steps" ? NAMES.steps : `${NAMES[scaling.kind]}, target ${scaling.target}`;
}
