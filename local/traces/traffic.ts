import { SEGMENT_NAMES } from "../../specs/monitoring/tracing.ts";
import type { ServiceName } from "../../specs/services.ts";
import type { Outcome } from "../load-balancer/router.ts";
import { Flow, type Flowed, joined, MINUTE } from "./flow.ts";
import { callsOf, type Segment, type Subsegment } from "./trace.ts";

/** How a traced request came to a service: by the router, or from another service. */
type Way = "direct" | "called";

/** Who answers calls: other services, or AWS. */
type Called = "remote" | "aws";

const SERVICES: ReadonlyMap<string, ServiceName> = new Map(
  (Object.keys(SEGMENT_NAMES) as ServiceName[]).map((service) => [SEGMENT_NAMES[service], service]),
);

/** Seconds: whoever tells of a longer request, or of one that ended before it began, has set a clock. */
const LONGEST = 24 * 60 * 60;

/**
 * Who asked whom in the past minute. What goes through the router is counted there, once; what services ask one another is known
 * from those of their requests that are traced. Only the system's own services and tasks have figures, so that there are few.
 */
export class Traffic {
  /** By what they are, from the whole to its parts, such as `answer like http://127.0.0.1:4000`. */
  readonly #flows = new Map<string, Flow>();
  readonly #tasks: () => readonly { readonly origin: string }[];
  readonly #clock: () => number;
  readonly #began: number;

  /**
   * @param tasks Of all services.
   * @param clock Milliseconds of a clock that nobody sets: a minute stays a minute.
   */
  constructor(tasks: () => readonly { readonly origin: string }[], clock = () => performance.now()) {
    this.#tasks = tasks;
    this.#clock = clock;
    this.#began = clock();
  }

  /** Seconds that there are figures of: a minute, or less just after the start. */
  get seconds(): number {
    return Math.max(1, Math.min(MINUTE, this.#clock() - this.#began) / 1000);
  }

  /** Takes what the router tells of a request to a service. */
  route(service: ServiceName, outcome: Outcome): void {
    const by = outcome.by === "task" ? outcome.origin : "router";
    this.#record(`answer ${service} ${by}`, outcome.seconds, outcome.status >= 400);
  }

  /** Takes what a service tells of a request and of its calls to others. */
  trace(segment: Segment): void {
    const service = SERVICES.get(segment.name);
    if (service === undefined || segment.type !== undefined || segment.in_progress) {
      return;
    }
    const way: Way = segment.parent_id === undefined ? "direct" : "called";
    this.#recordTraced(`traced ${service} ${way}`, segment);
    for (const call of callsOf(segment)) {
      this.#recordTraced(`call ${service} ${way} ${call.namespace} ${this.#taskAsked(call)}`, call);
    }
  }

  /**
   * Requests for a service that came to the router.
   * @param by Only those that this task answered, by its address, or that the `router` answered in a task's place.
   */
  routed(service: ServiceName, by?: string): Flowed {
    return this.#past("answer", service, by);
  }

  /** Requests that a service told of in traces. */
  traced(service: ServiceName, way: Way): Flowed {
    return this.#past("traced", service, way);
  }

  /** Calls that a service made in those; or those of them to one task, by its address. */
  called(service: ServiceName, way: Way, whom: Called, task?: string): Flowed {
    return this.#past("call", service, way, whom, task);
  }

  #recordTraced(key: string, { start_time, end_time, error, fault }: Subsegment): void {
    if (end_time !== undefined) {
      const seconds = Math.min(Math.max(0, end_time - start_time), LONGEST);
      this.#record(key, seconds, error === true || fault === true);
    }
  }

  #record(key: string, seconds: number, failed: boolean): void {
    let flow = this.#flows.get(key);
    if (flow === undefined) {
      this.#letGo();
      flow = new Flow();
      this.#flows.set(key, flow);
    }
    flow.record(seconds, failed, this.#clock());
  }

  #past(...parts: readonly (string | undefined)[]): Flowed {
    const whole = `${parts.filter((part) => part !== undefined).join(" ")} `;
    const flows = this.#flows.entries().filter(([key]) => `${key} `.startsWith(whole));
    return joined(...flows.map(([, flow]) => flow.past(this.#clock())));
  }

  /** The address of the task that a call went to, where it is one. */
  #taskAsked({ http }: Subsegment): string {
    const { origin } = URL.parse(http?.request?.url ?? "") ?? {};
    return this.#tasks().find((task) => task.origin === origin)?.origin ?? "elsewhere";
  }

  /** Tasks come and go, so those that are silent are forgotten. */
  #letGo(): void {
    for (const [key, flow] of this.#flows) {
      if (flow.isSilent(this.#clock())) {
        this.#flows.delete(key);
      }
    }
  }
}
