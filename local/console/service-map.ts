import type { DDSketch } from "@datadog/sketches-js";
import type { Figures, MapNode, MapTask, ServiceMap } from "../../console/messages/overview.ts";
import type { ServiceName } from "../../specs/services.ts";
import type { Observability } from "../observability.ts";
import type { System } from "../system.ts";
import { type Flowed, joined, times } from "../traces/flow.ts";

/** From where on something is no longer well: an error share, and seconds of the slowest in a hundred. */
interface Limits {
  readonly errors: number;
  readonly seconds: number;
}

/** What is drawn of a system. */
interface Mapped extends Pick<System, "tableName"> {
  readonly services: Readonly<Record<ServiceName, MappedService>>;
  readonly observability: Pick<Observability, "traffic" | "watched">;
}

interface MappedService {
  readonly name: ServiceName;
  readonly tasks: readonly { readonly id: string; readonly status: string; readonly origin: string }[];
}

/** The system as it is drawn, with what went over it in the past minute. */
export function serviceMap({ services, tableName, observability }: Mapped): ServiceMap {
  const { traffic, watched } = observability;
  // Where a visitor's alarm begins, the map turns red.
  const threshold = (name: string) => watched.alarms.find((alarm) => alarm.name === name)?.threshold ?? 0;
  const limits = { errors: threshold("like-errors") / 100, seconds: threshold("like-latency") };

  const toLike = traffic.routed("like");
  const toMonolith = traffic.routed("monolith");
  // Not every request is traced, and those that tasks answered are counted: so many times more there are.
  const perTraced = (service: ServiceName, routed: Flowed) => {
    const answered = routed.requests - traffic.routed(service, "router").requests;
    const traced = traffic.traced(service, "direct").requests;
    return traced === 0 ? 1 : Math.max(1, answered / traced);
  };
  const perTracedLike = perTraced("like", toLike);
  const perTracedVisit = perTraced("monolith", toMonolith);
  const fulfilled = (task?: string) => times(traffic.called("like", "direct", "remote", task), perTracedLike);
  const asked = joined(
    times(traffic.called("monolith", "called", "aws"), perTracedLike),
    times(traffic.called("monolith", "direct", "aws"), perTracedVisit),
  );
  const all = joined(toLike, toMonolith);
  // Of a system that nobody asks anything, nothing has to be guessed.
  const figures = (flowed: Flowed, estimated = false) =>
    figuresOf(flowed, traffic.seconds, limits, estimated && all.requests > 0);

  const nodeOf = ({ name, tasks }: MappedService, flowed: (task?: string) => Flowed, estimated: boolean): MapNode => ({
    id: name,
    label: name,
    figures: figures(flowed(), estimated),
    tasks: tasks.map(
      ({ id, status, origin }): MapTask => ({ id, status, figures: figures(flowed(origin), estimated) }),
    ),
  });
  return {
    nodes: [
      { id: "browser", label: "browser", figures: figures(all) },
      { id: "router", label: "router", figures: figures(all) },
      nodeOf(services.like, (task) => traffic.routed("like", task), false),
      nodeOf(services.monolith, (task) => joined(traffic.routed("monolith", task), fulfilled(task)), true),
      { id: "table", label: tableName, figures: figures(asked, true) },
    ],
    edges: [
      { from: "browser", to: "router", figures: figures(all) },
      { from: "router", to: "like", figures: figures(toLike) },
      { from: "router", to: "monolith", figures: figures(toMonolith) },
      { from: "like", to: "monolith", figures: figures(fulfilled(), true) },
      { from: "monolith", to: "table", figures: figures(asked, true) },
    ],
  };
}

function figuresOf(
  { requests, failed, latency }: Flowed,
  seconds: number,
  limits: Limits,
  estimated: boolean,
): Figures {
  if (requests === 0) {
    return { rate: 0, errors: 0, estimated, health: "idle" };
  }
  const errors = failed / requests;
  const p99 = percentile(latency, 0.99);
  return {
    rate: requests / seconds,
    errors,
    p50: percentile(latency, 0.5),
    p99,
    estimated,
    health: errors > limits.errors ? "ill" : errors > 0 || p99 > limits.seconds ? "warned" : "well",
  };
}

/** By the nearest rank: of two requests, the slower one is the slowest in a hundred. */
function percentile(latency: DDSketch, share: number): number {
  const { count } = latency;
  return latency.getValueAtQuantile(Math.min(1, (Math.ceil(share * count) - 0.5) / (count - 1)));
}
