/** Minimum length of a copy: shorter values are likely to be words, numbers, or flags that are not secret elsewhere. */
export const MIN_LENGTH = 8;

/**
 * Finds copies of any number of secrets in one pass over a string, by the hash of their first characters (Rabin–Karp). The
 * time of a regular expression with all secrets would grow with their number.
 */
export class SecretSearch {
  readonly #secrets: ReadonlySet<string>;
  /** Lengths of the secrets by the hash of their beginning; the longest first, because one secret may be a prefix of another. */
  readonly #lengths: ReadonlyMap<number, readonly number[]>;

  /** Secrets of at least `MIN_LENGTH` characters. */
  constructor(secrets: Iterable<string>) {
    this.#secrets = new Set(secrets);
    const lengths = new Map<number, Set<number>>();
    for (const secret of this.#secrets) {
      const hash = hashOfStart(secret);
      lengths.set(hash, (lengths.get(hash) ?? new Set()).add(secret.length));
    }
    this.#lengths = new Map(
      lengths.entries().map(([hash, set]) => [hash, [...set].sort((one, other) => other - one)] as const),
    );
  }

  /** The string with each copy of a secret replaced. */
  replace(text: string, replacement: string, found: (secret: string) => void = () => {}): string {
    if (this.#secrets.size === 0 || text.length < MIN_LENGTH) {
      return text;
    }
    let result = "";
    let copied = 0;
    let hash = hashOfStart(text);
    for (let start = 0; ; start++) {
      const secret = start < copied ? undefined : this.#secretAt(text, start, hash);
      if (secret !== undefined) {
        found(secret);
        result += text.slice(copied, start) + replacement;
        copied = start + secret.length;
      }
      const next = start + MIN_LENGTH;
      if (next >= text.length) {
        return result + text.slice(copied);
      }
      hash = rolled(hash, text.charCodeAt(start), text.charCodeAt(next));
    }
  }

  #secretAt(text: string, start: number, hash: number): string | undefined {
    for (const length of this.#lengths.get(hash) ?? NONE) {
      const found = text.slice(start, start + length);
      if (this.#secrets.has(found) && isWhole(text, start, found)) {
        return found;
      }
    }
    return undefined;
  }
}

const NONE: readonly number[] = [];

/** False for digits that are part of a longer number. */
function isWhole(text: string, start: number, secret: string): boolean {
  return !DIGITS.test(secret) || !(isDigit(text[start - 1]) || isDigit(text[start + secret.length]));
}

const DIGITS = /^\d+$/;

function isDigit(character: string | undefined): boolean {
  return character !== undefined && DIGITS.test(character);
}

/** An odd number, so that no character is lost in 32 bits. */
const BASE = 0x01000193;

/** BASE ** MIN_LENGTH, in 32 bits. */
const LEAVING = Array.from({ length: MIN_LENGTH }).reduce<number>((power) => Math.imul(power, BASE), 1);

/** A polynomial of the first characters, in 32 bits. */
function hashOfStart(text: string): number {
  let hash = 0;
  for (let index = 0; index < MIN_LENGTH; index++) {
    hash = (Math.imul(hash, BASE) + text.charCodeAt(index)) | 0;
  }
  return hash;
}

/** The hash one character further. */
function rolled(hash: number, leaving: number, entering: number): number {
  return (Math.imul(hash, BASE) + entering - Math.imul(leaving, LEAVING)) | 0;
}
