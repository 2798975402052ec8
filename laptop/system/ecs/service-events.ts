import { shortId } from "../processes/short-id.ts";

/** An ECS service event, as a message and as fields. */
export interface ServiceEvent {
  readonly time: Date;
  readonly kind: EventKind;
  /** ID of the affected task. */
  readonly task?: string;
  readonly message: string;
}

export type EventKind =
  | "task started"
  | "task healthy"
  | "task draining"
  | "task ended"
  | "task lost"
  | "scaled"
  | "rollout began"
  | "rollout switched"
  | "rollout done"
  | "rollout rolled back";

/** Number of events kept, as in ECS. */
const MOST = 100;

/** The newest events of a service. */
export class ServiceEventLog {
  readonly #events: ServiceEvent[] = [];

  /** Oldest first. */
  get events(): readonly ServiceEvent[] {
    return this.#events;
  }

  /** @param task ID of the affected task. */
  add(kind: EventKind, what: string, task?: string): ServiceEvent {
    const message = task === undefined ? what : `task ${shortId(task)} ${what}`;
    const event = { time: new Date(), kind, message, ...(task !== undefined && { task }) };
    this.#events.push(event);
    if (this.#events.length > MOST) {
      this.#events.shift();
    }
    return event;
  }
}
