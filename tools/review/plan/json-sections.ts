import { exactNumber } from "../values/exact-number.ts";
import { TYPES } from "./shape.ts";

// Splits one JSON document into the sections that a reader asks for, while its bytes arrive. The rest is skipped without being
// parsed: `terraform show -json` writes every resource four times, and a review needs one of them.

/** Sections to emit: a complete value, each element of a list, each field of an object, or sections further inside an object. */
export type Sections = { readonly [key: string]: "value" | "elements" | "fields" | "skip" | Sections };

export interface Section {
  /** Keys from the root to the value, such as `["resource_changes", "0"]`. */
  readonly path: readonly string[];
  /** The value's JSON, which may be overwritten by the next chunk. */
  readonly json: Buffer;
  /** Position of the JSON in the document, in bytes. */
  readonly place: Place;
  /** True if the JSON may have numbers that a double cannot represent exactly. */
  readonly isExact: boolean;
  /** Places in the JSON of the objects and lists two levels inside the value, such as `before` in a resource's `change`. */
  readonly inner: readonly Place[];
}

export interface Place {
  readonly start: number;
  readonly length: number;
}

/** A document that ends early, is not one JSON object, or has a section of another type. The message does not quote the document: it may contain secrets. */
export class JsonError extends Error {
  override readonly name = "JsonError";
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
/** The bit that differs between `[` and `{`, and between `]` and `}`. */
const BRACE_BIT = 0x20;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** Depth of the objects and lists whose places a section has; the value itself is at depth 1. */
const INNER = 3;

/** Levels of a value beyond which recursive functions may overflow the stack. */
const MAX_DEPTH = 500;

type Wanted = Sections[string] | undefined;

/** An open object or list whose members are visited one by one. */
interface Container {
  readonly isList: boolean;
  readonly wanted: Wanted;
  key: string;
  index: number;
}

/**
 * Takes the bytes of a document chunk by chunk and returns the sections completed by each chunk. Keeps only the current
 * section in memory.
 */
export class JsonSections {
  readonly #wanted: Sections;
  readonly #onKey: (key: string) => void;
  readonly #open: Container[] = [];
  /** Bytes of the current key or value from earlier chunks. */
  #pending: Buffer[] = [];
  #pendingLength = 0;
  #state: "start" | "key" | "in key" | "colon" | "value" | "in value" | "comma" | "end" = "start";
  /** Bytes of earlier chunks. */
  #offset = 0;
  #skipped = 0;
  /** Kind of the current value. */
  #kind: "string" | "container" | "other" = "other";
  /** Containers open inside the current value. */
  #depth = 0;
  #inString = false;
  /** True if the current value has a number that a double may not represent exactly. */
  #isExact = false;
  /** True if the last byte of the previous chunk escapes the first byte of this one. */
  #escaped = false;
  #emits = false;
  /** Starts and ends, in the document, of the objects and lists two levels inside the current value. */
  #inner: number[] = [];

  /** `onKey` is called with each top-level key. */
  constructor(sections: Sections, onKey: (key: string) => void = () => {}) {
    this.#wanted = sections;
    this.#onKey = onKey;
  }

  /** Ignores bytes at the beginning of the first chunk. */
  skip(bytes: number): void {
    this.#skipped = bytes;
  }

  /** The chunk may be overwritten afterwards. */
  write(chunk: Buffer): Section[] {
    const found: Section[] = [];
    let start = 0;
    let index = this.#skipped;
    this.#skipped = 0;
    while (index < chunk.length) {
      const byte = chunk[index] as number;
      if (this.#state === "in value") {
        index = this.#endOfValue(chunk, index);
        if (index < 0) {
          break;
        }
        this.#finishValue(chunk, start, index, found);
        continue;
      }
      if (this.#state === "in key") {
        index = this.#endOfString(chunk, index);
        if (index < 0) {
          break;
        }
        this.#finishKey(chunk, start, index);
        continue;
      }
      if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
        index++;
        continue;
      }
      start = index;
      index = this.#step(byte, index);
    }
    if (this.#state === "in key" || (this.#state === "in value" && this.#emits)) {
      this.#pending.push(Buffer.from(chunk.subarray(start)));
      this.#pendingLength += chunk.length - start;
    }
    this.#offset += chunk.length;
    return found;
  }

