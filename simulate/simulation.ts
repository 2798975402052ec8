import { AutoScaling, type Decision, type Evaluation } from "../specs/auto-scaling.ts";
import type { Reading } from "../specs/monitoring/alarm.ts";
import type { Metric } from "../specs/monitoring/metric.ts";
import { serviceMetrics } from "../specs/monitoring/service.ts";
import type { Service } from "../specs/services.ts";
import { Fleet } from "./fleet.ts";
import type { Load } from "./load.ts";
import type { Flow } from "./queue.ts";
import { refuseEndless, type Scenario } from "./scenario.ts";
import { type Station, stationOf } from "./station.ts";

/** What happened in a period, which is a minute in AWS. */
export interface Period extends Flow {
  /** Seconds since the beginning. */
  readonly start: number;
  readonly end: number;
  /** Requests a second that the tasks could serve that did at the end. */
  readonly capacity: number;
  /** Tasks that serve, at the end and at least, and tasks that are wanted for the next period. */
  readonly serving: number;
  readonly leastServing: number;
  readonly desired: number;
  /** Percent of the CPU of the average task. */
  readonly cpu: number;
  /** Requests that wait in tasks at the end. */
  readonly waiting: number;
  /** Seconds; undefined when nothing was answered. */
  readonly p50: number | undefined;
  readonly p99: number | undefined;
  /** Tasks times seconds, so far. */
  readonly taskSeconds: number;
  readonly alarms: Evaluation["alarms"];
  readonly decision: Decision | undefined;
}

export interface Simulation {
  readonly periods: readonly Period[];
  readonly total: Flow;
  /** Requests that were still in tasks at the end. */
  readonly inside: number;
}

/** Steps of a period. */
const STEPS = 60;

/** Periods that an alarm may look back on: target tracking on fifteen, which may be late. */
const REMEMBERED = 20;

/** What CloudWatch would call the service; nobody sees it. */
const METRICS = serviceMetrics({
  ecsService: "like",
  cluster: "simulated",
  loadBalancer: "simulated",
  targetGroups: ["simulated"],
});

/** Runs a service under a load, period by period, with the number of tasks that auto scaling gives it. */
export function simulate(scenario: Scenario, service: Service, load: Load): Simulation {
  const { periodSeconds, latePeriods, startSeconds } = scenario.surroundings;
  const { scaling, tasks, drainSeconds } = service;
  const station = stationOf(service, scenario.request, scenario.surroundings);
  refuseEndless(scenario, load.seconds, station.servers * station.rate * station.patience);
  const scaler = scaling && new AutoScaling(scaling, METRICS, tasks, tasks.desired, periodSeconds);
  const fleet = new Fleet(station, tasks.desired, startSeconds, drainSeconds);
  const periods: Period[] = [];
  for (let start = 0; start < load.seconds; start += periodSeconds) {
    const measured = measure(fleet, station, load, start, periodSeconds);
    const { alarms, decision } = scaler?.evaluate({
      time: measured.end,
      running: fleet.serving,
      reading: readingOf([measured, ...periods.slice(-REMEMBERED).reverse()], latePeriods, scaling?.kind === "steps"),
    }) ?? { alarms: { out: false, in: false } };
    const desired = scaler?.desired ?? tasks.desired;
    fleet.resize(desired);
    const taskSeconds = (periods.at(-1)?.taskSeconds ?? 0) + measured.taskSeconds;
    periods.push({ ...measured, taskSeconds, desired, alarms, decision });
  }
  const add = (figure: keyof Flow) => periods.reduce((total, period) => total + period[figure], 0);
  const total = { arrived: add("arrived"), served: add("served"), failed: add("failed") };
  return { periods, total, inside: fleet.inside };
}

type Measured = Omit<Period, "desired" | "alarms" | "decision">;

/** Lets a period pass. Its task-seconds are its own. */
function measure(fleet: Fleet, station: Station, load: Load, start: number, periodSeconds: number): Measured {
  const seconds = periodSeconds / STEPS;
  const sum = { arrived: 0, served: 0, failed: 0, cpu: 0, taskSeconds: 0 };
  let leastServing = fleet.serving;
  for (let step = 0; step < STEPS; step += 1) {
    const flow = fleet.step(load.rate(start + (step + 0.5) * seconds), seconds);
    sum.arrived += flow.arrived;
    sum.served += flow.served;
    sum.failed += flow.failed;
    sum.cpu += fleet.serving > 0 ? (station.cpu * flow.served) / seconds / fleet.serving / STEPS : 0;
    sum.taskSeconds += fleet.paid * seconds;
    leastServing = Math.min(leastServing, fleet.serving);
  }
  const responseTimes = fleet.takeResponseTimes();
  return {
    ...sum,
    start,
    end: start + periodSeconds,
    capacity: fleet.serving * station.servers * station.rate,
    serving: fleet.serving,
    leastServing,
    waiting: fleet.waiting,
    p50: responseTimes.quantile(0.5),
    p99: responseTimes.quantile(0.99),
  };
}

/** What a period means to alarms. */
type Known = Pick<Period, "start" | "end" | "arrived" | "cpu" | "leastServing">;

/**
 * What an alarm sees of the periods, the newest first. The sums that the steps go by are filled in, so that an alarm
 * takes what has not come in yet for nothing; the figures of target tracking are not, and it waits for them.
 */
function readingOf(periods: readonly Known[], late: number, filled: boolean): Reading {
  return (metric, ago) => {
    const period = filled ? (ago < late ? undefined : periods[ago]) : periods[ago + late];
    return period && period.leastServing > 0 ? figure(metric, period) : undefined;
  };
}

/** Requests are those of a whole minute, if they go on as they came: a shorter period stands for one. */
function figure(metric: Metric, period: Known): number | undefined {
  switch (metric) {
    case METRICS.requests.of[0]:
      return (period.arrived * 60) / (period.end - period.start);
    case METRICS.cpu:
      return period.cpu;
    case METRICS.runningTasks:
      return period.leastServing;
    default:
      return undefined;
  }
}
