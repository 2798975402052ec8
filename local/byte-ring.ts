/**
 * Texts in a fixed number of bytes, the newest: each overwrites the oldest ones. They stand outside of the heap, so that a
 * full ring costs the garbage collector nothing, and take memory only as the ring fills for the first time.
 */
export class ByteRing {
  readonly capacity: number;
  readonly #bytes: Buffer;
  /** Where the next text begins, counted from the first byte ever written. */
  #next = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.#bytes = Buffer.allocUnsafeSlow(capacity);
  }

  /** Texts that begin before have been overwritten, at least in part. */
  get oldest(): number {
    return Math.max(0, this.#next - this.capacity);
  }

  /** @returns where the text begins and how many bytes it has. @throws {RangeError} for one that is larger than the ring */
  push(text: string): { readonly position: number; readonly length: number } {
    const length = Buffer.byteLength(text);
    if (length > this.capacity) {
      throw new RangeError(`a text has ${length} bytes: expected ${this.capacity} at most`);
    }
    const room = this.capacity - (this.#next % this.capacity);
    // No text goes around the end.
    const position = length > room ? this.#next + room : this.#next;
    this.#bytes.write(text, position % this.capacity);
    this.#next = position + length;
    return { position, length };
  }

  /** A text that has not been overwritten. */
  read(position: number, length: number): string {
    const start = position % this.capacity;
    return this.#bytes.toString("utf8", start, start + length);
  }
}
