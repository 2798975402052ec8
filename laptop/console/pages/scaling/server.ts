import createError from "http-errors";
import { loadProfile } from "../../../../model/load-profile.ts";
import { compute, type Metric, type Sum } from "../../../../model/monitoring/metric.ts";
import { stepAlarm } from "../../../../model/monitoring/scaling.ts";
import type { Direction, StepPolicy } from "../../../../model/scaling.ts";
import { LoadRun } from "../../../load/load-run.ts";
import { type AutoScaler, type AutoScalerOptions, DEFAULT_MINUTE } from "../../../scaling/auto-scaler.ts";
import { readOnce } from "../../server/chart.ts";
import { empty, endpoint } from "../../server/endpoint.ts";
import type { ObservedSystem, PageServer } from "../../server/page-server.ts";
import {
  type LoadState,
  loadRequest,
  type Policy,
  type PolicySteps,
  type ScalingSample,
  type ScalingState,
  switchRequest,
} from "./messages.ts";

/** Samples and decisions shown. */
const SAMPLES = 180;
const DECISIONS = 50;

/** Seconds per sample while scaling is off: the shortest metric period. */
const SHORT_PERIOD = 10;

/** The server side of the Scaling page: the auto scaling of the like service, its switch, and the load test. */
export function scaling(system: ObservedSystem): PageServer {
  const { scaler, address } = system;
  let run: LoadRun | undefined;
  let running = false;

  return {
    channels: [
      { name: "scaling", interval: 1_000, sample: () => ({ ...stateOf(system), load: loadOf(run, running) }) },
    ],
    routes(router) {
      endpoint(router, "POST /api/scaling/switch", switchRequest, ({ on }) => {
        if (scaler === undefined) {
          throw createError(409, 'labs.scaling is "off"');
        }
        if (on !== scaler.running) {
          on ? scaler.start() : scaler.stop();
        }
        return {};
      });
      endpoint(router, "POST /api/scaling/load", loadRequest, (load) => {
        if (running) {
          throw createError(409, "a load test is already running: stop it first");
        }
        running = true;
        run = new LoadRun(loadProfile({ load: { ...load, rampSeconds: 0 } }), address);
        run.done.finally(() => {
          running = false;
        });
        return {};
      });
      endpoint(router, "POST /api/scaling/load/stop", empty, () => {
        run?.stop();
        return {};
      });
    },
    stop: () => run?.stop(),
  };
}

function stateOf(system: ObservedSystem): Omit<ScalingState, "load"> {
  const { scaler } = system;
  const { definition, group, desired } = system.services.like;
  const { min, max } = definition.tasks;
  return {
    on: scaler?.running ?? false,
    minute: scaler?.options.minute ?? DEFAULT_MINUTE,
    bounds: { ...(scaler?.options.bounds ?? { min, max }), maxInAws: max },
    ...(scaler ? { policy: policyOf(scaler.options) } : { impossible: 'labs.scaling is "off"' }),
    running: group.hosts.healthy,
    desired,
    samples: scaler?.running && scaler.snapshots.length > 0 ? samplesOf(scaler) : measured(system),
    decisions: (scaler?.decisions ?? [])
      .slice(-DECISIONS)
      .reverse()
      .map(({ time, decision: { direction, from, to }, message }) => ({
        time: time.getTime(),
        direction,
        from,
        to,
        message,
      })),
  };
}

function samplesOf({ snapshots }: AutoScaler): readonly ScalingSample[] {
  return snapshots.slice(-SAMPLES).map(({ time, requests, running, desired, alarms }) => ({
    time: time.getTime() / 1000,
    requests,
    running,
    desired,
    alarms,
  }));
}

/** Samples from the metrics, for the time when scaling is off. */
function measured({ observability: { metrics, monitoring } }: ObservedSystem): readonly ScalingSample[] {
  const { requestsIn10s, runningTasks, desiredTasks } = monitoring.services.like.metrics;
  const now = Math.floor(Date.now() / 1000);
  const end = now - (now % SHORT_PERIOD);
  const from = Math.max(
    end - SAMPLES * SHORT_PERIOD,
    Math.ceil(metrics.since(SHORT_PERIOD, now) / SHORT_PERIOD) * SHORT_PERIOD,
  );
  const valuesOf = readOnce(metrics, { from, to: end });
  const fine = { statistic: "Maximum", period: SHORT_PERIOD } as const;
  return Array.from({ length: Math.max(0, (end - from) / SHORT_PERIOD) }, (_, index) => {
    const start = from + index * SHORT_PERIOD;
    const value = (metric: Metric) => valuesOf(metric).get(start);
    return {
      time: start + SHORT_PERIOD,
      requests: (60 / SHORT_PERIOD) * (compute(requestsIn10s, value) ?? 0),
      running: value({ ...runningTasks, ...fine }) ?? 0,
      desired: value({ ...desiredTasks, ...fine }) ?? 0,
    };
  });
}

function policyOf({ scaling, monitoring }: AutoScalerOptions): Policy {
  const { requests } = monitoring.metrics;
  return scaling.kind === "steps"
    ? { kind: "steps", out: stepsOf("out", scaling.out, requests), in: stepsOf("in", scaling.in, requests) }
    : { kind: scaling.kind, target: scaling.target };
}

/** Steps with their lower bound first. Infinite bounds become null, because JSON has no Infinity. */
function stepsOf(direction: Direction, policy: StepPolicy, requests: Sum): PolicySteps {
  const { threshold, cooldown, steps } = policy;
  const finite = (bound: number) => (Number.isFinite(bound) ? bound : null);
  return {
    threshold,
    minutes: stepAlarm(direction, policy, requests).datapoints,
    cooldown,
    steps: steps.map(({ from, to, change }) => ({
      low: finite(Math.min(from, to)),
      high: finite(Math.max(from, to)),
      change,
    })),
  };
}

function loadOf(run: LoadRun | undefined, running: boolean): LoadState {
  if (run === undefined) {
    return { running };
  }
  const { rate, durationSeconds } = run.profile;
  const { seconds, requests, failed, latency } = run.report;
  return {
    running,
    rate,
    durationSeconds,
    report: { seconds, sent: requests, failed, ...(latency && { p50: latency.p50, p99: latency.p99 }) },
  };
}
