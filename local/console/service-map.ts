import { DDSketch } from "@datadog/sketches-js";
import type { Figures, MapNode, MapTask, ServiceMap } from "../../console/messages/overview.ts";
import { SEGMENT_NAMES } from "../../specs/monitoring/tracing.ts";
import type { EcsService } from "../ecs/ecs-service.ts";
import type { Flowed } from "../traces/traffic.ts";
import type { ObservedSystem } from "./page.ts";

/** From where on something is no longer well: an error share, and seconds of the slowest in a hundred. */
interface Limits {
  readonly errors: number;
  readonly seconds: number;
}

/** The system as it is drawn, with what went over it in the past minute. */
export function serviceMap({ services, tableName, observability }: ObservedSystem): ServiceMap {
  const { traffic, watched } = observability;
  // Where a visitor's alarm begins, the map turns red.
  const threshold = (name: string) => watched.alarms.find((alarm) => alarm.name === name)?.threshold ?? 0;
  const limits = { errors: threshold("like-errors") / 100, seconds: threshold("like-latency") };
  const figures = (flowed: Flowed, estimated = false) => figuresOf(flowed, traffic.seconds, limits, estimated);

  const toLike = traffic.routed("like");
  const toMonolith = traffic.routed("monolith");
  // Not every request is traced, and those that the router passed on are counted: so many times more there are.
  const perTracedLike = ratio(toLike, traffic.traced(SEGMENT_NAMES.like, "direct"));
  const perTracedVisit = ratio(toMonolith, traffic.traced(SEGMENT_NAMES.monolith, "direct"));
  const fulfilled = times(traffic.called(SEGMENT_NAMES.like, "direct", "remote"), perTracedLike);
  const asked = joined(
    times(traffic.called(SEGMENT_NAMES.monolith, "called", "aws"), perTracedLike),
    times(traffic.called(SEGMENT_NAMES.monolith, "direct", "aws"), perTracedVisit),
  );
  const all = joined(toLike, toMonolith);

  const nodeOf = (service: EcsService, flowed: Flowed, estimated: boolean): MapNode => ({
    id: service.name,
    label: service.name,
    figures: figures(flowed, estimated),
    tasks: service.tasks.map(
      ({ id, status, origin }): MapTask => ({ id, status, figures: figures(traffic.answered(origin)) }),
    ),
  });
  return {
    nodes: [
      { id: "browser", label: "browser" },
      { id: "router", label: "router", figures: figures(all) },
      nodeOf(services.like, toLike, false),
      nodeOf(services.monolith, joined(toMonolith, fulfilled), true),
      { id: "table", label: tableName, figures: figures(asked, true) },
    ],
    edges: [
      { from: "browser", to: "router", figures: figures(all) },
      { from: "router", to: "like", figures: figures(toLike) },
      { from: "router", to: "monolith", figures: figures(toMonolith) },
      { from: "like", to: "monolith", figures: figures(fulfilled, true) },
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
  const errors = requests === 0 ? 0 : failed / requests;
  const measured = latency.count > 0;
  const p99 = measured ? latency.getValueAtQuantile(0.99) : 0;
  return {
    rate: requests / seconds,
    errors,
    ...(measured && { p50: latency.getValueAtQuantile(0.5), p99 }),
    ...(estimated && { estimated }),
    health:
      requests === 0 ? "idle" : errors > limits.errors ? "ill" : errors > 0 || p99 > limits.seconds ? "warned" : "well",
  };
}

function ratio(all: Flowed, traced: Flowed): number {
  return traced.requests === 0 ? 1 : Math.max(1, all.requests / traced.requests);
}

function times({ requests, failed, latency }: Flowed, factor: number): Flowed {
  return { requests: requests * factor, failed: failed * factor, latency };
}

function joined(one: Flowed, other: Flowed): Flowed {
  const latency = new DDSketch({ relativeAccuracy: 0.02 });
  latency.merge(one.latency);
  latency.merge(other.latency);
  return { requests: one.requests + other.requests, failed: one.failed + other.failed, latency };
}
