import { segmentName } from "../../../model/monitoring/tracing.ts";
import type { ServiceName } from "../../../model/service-name.ts";
import { SERVICE_NAMES } from "../../../model/services.ts";
import { isAbandoned, type Outcome } from "../../system/load-balancer/router.ts";
import { combine, Flow, type FlowTotals } from "./flow.ts";
import { callsOf, isComplete, type Segment, type Subsegment, secondsOf } from "./trace.ts";

/** Origin of a traced request: the router (direct), or another service. */
type Way = "direct" | "called";

/** Receiver of calls: another service, or AWS. */
type Called = "remote" | "aws";

/** Address of a task, or `router` for the responses of the router itself; or every responder except these. */
type Responder = string | { readonly except: readonly string[] };

const SERVICES: ReadonlyMap<string, ServiceName> = new Map(
  SERVICE_NAMES.map((service) => [segmentName(service), service]),
);

/** Seconds. A longer or negative duration means that the clock was set during the request. */
const LONGEST = 24 * 60 * 60;

/**
 * Requests of the past minute, by caller and callee. Requests through the router are counted there, once; calls between
 * services are estimated from their traced requests. Only the system's own services and tasks have figures, to limit memory.
 */
export class Traffic {
  /** Flows by kind, service, and further parts, such as `response like http://127.0.0.1:4000`. */
  readonly #flows = new Map<string, Flow>();
  readonly #tasks: () => readonly { readonly origin: string }[];
  readonly #clock: () => number;

  /**
   * @param tasks Returns the tasks of all services.
   * @param clock Milliseconds of a monotonic clock.
   */
  constructor(tasks: () => readonly { readonly origin: string }[], clock = () => performance.now()) {
    this.#tasks = tasks;
    this.#clock = clock;
  }

  /** Records a request to a service, unless its client abandoned it. */
  route(service: ServiceName, outcome: Outcome): void {
    if (isAbandoned(outcome)) {
      return;
    }
    const by = outcome.by === "task" ? outcome.origin : "router";
    this.#record(`response ${service} ${by}`, outcome.seconds, outcome.status >= 400);
  }

  /** Records a traced request and its calls to other services. */
  trace(segment: Segment, way: Way = segment.parent_id === undefined ? "direct" : "called"): void {
    const service = SERVICES.get(segment.name);
    if (service === undefined || segment.type !== undefined || !isComplete(segment)) {
      return;
    }
    this.#recordTraced(`traced ${service} ${way}`, segment);
    for (const call of callsOf(segment)) {
      this.#recordTraced(`call ${service} ${way} ${call.namespace} ${this.#calledTask(call)}`, call);
    }
  }

  /**
   * Returns the requests for a service that the router received.
   * @param by Selects the requests by who responded.
   */
  routed(service: ServiceName, by?: Responder): FlowTotals {
    return this.#pastMinute(`response ${service}`, by);
  }

  /** Returns the traced requests of a service. */
  traced(service: ServiceName, way: Way): FlowTotals {
    return this.#pastMinute(`traced ${service}`, way);
  }

  /** Returns the traced calls of a service. @param task Selects the calls by the called task. */
  called(service: ServiceName, way: Way, whom: Called, task?: Responder): FlowTotals {
    return this.#pastMinute(`call ${service} ${way} ${whom}`, task);
  }

  #recordTraced(key: string, part: Subsegment): void {
    const seconds = secondsOf(part);
    if (seconds !== undefined) {
      const { error, fault, throttle } = part;
      this.#record(key, Math.min(Math.max(0, seconds), LONGEST), [error, fault, throttle].includes(true));
    }
  }

  #record(key: string, seconds: number, failed: boolean): void {
    let flow = this.#flows.get(key);
    if (flow === undefined) {
      this.#removeIdle();
      flow = new Flow();
      this.#flows.set(key, flow);
    }
    flow.record(seconds, failed, this.#clock());
  }

  /** @param last Selects flows by the last part of their key. */
  #pastMinute(parts: string, last?: Responder): FlowTotals {
    const selects = (part: string) =>
      last === undefined || (typeof last === "string" ? part === last : !last.except.includes(part));
    const flows = this.#flows
      .entries()
      .filter(([key]) => key.startsWith(`${parts} `) && selects(key.slice(parts.length + 1)));
    return combine(...flows.map(([, flow]) => flow.pastMinute(this.#clock())));
  }

  /** Returns the address of the called task, if it is one. */
  #calledTask({ http }: Subsegment): string {
    const { origin } = URL.parse(http?.request?.url ?? "") ?? {};
    return this.#tasks().find((task) => task.origin === origin)?.origin ?? "elsewhere";
  }

  /** Removes idle flows, because tasks are replaced over time. */
  #removeIdle(): void {
    for (const [key, flow] of this.#flows) {
      if (flow.isSilent(this.#clock())) {
        this.#flows.delete(key);
      }
    }
  }
}
