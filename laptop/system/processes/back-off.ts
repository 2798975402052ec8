const FIRST = 250;
const LONGEST = 8_000;
const FORGOTTEN_AFTER = 10_000;

/** Delay before a crashed program restarts. It doubles with each crash, until the program has run long enough. */
export class BackOff {
  #next = FIRST;

  /**
   * Returns the milliseconds to wait.
   * @param lasted Milliseconds that the program ran. Ten seconds reset the delay.
   */
  after(lasted: number): number {
    if (lasted > FORGOTTEN_AFTER) {
      this.#next = FIRST;
    }
    const milliseconds = this.#next;
    this.#next = Math.min(this.#next * 2, LONGEST);
    return milliseconds;
  }
}
