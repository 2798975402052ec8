import type { Section } from "./json-sections.ts";

// A resource change without its values. They are most of a plan's text, and only resources that change need them.

const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;

/** The JSON of a resource change with `null` in place of the objects `before` and `after`. The values are not parsed. */
export function withoutValues({ json, inner }: Pick<Section, "json" | "inner">): string {
  let text = "";
  let copied = 0;
  for (const { start, length } of inner) {
    if (json[start] === OPEN_BRACE && (isAt(json, start, "before") || isAt(json, start, "after"))) {
      text += `${json.toString("utf8", copied, start)}null`;
      copied = start + length;
    }
  }
  return text + json.toString("utf8", copied);
}

/** True if the value that starts at an index has this key, which is compared byte by byte: faster than decoding it. */
function isAt(json: Buffer, start: number, key: string): boolean {
  const colon = beforeSpace(json, start);
  const end = json[colon] === COLON ? beforeSpace(json, colon) : -1;
  const first = end - key.length;
  if (json[end] !== QUOTE || json[first - 1] !== QUOTE || json[first - 2] === BACKSLASH) {
    return false;
  }
  for (let index = 0; index < key.length; index++) {
    if (json[first + index] !== key.charCodeAt(index)) {
      return false;
    }
  }
  return true;
}

/** Index of the last character before an index that is not a space. */
function beforeSpace(json: Buffer, from: number): number {
  let index = from - 1;
  while (json[index] === 0x20 || json[index] === 0x0a || json[index] === 0x0d || json[index] === 0x09) {
    index--;
  }
  return index;
}
