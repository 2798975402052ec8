import { Piscina } from "piscina";

/** One thread leaves another core free to respond. A task with less than one vCPU uses all of its share in any case. */
const THREADS = 1;

/** Queue limit. Even with the slowest burns on a quarter of a vCPU, the queue empties within the drain time. */
const WAITING = 3;

/** Burns CPU in a worker thread, so that the event loop stays responsive. The thread starts with the first burn. */
export class Burner {
  readonly #pool = new Piscina<number, string>({
    filename: new URL("./pi.ts", import.meta.url).href,
    minThreads: 0,
    maxThreads: THREADS,
    idleTimeout: 60_000,
    // By default, a burn that finds the thread busy goes back to the end of the queue, and under load waits until the load
    // ends. See findings/piscina-sends-a-waiting-task-to-the-back-of-its-queue.sh.
    stricterFIFO: true,
  });
  #pending = 0;

  /** True while another burn would wait too long. */
  get busy(): boolean {
    return this.#pending >= THREADS + WAITING;
  }

  /** Computes digits of pi and discards them. */
  async burn(digits: number): Promise<void> {
    this.#pending += 1;
    try {
      await this.#pool.run(digits);
    } finally {
      this.#pending -= 1;
    }
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}
