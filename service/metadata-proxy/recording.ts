/** Records a stream as it arrives. Any number of readers can read it from the beginning. */
export class Recording {
  readonly #chunks: Uint8Array[] = [];
  readonly #end: Promise<"end">;
  #arrival = Promise.withResolvers<void>();

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#end = this.#record(source);
    // Readers get the error; without readers it does not matter.
    this.#end.catch(() => {});
  }

  /** Throws the error that ended the stream early, to each reader. */
  async *play(): AsyncGenerator<Uint8Array> {
    for (let played = 0; ; ) {
      const arrival = this.#arrival.promise;
      for (; played < this.#chunks.length; played += 1) {
        yield this.#chunks[played] as Uint8Array;
      }
      if ((await Promise.race([arrival, this.#end])) === "end" && played === this.#chunks.length) {
        return;
      }
    }
  }

  async #record(source: AsyncIterable<Uint8Array>): Promise<"end"> {
    for await (const chunk of source) {
      this.#chunks.push(chunk);
      this.#arrival.resolve();
      this.#arrival = Promise.withResolvers();
    }
    return "end";
  }
}
