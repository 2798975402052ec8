import { LOG_LEVEL } from "../../../../model/log-level.ts";
import type { Sum } from "../../../../model/monitoring/metric.ts";
import type { Direction } from "../../../../model/scaling.ts";
import type { ServiceName } from "../../../../model/service-name.ts";
import type { Metrics } from "../../../telemetry/metrics/metrics.ts";
import type { ObservedSystem } from "../../server/page-server.ts";

/** State of the system as the checks of the lab steps read it. */
export interface LabSystem {
  /** Likes that have reached the router since the runner started. */
  readonly likes: () => { readonly sent: number; readonly failed: number };
  /** Number of requests to the task metadata endpoint of a service. */
  readonly requested: (service: "like" | "monolith", document: "metadata" | "stats") => number;
  /** Number of tasks in service. A rollout, which runs tasks twice for a while, does not count as more. */
  readonly tasks: (service: ServiceName) => number;
  /** Variables of the service's container in the serving tasks. */
  readonly environment: (service: ServiceName) => Readonly<Record<string, string>>;
  /**
   * Returns a function that reports whether chaos mode has logged a line since the previous call; its first call looks back
   * to this point.
   */
  readonly watchChaosLines: () => () => boolean;
  readonly scaling: () => LabScaling;
}

interface LabScaling {
  readonly on: boolean;
  /** True if any minute since a time (epoch milliseconds) had enough likes to scale out. */
  readonly busy: (since: number) => boolean;
  /** Changes to the task count since a time (epoch milliseconds), oldest first. */
  readonly changes: (since: number) => readonly Direction[];
}

export function labSystem({ services, scaler, observability }: ObservedSystem): LabSystem {
  const { metrics, monitoring, logs } = observability;
  const { requests, clientErrors, errors } = monitoring.services.like.metrics;
  const sent = runningTotal(metrics, requests);
  const refused = runningTotal(metrics, clientErrors);
  const failed = runningTotal(metrics, errors);
  const policy = scaler?.options.scaling;
  const threshold = policy?.kind === "steps" ? policy.out.threshold : Infinity;

  return {
    likes: () => ({ sent: sent(), failed: refused() + failed() }),
    requested: (service, document) => observability.requested(service)[document],
    tasks(name) {
      const { desired, tasks } = services[name];
      return Math.min(desired, tasks.filter(({ status }) => status === "RUNNING").length);
    },
    environment: (service) => services[service].environment,
    watchChaosLines() {
      let after = logs.next - 1;
      return () => {
        const [found] = logs.find({ programs: ["like"], level: LOG_LEVEL.WARN, text: '"chaos":', after });
        after = logs.next - 1;
        return found !== undefined;
      };
    },
    scaling: () => ({
      on: scaler?.running ?? false,
      busy: (since) =>
        scaler?.snapshots.some(
          ({ time, requests, alarms }) => time.getTime() > since && (alarms.out || requests >= threshold),
        ) ?? false,
      changes: (since) =>
        (scaler?.decisions ?? []).flatMap(({ time, decision: { direction, from, to } }) =>
          time.getTime() > since && from !== to ? [direction] : [],
        ),
    }),
  };
}

/** Returns a function that adds up all values of a sum, and reads each complete period only once. */
function runningTotal(metrics: Metrics, { of }: Sum): () => number {
  const complete = new Map(of.map((metric) => [metric, { until: 0, total: 0 }]));
  return () =>
    of.reduce((sum, metric) => {
      const before = complete.get(metric) ?? { until: 0, total: 0 };
      const values = metrics.values(metric, before.until, Infinity);
      const current = values.at(-1);
      for (const { value } of values.slice(0, -1)) {
        before.total += value;
      }
      before.until = current?.start ?? before.until;
      return sum + before.total + (current?.value ?? 0);
    }, 0);
}
