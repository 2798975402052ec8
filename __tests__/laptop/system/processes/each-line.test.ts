import { once } from "node:events";
import { PassThrough } from "node:stream";
import test from "ava";
import { eachLine } from "../../../../laptop/system/processes/each-line.ts";

for (const [what, chunks, expected] of [
  ["several lines in a chunk", ["a\nb\n"], ["a", "b"]],
  ["a line in several chunks", ["a", "b", "\n", "c\nd", "e\n"], ["ab", "c", "de"]],
  ["empty lines", ["\n\na\n"], ["", "", "a"]],
  ["no line feed at the end", ["a\nb"], ["a", "b"]],
  ["nothing", [], []],
  ["Windows's line ends, one of them in two chunks", ["a\r\nb\r", "\nc\r"], ["a", "b", "c"]],
  ["a progress bar", ["10%\r20%\r30%\n"], ["10%\r20%\r30%"]],
  ["separators in a string of JSON", ['{"msg":"a\u2028b\u2029c\u0085d"}\n'], ['{"msg":"a\u2028b\u2029c\u0085d"}']],
  ["a character in two chunks", [Buffer.from([0xe6]), Buffer.from([0xbc, 0xa2, 0x0a])], ["漢"]],
] as const) {
  test(`reads ${what}`, async (t) => {
    const stream = new PassThrough();
    const lines: string[] = [];
    eachLine(stream, (line) => lines.push(line));
    for (const chunk of chunks) {
      stream.write(chunk);
    }
    stream.end();
    await once(stream, "end");
    t.deepEqual(lines, [...expected]);
  });
}
