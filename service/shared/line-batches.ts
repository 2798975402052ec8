/** Writes the lines of one turn of the event loop together, because each write is a system call. */
export class LineBatches {
  readonly #output: NodeJS.WritableStream;
  #lines = "";

  constructor(output: NodeJS.WritableStream) {
    this.#output = output;
  }

  /** Adds a line, with its line feed. It is written at the end of this turn. */
  write(line: unknown): void {
    if (this.#lines === "") {
      setImmediate(() => this.flush());
    }
    this.#lines += String(line);
  }

  /**
   * Writes the lines now. Resolves when the output has taken them: Node.js does not wait for a full pipe, and a process that
   * exits before loses the rest.
   */
  flush(): Promise<void> {
    const lines = this.#lines;
    this.#lines = "";
    return new Promise((resolve) => {
      this.#output.write(lines, () => resolve());
    });
  }
}
