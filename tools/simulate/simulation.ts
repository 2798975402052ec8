import { AutoScaling, type Decision, type Evaluation } from "../../model/auto-scaling.ts";
import type { Reading } from "../../model/monitoring/alarm.ts";
import type { Metric } from "../../model/monitoring/metric.ts";
import { serviceMetrics } from "../../model/monitoring/service.ts";
import type { Service } from "../../model/service.ts";
import { Fleet } from "./fleet.ts";
import type { Load } from "./load.ts";
import type { RequestCounts } from "./queue.ts";
import { checkSize, type Scenario } from "./scenario.ts";
import { type Station, stationOf } from "./station.ts";

/** Figures of one period, which is a minute in AWS. */
export interface Period extends RequestCounts {
  /** Seconds since the start. */
  readonly start: number;
  readonly end: number;
  /** Requests per second that the tasks serving at the end could handle. */
  readonly capacity: number;
  /** Serving tasks at the end and at the minimum, and desired tasks for the next period. */
  readonly serving: number;
  readonly leastServing: number;
  readonly desired: number;
  /** Average CPU utilization per task, in percent. */
  readonly cpu: number;
  /** Requests waiting in tasks at the end. */
  readonly waiting: number;
  /** Seconds; undefined without responses. */
  readonly p50: number | undefined;
  readonly p99: number | undefined;
  /** Billed task-seconds since the start. */
  readonly taskSeconds: number;
  readonly alarms: Evaluation["alarms"];
  readonly decision: Decision | undefined;
}

export interface Simulation {
  readonly periods: readonly Period[];
  readonly total: RequestCounts;
  /** Requests still in tasks at the end. */
  readonly inside: number;
}

/** Simulation steps per period. */
const STEPS = 60;

/** Longest alarm window, in periods: fifteen for target tracking, plus the delay of metrics. */
const REMEMBERED = 20;

/** CloudWatch dimensions, which appear nowhere in the results. */
const METRICS = serviceMetrics({
  ecsService: "like",
  cluster: "simulated",
  loadBalancer: "simulated",
  targetGroups: ["simulated"],
});

/** Simulates a service with its auto scaling under a load, period by period. */
export function simulate(scenario: Scenario, service: Service, load: Load): Simulation {
  const { periodSeconds, metricDelayPeriods, taskStartSeconds } = scenario.timing;
  const { scaling, tasks, drainSeconds } = service;
  const station = stationOf(service, scenario.request, scenario.timing);
  checkSize(scenario, load.seconds, station.servers * station.rate * station.timeout);
  const scaler = scaling && new AutoScaling(scaling, METRICS, tasks, tasks.desired, periodSeconds);
  const fleet = new Fleet(station, tasks.desired, taskStartSeconds, drainSeconds);
  const periods: Period[] = [];
  for (let start = 0; start < load.seconds; start += periodSeconds) {
    const measured = measure(fleet, station, load, start, periodSeconds);
    const { alarms, decision } = scaler?.evaluate({
      time: measured.end,
      running: fleet.serving,
      reading: readingOf(
        [measured, ...periods.slice(-REMEMBERED).reverse()],
        metricDelayPeriods,
        scaling?.kind === "steps",
      ),
    }) ?? { alarms: { out: false, in: false } };
    const desired = scaler?.desired ?? tasks.desired;
    fleet.resize(desired);
    const taskSeconds = (periods.at(-1)?.taskSeconds ?? 0) + measured.taskSeconds;
    periods.push({ ...measured, taskSeconds, desired, alarms, decision });
  }
  const add = (figure: keyof RequestCounts) => periods.reduce((total, period) => total + period[figure], 0);
  const total = { arrived: add("arrived"), served: add("served"), failed: add("failed") };
  return { periods, total, inside: fleet.inside };
}

type Measured = Omit<Period, "desired" | "alarms" | "decision">;

/** Simulates one period. `taskSeconds` covers this period only. */
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

/** The part of a period that alarms read. */
type Known = Pick<Period, "start" | "end" | "arrived" | "cpu" | "leastServing">;

/**
 * Metric values as alarms read them, newest period first. Step scaling uses a sum with missing data filled in, so delayed
 * data reads as no data; target tracking has no fill and waits for delayed data.
 */
function readingOf(periods: readonly Known[], late: number, filled: boolean): Reading {
  return (metric, ago) => {
    const period = filled ? (ago < late ? undefined : periods[ago]) : periods[ago + late];
    return period && period.leastServing > 0 ? figure(metric, period) : undefined;
  };
}

/** Value of a metric in a period. Requests are scaled to a full minute, because a shorter period represents one. */
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
