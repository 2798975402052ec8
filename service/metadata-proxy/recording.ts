/** What arrives from a stream, kept as it arrives, so that any number of readers get all of it from its beginning. */
export class Recording {
  readonly #chunks: Uint8Array[] = [];
  readonly #end: Promise<"end">;
  #arrival = Promise.withResolvers<void>();

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#end = this.#record(source);
    // A reader gets to know of a failure; without readers nobody needs to.
    this.#end.catch(() => {});
  }

  /** Throws, for each of its readers, what ended the stream before its time. */
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
