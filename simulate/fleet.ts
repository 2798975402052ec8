import { type Flow, Queue } from "./queue.ts";
import { ResponseTimes } from "./response-time.ts";
import type { Station } from "./station.ts";

/** Tasks that started together, and whose queues are therefore alike. */
interface Cohort {
  readonly tasks: number;
  readonly queue: Queue;
  /** Seconds at which they get their first requests. */
  readonly serves: number;
  /** Seconds at which they are gone; they get no more requests until then. */
  readonly stops?: number;
}

/** Queues no further apart than this are taken for the same from then on. */
const ALIKE = 1e-3;

/**
 * A service's tasks behind a load balancer that gives each task as many requests as the next and keeps none itself:
 * what waits, waits in a task, also while another is idle.
 */
export class Fleet {
  readonly #station: Station;
  readonly #startSeconds: number;
  readonly #drainSeconds: number;
  #cohorts: readonly Cohort[];
  #responseTimes: ResponseTimes;
  #now = 0;

  /** @param tasks that serve at first */
  constructor(station: Station, tasks: number, startSeconds: number, drainSeconds: number) {
    this.#station = station;
    this.#startSeconds = startSeconds;
    this.#drainSeconds = drainSeconds;
    this.#cohorts = tasks > 0 ? [{ tasks, queue: new Queue(station), serves: 0 }] : [];
    this.#responseTimes = new ResponseTimes(station);
  }

  /** Tasks that get requests. */
  get serving(): number {
    return count(this.#serving);
  }

  /** Tasks that cost: those that start and those that drain too. */
  get paid(): number {
    return count(this.#cohorts);
  }

  /** Requests in all tasks. */
  get inside(): number {
    return this.#cohorts.reduce((sum, { tasks, queue }) => sum + tasks * queue.inside, 0);
  }

  get waiting(): number {
    return this.#cohorts.reduce((sum, { tasks, queue }) => sum + tasks * queue.waiting, 0);
  }

  /** Starts or drains tasks so that there are as many as wanted; those that came last go first. */
  resize(wanted: number): void {
    const draining = this.#cohorts.filter(({ stops }) => stops !== undefined);
    const active = this.#cohorts.filter(({ stops }) => stops === undefined);
    const missing = wanted - count(active);
    if (missing > 0) {
      const started = { tasks: missing, queue: new Queue(this.#station), serves: this.#now + this.#startSeconds };
      this.#cohorts = [...draining, ...active, started];
      return;
    }
    const kept: Cohort[] = [];
    let left = wanted;
    for (const cohort of active) {
      const stay = Math.min(left, cohort.tasks);
      left -= stay;
      if (stay > 0) {
        kept.push({ ...cohort, tasks: stay });
      }
      if (stay < cohort.tasks && cohort.serves <= this.#now) {
        const stops = this.#now + this.#drainSeconds;
        draining.push({ ...cohort, tasks: cohort.tasks - stay, queue: cohort.queue.copy(), stops });
      }
    }
    this.#cohorts = [...draining, ...kept];
  }

  /** @param arrivals requests a second, for all tasks together */
  step(arrivals: number, seconds: number): Flow {
    this.#now += seconds;
    const serving = this.#serving;
    const tasks = count(serving);
    let [served, failed] = [0, tasks === 0 ? arrivals * seconds : 0];
    for (const cohort of this.#cohorts) {
      const share = serving.includes(cohort) ? arrivals / tasks : 0;
      const flow = cohort.queue.step(share, seconds);
      this.#responseTimes.add(cohort.queue, cohort.tasks * flow.arrived);
      served += cohort.tasks * flow.served;
      failed += cohort.tasks * flow.failed;
    }
    return { arrived: arrivals * seconds, served, failed: failed + this.#stopDrained() };
  }

  /** Response times since the last call; brings cohorts together that have become alike. */
  settle(): ResponseTimes {
    const responseTimes = this.#responseTimes;
    this.#responseTimes = new ResponseTimes(this.#station);
    const [oldest, ...younger] = this.#serving;
    for (const cohort of oldest ? younger : []) {
      if (oldest && oldest.queue.distance(cohort.queue) < ALIKE) {
        this.#join(cohort);
      }
    }
    return responseTimes;
  }

  get #serving(): readonly Cohort[] {
    return this.#cohorts.filter(({ serves, stops }) => serves <= this.#now && stops === undefined);
  }

  #join(younger: Cohort): void {
    const [oldest] = this.#serving as [Cohort];
    const tasks = oldest.tasks + younger.tasks;
    oldest.queue.blend(younger.queue, younger.tasks / tasks);
    this.#cohorts = this.#cohorts
      .filter((cohort) => cohort !== younger)
      .map((cohort) => (cohort === oldest ? { ...oldest, tasks } : cohort));
  }

  /** Ends the tasks whose time to drain is over. Answers the requests that were still in them. */
  #stopDrained(): number {
    const over = this.#cohorts.filter(({ stops }) => stops !== undefined && stops <= this.#now);
    this.#cohorts = this.#cohorts.filter((cohort) => !over.includes(cohort));
    return over.reduce((sum, { tasks, queue }) => sum + tasks * queue.inside, 0);
  }
}

function count(cohorts: readonly Cohort[]): number {
  return cohorts.reduce((sum, { tasks }) => sum + tasks, 0);
}
