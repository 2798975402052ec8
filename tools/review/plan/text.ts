import { closeSync, openSync, readSync } from "node:fs";
import type { Place } from "./json-sections.ts";

// The text of a plan file. It is read in chunks first, and then once more wherever values are needed: memory holds only the
// names of the resources, for a plan of any length.

/** Small enough to stay in the processor's cache. */
const CHUNK = 1 << 17;

/** The bytes of a file. Every chunk is overwritten by the next one. */
export function* readChunks(file: string): Generator<Buffer> {
  const chunk = Buffer.allocUnsafe(CHUNK);
  const descriptor = openSync(file, "r");
  close(); // the same name may be another file now
  try {
    for (;;) {
      const length = readSync(descriptor, chunk);
      if (length === 0) {
        return;
      }
      yield chunk.subarray(0, length);
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Most parts are read again in the order of the file. */
const READ_AHEAD = 1 << 15;

/** The file that was read last. A review reads plans one after the other. */
let opened: { readonly file: string; readonly descriptor: number } | undefined;

/** The bytes that were read last, and their place in the file. */
let buffer = Buffer.allocUnsafe(READ_AHEAD);
let buffered: Place = { start: 0, length: 0 };

/** Reads a part of a file. Returns less if the file has been truncated in the meantime. */
export function readAt(file: string, { start, length }: Place): string {
  if (opened?.file !== file) {
    close();
    opened = { file, descriptor: openSync(file, "r") };
  }
  if (start < buffered.start || start + length > buffered.start + buffered.length) {
    if (buffer.length < length) {
      buffer = Buffer.allocUnsafe(length);
    }
    buffered = { start, length: readSync(opened.descriptor, buffer, 0, buffer.length, start) };
  }
  const offset = start - buffered.start;
  return buffer.toString("utf8", offset, Math.min(offset + length, buffered.length));
}

function close(): void {
  if (opened !== undefined) {
    closeSync(opened.descriptor);
    opened = undefined;
    buffered = { start: 0, length: 0 };
  }
}