  /** Throws a JsonError unless the document is complete. */
  end(): void {
    if (this.#state !== "end") {
      throw new JsonError(this.#state === "start" ? "the input is empty" : "the JSON is cut off");
    }
  }

  /** Handles a byte between tokens and returns the index to continue at. */
  #step(byte: number, index: number): number {
    const container = this.#open.at(-1);
    switch (this.#state) {
      case "start":
        if (byte !== OPEN_BRACE) {
          throw new JsonError("the input is not a JSON object");
        }
        this.#open.push({ isList: false, wanted: this.#wanted, key: "", index: -1 });
        this.#state = "key";
        return index + 1;
      case "key":
        if (byte === CLOSE_BRACE && isEmpty(container)) {
          return this.#close(index);
        }
        if (byte !== QUOTE) {
          throw new JsonError("the JSON is invalid");
        }
        this.#state = "in key";
        return index + 1;
      case "colon":
        if (byte !== COLON) {
          throw new JsonError("the JSON is invalid");
        }
        this.#state = "value";
        return index + 1;
      case "value":
        if (container?.isList && byte === CLOSE_BRACKET && isEmpty(container)) {
          return this.#close(index);
        }
        return this.#startValue(byte, index, container as Container);
      case "comma":
        if (byte === COMMA) {
          this.#state = container?.isList ? "value" : "key";
          return index + 1;
        }
        if (byte === (container?.isList ? CLOSE_BRACKET : CLOSE_BRACE)) {
          return this.#close(index);
        }
        throw new JsonError("the JSON is invalid");
      default:
        throw new JsonError(
          byte === OPEN_BRACE || byte === OPEN_BRACKET
            ? "the input has more than one JSON document"
            : "text follows the JSON, as the wrapper of hashicorp/setup-terraform writes it; set terraform_wrapper: false, or call terraform-bin",
        );
    }
  }

  #startValue(byte: number, index: number, container: Container): number {
    container.index++;
    const wanted = wantedIn(container);
    const opens = byte === OPEN_BRACE || byte === OPEN_BRACKET;
    if (wanted !== undefined && wanted !== "value" && wanted !== "skip") {
      const isList = wanted === "elements";
      if (byte !== (isList ? OPEN_BRACKET : OPEN_BRACE)) {
        const expected = isList ? TYPES.list : TYPES.object;
        throw new JsonError(`${this.#path().join(".")}: expected ${expected}, received ${typeAt(byte)}`);
      }
      this.#open.push({ isList, wanted, key: "", index: -1 });
      this.#state = isList ? "value" : "key";
      return index + 1;
    }
    this.#emits = wanted === "value";
    this.#state = "in value";
    this.#kind = opens ? "container" : byte === QUOTE ? "string" : "other";
    this.#depth = opens ? 1 : 0;
    this.#inString = byte === QUOTE;
    this.#isExact = this.#kind === "other";
    return this.#kind === "other" ? index : index + 1;
  }

  #close(index: number): number {
    this.#open.pop();
    this.#state = this.#open.length === 0 ? "end" : "comma";
    return index + 1;
  }

  #finishKey(chunk: Buffer, start: number, end: number): void {
    const container = this.#open.at(-1) as Container;
    container.key = parseString(this.#take(chunk, start, end).toString());
    if (this.#open.length === 1) {
      this.#onKey(container.key);
    }
    this.#state = "colon";
  }

  #finishValue(chunk: Buffer, start: number, end: number, found: Section[]): void {
    if (this.#emits) {
      const path = this.#path();
      const length = this.#pendingLength + end - start;
      const place = { start: this.#offset + end - length, length };
      const inner = placesFrom(this.#inner, place.start);
      found.push({ path, json: this.#take(chunk, start, end), place, isExact: this.#isExact, inner });
      this.#inner = [];
    }
    this.#emits = false;
    this.#state = "comma";
  }

  /** Path of the current value. */
  #path(): string[] {
    return this.#open.map(({ isList, key, index }) => (isList ? String(index) : key));
  }

  #take(chunk: Buffer, start: number, end: number): Buffer {
    const last = chunk.subarray(start, end);
    if (this.#pending.length === 0) {
      return last;
    }
    const whole = Buffer.concat([...this.#pending, last]);
    this.#pending = [];
    this.#pendingLength = 0;
    return whole;
  }

  /** Index after the closing quote of the current string, or -1 if it is in a later chunk. */
  #endOfString(chunk: Buffer, from: number): number {
    const { length } = chunk;
    let index = this.#escaped ? from + 1 : from;
    while (index < length) {
      const byte = chunk[index++];
      if (byte === QUOTE) {
        this.#escaped = false;
        return index;
      }
      if (byte === BACKSLASH) {
        index++;
      }
    }
    this.#escaped = index > length;
    return -1;
  }

  /** Index after the value, or -1 if its end is in a later chunk. */
  #endOfValue(chunk: Buffer, from: number): number {
    switch (this.#kind) {
      case "string":
        return this.#endOfString(chunk, from);
      case "container":
        return this.#endOfContainer(chunk, from);
      case "other":
        return endOfWord(chunk, from);
    }
  }

  /** The loop over almost every byte of a plan. */
  #endOfContainer(chunk: Buffer, from: number): number {
    const { length } = chunk;
    let depth = this.#depth;
    let index = from;
    if (this.#inString) {
      index = this.#endOfString(chunk, index);
      if (index < 0) {
        return index;
      }
    }
    while (index < length) {
      const byte = chunk[index++] as number;
      if (byte === QUOTE) {
        let isOpen = true;
        while (index < length) {
          const inner = chunk[index++];
          if (inner === QUOTE) {
            isOpen = false;
            break;
          }
          if (inner === BACKSLASH) {
            index++;
          }
        }
        if (isOpen) {
          this.#depth = depth;
          this.#inString = true;
          this.#escaped = index > length;
          return -1;
        }
      } else if ((byte | BRACE_BIT) === OPEN_BRACE) {
        depth++;
        if (depth === INNER && this.#emits) {
          this.#inner.push(this.#offset + index - 1);
        } else if (depth > MAX_DEPTH && this.#emits) {
          throw new JsonError("the JSON is nested too deeply");
        }
      } else if ((byte | BRACE_BIT) === CLOSE_BRACE) {
        if (depth === INNER && this.#emits) {
          this.#inner.push(this.#offset + index);
        }
        depth--;
        if (depth === 0) {
          return index;
        }
      } else if (byte >= ZERO && byte <= NINE) {
        const end = endOfNumber(chunk, index);
        this.#isExact ||= end === length || end - index >= MAX_DIGITS || ((chunk[end] as number) | 0x20) === LOWER_E;
        index = end;
      }
    }
    this.#depth = depth;
    this.#inString = false;
    return -1;
  }
}

