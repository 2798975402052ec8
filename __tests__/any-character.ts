import fc from "fast-check";

const SURROGATES = { first: 0xd800, count: 0x800 };

/**
 * Any character of Unicode, as a unit of `fc.string`. The library's `unit: "binary"` has the same characters, but fills a map
 * with all of them first, which takes a second of CPU time in each test file.
 */
export const anyCharacter = fc.integer({ min: 0, max: 0x10ffff - SURROGATES.count }).map(characterAt, indexOf);

function characterAt(index: number): string {
  return String.fromCodePoint(index < SURROGATES.first ? index : index + SURROGATES.count);
}

/** The inverse, with which `fc.string` also tries strings such as `__proto__`. */
function indexOf(character: unknown): number {
  const code = String(character).codePointAt(0) ?? -1;
  const index = code < SURROGATES.first ? code : code - SURROGATES.count;
  if (characterAt(index) !== character) {
    throw new Error("not a character");
  }
  return index;
}
