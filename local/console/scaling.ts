import { z } from "zod";
import type { LoadState, Policy, PolicySteps, ScalingLook, ScalingState } from "../../console/messages/scaling.ts";
import { Refusal } from "../../service/shared/refusal.ts";
import { describeAttack } from "../../specs/attack.ts";
import { compute, type Metric, type Sum } from "../../specs/monitoring/metric.ts";
import { type Direction, type StepPolicy, stepAlarm } from "../../specs/scaling.ts";
import { type AutoScaler, type AutoScalerOptions, USUAL_MINUTE } from "../ecs/auto-scaler.ts";
import { LoadRun } from "../load/load-run.ts";
import { answer } from "./answer.ts";
import { readOnce } from "./chart.ts";
import type { ObservedSystem, PagePart } from "./page.ts";

/** Looks and decisions that are shown. */
const LOOKS = 180;
const DECISIONS = 50;

/** Seconds of a look where nothing scales: those of the finest metrics. */
const FINE = 10;

/** What the console sends at most: the runner, which has the router in it, sends it itself. */
const MOST = { rate: 500, seconds: 900 };

const load = z.object({
  rate: z.int().min(1).max(MOST.rate),
  durationSeconds: z.int().min(2).max(MOST.seconds),
});

/** The number of like tasks and what moves it; the switch of that, and load. */
export function scaling(system: ObservedSystem): PagePart {
  const { scaler, address } = system;
  let run: LoadRun | undefined;
  let running = false;

  return {
    topics: [{ name: "scaling", every: 1_000, look: () => ({ ...stateOf(system), load: loadOf(run, running) }) }],
    routes(router) {
      answer(router, "POST /api/scaling/switch", z.object({ on: z.boolean() }), ({ on }) => {
        if (scaler === undefined) {
          throw new Refusal(409, 'labs.scaling is "off"');
        }
        if (on !== scaler.running) {
          on ? scaler.start() : scaler.stop();
        }
        return {};
      });
      answer(router, "POST /api/scaling/load", load, (asked) => {
        if (running) {
          throw new Refusal(409, "likes are being sent already: stop them first");
        }
        running = true;
        run = new LoadRun(describeAttack({ load: { ...asked, rampSeconds: 0 } }), address);
        run.done.finally(() => {
          running = false;
        });
        return {};
      });
      answer(router, "POST /api/scaling/load/stop", z.object({}), () => {
        run?.stop();
        return {};
      });
    },
    stop: () => run?.stop(),
  };
}

function stateOf(system: ObservedSystem): Omit<ScalingState, "load"> {
  const { scaler } = system;
  const { description, group, desired } = system.services.like;
  const { min, max } = description.tasks;
  return {
    on: scaler?.running ?? false,
    minute: scaler?.options.minute ?? USUAL_MINUTE,
    bounds: { ...(scaler?.options.bounds ?? { min, max }), maxInAws: max },
    ...(scaler ? { policy: policyOf(scaler.options) } : { impossible: 'labs.scaling is "off"' }),
    running: group.hosts.healthy,
    desired,
    looks: scaler?.running && scaler.looks.length > 0 ? looksOf(scaler) : measured(system),
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

function looksOf({ looks }: AutoScaler): readonly ScalingLook[] {
  return looks.slice(-LOOKS).map(({ time, requests, running, desired, alarms }) => ({
    time: time.getTime() / 1000,
    requests,
    running,
    desired,
    alarms,
  }));
}

/** What could have been seen. */
function measured({ observability: { metrics, watched } }: ObservedSystem): readonly ScalingLook[] {
  const { requestsIn10s, runningTasks, desiredTasks } = watched.like.metrics;
  const now = Math.floor(Date.now() / 1000);
  const end = now - (now % FINE);
  const from = Math.max(end - LOOKS * FINE, Math.ceil(metrics.since(FINE, now) / FINE) * FINE);
  const valuesOf = readOnce(metrics, { from, to: end });
  const fine = { statistic: "Maximum", period: FINE } as const;
  return Array.from({ length: Math.max(0, (end - from) / FINE) }, (_, index) => {
    const start = from + index * FINE;
    const value = (metric: Metric) => valuesOf(metric).get(start);
    return {
      time: start + FINE,
      requests: (60 / FINE) * (compute(requestsIn10s, value) ?? 0),
      running: value({ ...runningTasks, ...fine }) ?? 0,
      desired: value({ ...desiredTasks, ...fine }) ?? 0,
    };
  });
}

function policyOf({ scaling, watched }: AutoScalerOptions): Policy {
  const { requests } = watched.metrics;
  return scaling.kind === "steps"
    ? { kind: "steps", out: stepsOf("out", scaling.out, requests), in: stepsOf("in", scaling.in, requests) }
    : { kind: scaling.kind, target: scaling.target };
}

/** Each step from its lower bound to its higher, and what JSON has no word for as nothing. */
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
  const { rate, durationSeconds } = run.attack;
  const { seconds, requests, failed, latency } = run.report;
  return {
    running,
    rate,
    durationSeconds,
    report: { seconds, sent: requests, failed, ...(latency && { p50: latency.p50, p99: latency.p99 }) },
  };
}
