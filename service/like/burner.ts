import { Piscina } from "piscina";

/** One core can burn while another answers; a task with less than one core burns all it has either way. */
const THREADS = 1;

/** Burns that may wait for a thread. With the slowest burn on a quarter of a core this keeps within the drain time. */
const WAITING = 3;

/** Burns CPU beside the event loop, which stays free to answer. The thread starts with the first burn. */
export class Burner {
  readonly #pool = new Piscina<number, string>({
    filename: new URL("./pi.ts", import.meta.url).href,
    minThreads: 0,
    maxThreads: THREADS,
    idleTimeout: 60_000,
  });
  #underWay = 0;

  /** True while a further burn would have to wait too long. */
  get busy(): boolean {
    return this.#underWay >= THREADS + WAITING;
  }

  /** Works out that many digits of pi, for nothing but the heat. */
  async burn(digits: number): Promise<void> {
    this.#underWay += 1;
    try {
      await this.#pool.run(digits);
    } finally {
      this.#underWay -= 1;
    }
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}
