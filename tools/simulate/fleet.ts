import { Queue, type RequestCounts } from "./queue.ts";
import { ResponseTimes } from "./response-time.ts";
import type { Station } from "./station.ts";

/** Tasks that are starting or draining together. */
interface Group {
  readonly tasks: number;
  /** Time, in seconds, at which they have started or stopped. */
  readonly until: number;
}

interface DrainingGroup extends Group {
  readonly queue: Queue;
}

/**
 * A service's tasks behind a load balancer that spreads requests evenly and queues none itself: a request waits in its
 * task even while another task is idle. One queue represents every serving task; a new task only makes an empty queue
 * more likely.
 */
export class Fleet {
  readonly #station: Station;
  readonly #taskStartSeconds: number;
  readonly #drainSeconds: number;
  #starting: readonly Group[] = [];
  #draining: readonly DrainingGroup[] = [];
  #serving: number;
  #queue: Queue;
  #responseTimes: ResponseTimes;
  #now = 0;

  /** @param tasks serving tasks at the start */
  constructor(station: Station, tasks: number, taskStartSeconds: number, drainSeconds: number) {
    this.#station = station;
    this.#taskStartSeconds = taskStartSeconds;
    this.#drainSeconds = drainSeconds;
    this.#serving = tasks;
    this.#queue = new Queue(station);
    this.#responseTimes = new ResponseTimes(station);
  }

  /** Tasks that receive requests. */
  get serving(): number {
    return this.#serving;
  }

  /** Billed tasks, including those that are starting or draining. */
  get paid(): number {
    return count(this.#starting) + this.#serving + count(this.#draining);
  }

  /** Requests in all tasks. */
  get inside(): number {
    return this.#sum((queue) => queue.inside);
  }

  get waiting(): number {
    return this.#sum((queue) => queue.waiting);
  }

  /** Starts tasks, or cancels the ones that have not started and then drains others, to reach the wanted count. */
  resize(wanted: number): void {
    const missing = wanted - this.#serving - count(this.#starting);
    if (missing > 0) {
      this.#starting = [...this.#starting, { tasks: missing, until: this.#now + this.#taskStartSeconds }];
      return;
    }
    let free = Math.max(0, wanted - this.#serving);
    this.#starting = this.#starting
      .map(({ tasks, until }) => {
        const kept = Math.min(tasks, free);
        free -= kept;
        return { tasks: kept, until };
      })
      .filter(({ tasks }) => tasks > 0);
    if (wanted < this.#serving) {
      const group = { tasks: this.#serving - wanted, queue: this.#queue.copy(), until: this.#now + this.#drainSeconds };
      this.#draining = [...this.#draining, group];
      this.#serving = wanted;
    }
  }

  /** Advances all tasks. @param arrivals requests per second over all tasks */
  step(arrivals: number, seconds: number): RequestCounts {
    this.#now += seconds;
    this.#start();
    let [served, failed] = [0, this.#serving === 0 ? arrivals * seconds : 0];
    if (this.#serving > 0) {
      const flow = this.#queue.step(arrivals / this.#serving, seconds);
      this.#responseTimes.add(this.#queue, arrivals * seconds);
      served += this.#serving * flow.served;
      failed += this.#serving * flow.failed;
    }
    for (const { tasks, queue } of this.#draining) {
      served += tasks * queue.step(0, seconds).served;
    }
    return { arrived: arrivals * seconds, served, failed: failed + this.#stop() };
  }

  /** Response times of the requests since the last call. */
  takeResponseTimes(): ResponseTimes {
    const responseTimes = this.#responseTimes;
    this.#responseTimes = new ResponseTimes(this.#station);
    return responseTimes;
  }

  #start(): void {
    const ready = count(this.#starting.filter(({ until }) => until <= this.#now));
    if (ready > 0) {
      this.#starting = this.#starting.filter(({ until }) => until > this.#now);
      this.#serving += ready;
      this.#queue.blend(new Queue(this.#station), ready / this.#serving);
    }
  }

  /** Stops the tasks whose drain time is over and returns the number of requests that were still in them. */
  #stop(): number {
    const over = this.#draining.filter(({ until }) => until <= this.#now);
    this.#draining = this.#draining.filter(({ until }) => until > this.#now);
    return over.reduce((sum, { tasks, queue }) => sum + tasks * queue.inside, 0);
  }

  #sum(of: (queue: Queue) => number): number {
    return this.#draining.reduce((sum, { tasks, queue }) => sum + tasks * of(queue), this.#serving * of(this.#queue));
  }
}

function count(groups: readonly Group[]): number {
  return groups.reduce((sum, { tasks }) => sum + tasks, 0);
}
