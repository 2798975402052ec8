import { shortId } from "../logs/log-line.ts";

/** What happened to a service, in a line for people and in fields for programs; ECS keeps such events too. */
export interface ServiceEvent {
  readonly time: Date;
  readonly kind: EventKind;
  /** Id of the task that it is about. */
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
  | "roll-out began"
  | "roll-out switched"
  | "roll-out done"
  | "roll-out taken back";

/** Events that are kept, as in ECS. */
const MOST = 100;

/** The newest events of a service. */
export class History {
  readonly #events: ServiceEvent[] = [];

  /** Oldest first. */
  get events(): readonly ServiceEvent[] {
    return this.#events;
  }

  /** @param task Id of the task that it is about. */
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