/** True before the first member: no bracket may follow a comma. */
function isEmpty(container: Container | undefined): boolean {
  return container !== undefined && container.index < 0;
}

/** Places relative to a position, from alternating starts and ends. */
function placesFrom(bounds: readonly number[], origin: number): readonly Place[] {
  const places: Place[] = [];
  for (let index = 0; index < bounds.length; index += 2) {
    const start = bounds[index] as number;
    places.push({ start: start - origin, length: (bounds[index + 1] as number) - start });
  }
  return places;
}

/** Number of digits after the first one that a double always represents exactly. */
const MAX_DIGITS = 15;

const LOWER_E = "e".charCodeAt(0);
const POINT = ".".charCodeAt(0);

/** Index after the digits and the point of a number. */
function endOfNumber(chunk: Buffer, from: number): number {
  let index = from;
  while (index < chunk.length) {
    const byte = chunk[index] as number;
    if ((byte < ZERO || byte > NINE) && byte !== POINT) {
      return index;
    }
    index++;
  }
  return index;
}

/** Index after a number or a word, which ends before a comma or the bracket of its container; -1 if that is in a later chunk. */
function endOfWord(chunk: Buffer, from: number): number {
  for (let index = from; index < chunk.length; index++) {
    const byte = chunk[index] as number;
    if (byte === COMMA || (byte | BRACE_BIT) === CLOSE_BRACE) {
      return index;
    }
  }
  return -1;
}

/** Elements and fields of a wanted list or object are complete values. */
function wantedIn({ wanted, key }: Container): Wanted {
  if (wanted === "elements" || wanted === "fields") {
    return "value";
  }
  return typeof wanted === "object" && Object.hasOwn(wanted, key) ? wanted[key] : undefined;
}

/** Type of the value that begins with a byte. */
function typeAt(byte: number): string {
  switch (String.fromCharCode(byte)) {
    case "{":
      return TYPES.object;
    case "[":
      return TYPES.list;
    case '"':
      return TYPES.string;
    case "t":
    case "f":
      return TYPES.boolean;
    case "n":
      return TYPES.null;
    default:
      if (byte !== MINUS && (byte < ZERO || byte > NINE)) {
        throw new JsonError("the JSON is invalid");
      }
      return TYPES.number;
  }
}

function parseString(json: string): string {
  try {
    return JSON.parse(json) as string;
  } catch {
    throw new JsonError("the JSON is invalid");
  }
}

/**
 * A number that a double may not represent exactly: 16 digits, or an exponent. Strings may match as well, which costs only
 * time.
 */
const LONG_NUMBER = /\d(?:[\d.]{15}|[eE][+-]?\d+[,\s}\]])/;

/** True for JSON that may have numbers that a double cannot represent exactly. */
function hasLongNumber(json: string): boolean {
  return LONG_NUMBER.test(json);
}

/**
 * Parses JSON; integers beyond 2^53 become bigints, and other numbers that a double cannot represent exactly become
 * ExactNumbers.
 */
export function parseJson(json: string, isExact = hasLongNumber(json)): unknown {
  if (!isExact) {
    return JSON.parse(json);
  }
  // The third argument, the number as written, is newer than TypeScript's declaration of a reviver.
  const exact = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
    typeof value === "number" ? exactNumber(value, context?.source ?? String(value)) : value;
  return JSON.parse(json, exact as (key: string, value: unknown) => unknown);
}
