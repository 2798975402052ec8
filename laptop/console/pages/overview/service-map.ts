import type { ServiceName } from "../../../../model/service-name.ts";
import { callersOf, perService, SERVICE_NAMES, SERVICES } from "../../../../model/services.ts";
import { percentile } from "../../../telemetry/metrics/percentile.ts";
import type { Observability } from "../../../telemetry/observability.ts";
import { combine, extrapolate, type FlowTotals, SECONDS } from "../../../telemetry/traces/flow.ts";
import type { Traffic } from "../../../telemetry/traces/traffic.ts";
import type { Figures, MapEdge, MapNode, MapTask, ServiceMap } from "./messages.ts";

/** Thresholds for the error rate, and for the p99 in seconds. */
interface Limits {
  readonly errors: number;
  readonly seconds: number;
}

/** The parts of a system that the map shows. */
interface MappedSystem {
  readonly tableName: string;
  readonly services: Readonly<Record<ServiceName, MappedService>>;
  readonly observability: Pick<Observability, "traffic" | "monitoring">;
}

interface MappedService {
  readonly tasks: readonly { readonly id: string; readonly status: string; readonly origin: string }[];
}

/** Builds the service map from the requests of the past minute. */
export function serviceMap({ services, tableName, observability }: MappedSystem): ServiceMap {
  const { traffic, monitoring } = observability;
  // The map turns red at the thresholds of the alarms.
  const threshold = (name: string) => monitoring.alarms.find((alarm) => alarm.name === name)?.threshold ?? 0;
  const limits = { errors: threshold("like-errors") / 100, seconds: threshold("like-latency") };

  const routed = perService((name) => traffic.routed(name));
  // Traces are sampled, while the router counts every request: the ratio scales the traced figures up.
  const perTraced = perService((name) => {
    const answered = routed[name].requests - traffic.routed(name, "router").requests;
    const traced = traffic.traced(name, "direct").requests;
    return traced === 0 ? 1 : Math.max(1, answered / traced);
  });
  const calls = (caller: ServiceName, callee: ServiceName, task?: Task) =>
    extrapolate(callsTo(services[callee], traffic, caller, task), perTraced[caller]);
  const called = (callee: ServiceName, task?: Task) => callersOf(callee).map((caller) => calls(caller, callee, task));
  const tableCalls = perService((name) =>
    combine(
      ...callersOf(name).map((caller) => extrapolate(traffic.called(name, "called", "aws"), perTraced[caller])),
      extrapolate(traffic.called(name, "direct", "aws"), perTraced[name]),
    ),
  );
  const all = combine(...Object.values(routed));
  // Without any request there is nothing to estimate.
  const figures = (totals: FlowTotals, estimated = false) => figuresOf(totals, limits, estimated && all.requests > 0);
  const users = SERVICE_NAMES.filter((name) => SERVICES[name].usesTable);

  const nodeOf = (name: ServiceName): MapNode => {
    const estimated = callersOf(name).length > 0;
    const totals = (task?: Task) => combine(traffic.routed(name, task), ...called(name, task));
    const { tasks } = services[name];
    const whole = figures(totals(), estimated);
    const others = totals({ except: tasks.map(({ origin }) => origin) });
    return {
      id: name,
      label: name,
      // Without a running task a service is down, even if no task is desired or no request was sent.
      figures: tasks.some(({ status }) => status === "RUNNING") ? whole : { ...whole, health: "failing" },
      tasks: tasks.map(
        ({ id, status, origin }): MapTask => ({ id, status, figures: figures(totals(origin), estimated) }),
      ),
      ...(others.requests > 0 && { others: figures(others, estimated) }),
    };
  };
  return {
    nodes: [
      { id: "browser", label: "browser", figures: figures(all) },
      { id: "router", label: "router", figures: figures(all) },
      ...SERVICE_NAMES.map(nodeOf),
      {
        id: "table",
        label: tableName,
        figures: figures(combine(...users.map((name) => tableCalls[name])), true),
      },
    ],
    edges: [
      { from: "browser", to: "router", figures: figures(all) },
      ...SERVICE_NAMES.map((name): MapEdge => ({ from: "router", to: name, figures: figures(routed[name]) })),
      ...SERVICE_NAMES.flatMap((caller) =>
        (SERVICES[caller].calls ?? []).map(
          (callee): MapEdge => ({ from: caller, to: callee, figures: figures(calls(caller, callee), true) }),
        ),
      ),
      ...users.map((name): MapEdge => ({ from: name, to: "table", figures: figures(tableCalls[name], true) })),
    ],
  };
}

/** Address of a task, or all tasks except the given (running) ones, that is, the stopped ones. */
type Task = string | { readonly except: readonly string[] };

/**
 * Traced calls from a service to another, or to some of its tasks. Several callees are told apart by their tasks, so calls to
 * stopped ones are left out.
 */
function callsTo(callee: MappedService, traffic: Traffic, caller: ServiceName, task?: Task): FlowTotals {
  const running = callee.tasks.map(({ origin }) => origin);
  const tasks =
    SERVICES[caller].calls?.length === 1 ? [task] : running.filter((origin) => task === undefined || task === origin);
  return combine(...tasks.map((origin) => traffic.called(caller, "direct", "remote", origin)));
}

function figuresOf({ requests, failed, latency }: FlowTotals, limits: Limits, estimated: boolean): Figures {
  if (requests === 0) {
    return { rate: 0, errors: 0, estimated, health: "idle" };
  }
  const errors = failed / requests;
  const p99 = percentile(latency, 0.99);
  return {
    rate: requests / SECONDS,
    errors,
    p50: percentile(latency, 0.5),
    p99,
    estimated,
    health: errors > limits.errors ? "failing" : errors > 0 || p99 > limits.seconds ? "degraded" : "healthy",
  };
}
