const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Number of bytes before an array that are searched for its member's name. */
const LONGEST_NAME = 100;

/** Bytes. */
export interface BlockSize {
  /** A block ends after the first element that reaches this size. */
  readonly target: number;
  /** Limit of a block, and of the text around the array. */
  readonly most: number;
}

/** Thrown when an element, or the text around the array, is above the limit. */
export class SizeError extends Error {
  override readonly name = "SizeError";
}

/**
 * Splits a JSON object that arrives in chunks at the member `name`, an array, into blocks of elements, so that neither the
 * text nor the array is ever in memory as a whole. Calls `block` with the JSON of some elements, in order, without
 * brackets. The JSON is valid if that of all blocks and of the rest is, and only a single block can be blank.
 */
export class ArraySplitter {
  readonly #opening: RegExp;
  readonly #size: BlockSize;
  readonly #block: (json: Buffer) => void;
  /** The text outside the array. */
  readonly #outside = new Bytes();
  /** Elements since the last block. */
  readonly #elements = new Bytes();
  #place: "before" | "inside" | "after" = "before";
  /** Number of open brackets and braces. */
  #depth = 0;
  /** Bytes of the next chunk to skip in a string that the last chunk did not finish; undefined outside strings. */
  #unfinishedString: number | undefined;

  constructor(name: string, size: BlockSize, block: (json: Buffer) => void) {
    this.#opening = new RegExp(`[{,]\\s*"${name}"\\s*:\\s*\\[$`);
    this.#size = size;
    this.#block = block;
  }

  push(chunk: Buffer): void {
    let start = 0;
    let at = this.#unfinishedString === undefined ? 0 : this.#endOfString(chunk, this.#unfinishedString) + 1;
    for (; at < chunk.length; at += 1) {
      switch (chunk[at]) {
        case QUOTE:
          at = this.#endOfString(chunk, at + 1);
          break;
        case OPEN_BRACE:
          this.#depth += 1;
          break;
        case OPEN_BRACKET:
          this.#depth += 1;
          if (this.#depth === 2 && this.#place === "before") {
            this.#keep(chunk.subarray(start, at + 1));
            start = at + 1;
            this.#place = this.#opening.test(this.#outside.end(LONGEST_NAME)) ? "inside" : "before";
          }
          break;
        case CLOSE_BRACE:
        case CLOSE_BRACKET:
          this.#depth -= 1;
          if (this.#depth === 1 && this.#place === "inside") {
            this.#keep(chunk.subarray(start, at));
            start = at;
            this.#block(this.#elements.take());
            this.#place = "after";
          }
          break;
        case COMMA:
          if (
            this.#depth === 2 &&
            this.#place === "inside" &&
            this.#elements.length + at - start >= this.#size.target
          ) {
            this.#keep(chunk.subarray(start, at));
            start = at + 1;
            this.#block(this.#elements.take());
          }
          break;
      }
    }
    this.#keep(chunk.subarray(start));
  }

  /** Ends the object. Returns its text with the array empty. */
  end(): string {
    if (this.#place === "inside") {
      this.#block(this.#elements.take());
    }
    return this.#outside.take().toString("utf8");
  }

  #keep(bytes: Buffer): void {
    const kept = this.#place === "inside" ? this.#elements : this.#outside;
    kept.add(bytes);
    if (kept.length > this.#size.most) {
      throw new SizeError(`more than ${this.#size.most} bytes without the end of a line`);
    }
  }

  /** Offset of a string's closing quote, or the chunk's length. */
  #endOfString(chunk: Buffer, start: number): number {
    let at = start;
    while (at < chunk.length && chunk[at] !== QUOTE) {
      at += chunk[at] === BACKSLASH ? 2 : 1;
    }
    this.#unfinishedString = at < chunk.length ? undefined : at - chunk.length;
    return Math.min(at, chunk.length);
  }
}

/** Text in pieces. */
class Bytes {
  #pieces: Buffer[] = [];
  length = 0;

  add(piece: Buffer): void {
    if (piece.length > 0) {
      this.#pieces.push(piece);
      this.length += piece.length;
    }
  }

  /** The last bytes, as Latin-1. */
  end(bytes: number): string {
    let text = "";
    for (let last = this.#pieces.length - 1; last >= 0 && text.length < bytes; last -= 1) {
      const piece = this.#pieces[last] as Buffer;
      text = piece.toString("latin1", Math.max(0, piece.length - bytes)) + text;
    }
    return text;
  }

  /** Returns all bytes, and drops them. */
  take(): Buffer {
    const bytes = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.length = 0;
    return bytes;
  }
}
