#!/usr/bin/env bash
# JSON.stringify writes U+2028 as it is, and a file of JSON lines has one record per line feed. Node.js's readline also ends a line at
# U+2028 and at U+2029, so a record with one of them arrives in two parts that are not JSON. Its documentation names \n, \r, and \r\n.
# A library that reads JSON lines, split2, gets the records whole.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent node@26.10.0 split2@4.2.0

cat >read.mjs <<'PROBE'
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import split from "split2";

const text = ["like 1", "like\u20282", "like 3"].map((msg) => `${JSON.stringify({ msg })}\n`).join("");
const input = () => Readable.from([Buffer.from(text)]);
const records = async (lines) => {
  const found = { records: 0, broken: 0 };
  for await (const line of lines) {
    try {
      JSON.parse(line);
      found.records += 1;
    } catch {
      found.broken += 1;
    }
  }
  return `${found.records} records and ${found.broken} broken lines`;
};
console.log(`${await records(input().pipe(split()))}; ${await records(createInterface({ input: input(), crlfDelay: Infinity }))}`);
PROBE
found=$(npx node read.mjs)
echo "version:  Node.js $(npx node --version), split2 4.2.0"
echo "expected: 3 records and 0 broken lines, as split2 reads them"
echo "observed: split2: ${found%;*}; readline: ${found#*; }"
echo "source:   https://nodejs.org/api/readline.html, Event: 'line': \"an end-of-line input (\\n, \\r, or \\r\\n)\";"
echo "          https://jsonlines.org: \"Line Terminator is '\\n'\"; nodejs/node #62785"
[ "$found" = "3 records and 0 broken lines; 2 records and 2 broken lines" ]
