const FIRST = 250;
const LONGEST = 8_000;
const FORGOTTEN_AFTER = 10_000;

/** How long to wait before what ended by itself is started again: twice as long each time, until one has lasted. */
export class BackOff {
  #next = FIRST;

  /**
   * Milliseconds to wait.
   * @param lasted Milliseconds that it ran; ten seconds are enough to forget the failures before.
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
