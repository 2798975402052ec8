/**
 * Ring buffer of strings: each new one overwrites the oldest. The bytes live outside the JavaScript heap, so a full ring
 * costs the garbage collector nothing, and memory is committed only as the ring fills for the first time.
 */
export class ByteRing {
  readonly capacity: number;
  readonly #bytes: Buffer;
  /** Position of the next string, counted from the first byte ever written. */
  #next = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.#bytes = Buffer.allocUnsafeSlow(capacity);
  }

  /** Position before which strings have been overwritten, at least in part. */
  get oldest(): number {
    return Math.max(0, this.#next - this.capacity);
  }

  /** @returns the string's position and length in bytes. @throws {RangeError} for a string larger than the ring */
  push(text: string): { readonly position: number; readonly length: number } {
    const length = Buffer.byteLength(text);
    if (length > this.capacity) {
      throw new RangeError(`text has ${length} bytes: expected at most ${this.capacity}`);
    }
    const left = this.capacity - (this.#next % this.capacity);
    // Strings do not wrap around the end.
    const position = length > left ? this.#next + left : this.#next;
    this.#bytes.write(text, position % this.capacity);
    this.#next = position + length;
    return { position, length };
  }

  /** Reads a string that has not been overwritten. */
  read(position: number, length: number): string {
    const start = position % this.capacity;
    return this.#bytes.toString("utf8", start, start + length);
  }
}
