// A resource change without its values. They are most of a plan's text, and only resources that change need them.

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
/** Differs between a bracket and the brace of the same direction. */
const BRACE_BIT = 0x20;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** The JSON of a resource change with `null` in place of the objects `before` and `after`. The values are not parsed. */
export function withoutValues(json: Buffer): string {
  let text = "";
  let copied = 0;
  let depth = 0;
  let isInChange = false;
  const { length } = json;
  for (let index = 0; index < length; ) {
    const byte = json[index] as number;
    if (byte !== QUOTE) {
      depth += depthChange(byte);
      index++;
      continue;
    }
    const end = endOfString(json, index);
    const colon = depth === 1 || (depth === 2 && isInChange) ? afterSpace(json, end) : -1;
    if (json[colon] !== COLON) {
      index = end; // a value, or a key somewhere else
    } else if (depth === 1) {
      isInChange = isWord(json, index, end, "change");
      index = colon + 1;
    } else if (isWord(json, index, end, "before") || isWord(json, index, end, "after")) {
      const start = afterSpace(json, colon + 1);
      index = endOfValue(json, start);
      if (json[start] !== OPEN_BRACE) {
        continue; // null, or an error that the caller finds
      }
      text += `${json.toString("utf8", copied, start)}null`;
      copied = index;
    } else {
      index = colon + 1;
    }
  }
  return text + json.toString("utf8", copied);
}

/** True if the string is this ASCII word. Compared byte by byte, which is faster than decoding the string. */
function isWord(json: Buffer, start: number, end: number, word: string): boolean {
  if (end - start !== word.length + 2) {
    return false;
  }
  for (let index = 0; index < word.length; index++) {
    if (json[start + 1 + index] !== word.charCodeAt(index)) {
      return false;
    }
  }
  return true;
}

function afterSpace(json: Buffer, from: number): number {
  let index = from;
  while (json[index] === 0x20 || json[index] === 0x0a || json[index] === 0x0d || json[index] === 0x09) {
    index++;
  }
  return index;
}

/** Index after the string that begins at an index. */
function endOfString(json: Buffer, start: number): number {
  const { length } = json;
  let index = start + 1;
  while (index < length) {
    const byte = json[index++];
    if (byte === QUOTE) {
      return index;
    }
    if (byte === BACKSLASH) {
      index++;
    }
  }
  return length;
}

function endOfValue(json: Buffer, start: number): number {
  const first = json[start] as number;
  if (first === QUOTE) {
    return endOfString(json, start);
  }
  return (first | BRACE_BIT) === OPEN_BRACE ? endOfContainer(json, start) : endOfWord(json, start);
}

function endOfContainer(json: Buffer, start: number): number {
  const { length } = json;
  let depth = 0;
  for (let index = start; index < length; ) {
    const byte = json[index] as number;
    if (byte === QUOTE) {
      index = endOfString(json, index);
      continue;
    }
    index++;
    depth += depthChange(byte);
    if (depth === 0) {
      return index;
    }
  }
  return length;
}

function depthChange(byte: number): number {
  const brace = byte | BRACE_BIT;
  return brace === OPEN_BRACE ? 1 : brace === CLOSE_BRACE ? -1 : 0;
}

/** Index of the delimiter after a number or a word. */
function endOfWord(json: Buffer, start: number): number {
  let index = start;
  while (index < json.length && json[index] !== COMMA && ((json[index] as number) | BRACE_BIT) !== CLOSE_BRACE) {
    index++;
  }
  return index;
}
