import type { Readable } from "node:stream";

/**
 * Calls `take` with each line of a stream, without its line feed. Only a line feed ends a line, as in CloudWatch Logs. Node.js's
 * readline also ends one at a carriage return, and at U+2028 and U+2029, which JSON allows in its strings.
 */
export function eachLine(stream: Readable, take: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    const lines = text.split("\n");
    lines[0] = rest + lines[0];
    rest = lines.pop() as string;
    lines.forEach(takeWhole);
  });
  stream.on("end", () => {
    if (rest !== "") {
      takeWhole(rest);
    }
  });

  function takeWhole(line: string): void {
    take(line.endsWith("\r") ? line.slice(0, -1) : line);
  }
}
