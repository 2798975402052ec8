import test from "ava";
import fc from "fast-check";
import { ArraySplitter, SizeError } from "../../lambda/log-shipper/split.ts";
import { anyCharacter } from "../any-character.ts";

const UNLIMITED = { target: Number.POSITIVE_INFINITY, most: Number.POSITIVE_INFINITY };

/** Splits text that arrives in chunks of some bytes. */
function split(json: string, chunk: number, size = UNLIMITED) {
  const blocks: string[] = [];
  const splitter = new ArraySplitter("items", size, (block) => blocks.push(block.toString("utf8")));
  const bytes = Buffer.from(json);
  for (let start = 0; start < bytes.length; start += chunk) {
    splitter.push(bytes.subarray(start, start + chunk));
  }
  return { blocks, rest: splitter.end() };
}

const anyText = fc.oneof(
  fc.string({ unit: anyCharacter }),
  fc.stringMatching(/^["\\,[\]{}: ]*$/),
  fc.constant('"items":['),
);
const anyValue = fc.oneof(anyText, fc.jsonValue({ maxDepth: 3 }));

test("property: blocks and the rest hold the whole object, for any chunks and any block size", (t) => {
  fc.assert(
    fc.property(
      fc.array(anyValue, { maxLength: 8 }),
      fc.dictionary(
        anyText.filter((name) => name !== "items"),
        anyValue,
        { maxKeys: 4 },
      ),
      fc.dictionary(
        anyText.filter((name) => name !== "items"),
        anyValue,
        { maxKeys: 4 },
      ),
      fc.nat(2),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 60 }),
      (items, before, after, indent, chunk, target) => {
        const json = JSON.stringify({ ...before, items, ...after }, undefined, indent);

        const { blocks, rest } = split(json, chunk, { ...UNLIMITED, target });

        t.deepEqual(
          blocks.flatMap((block) => JSON.parse(`[${block}]`)),
          JSON.parse(json).items,
        );
        t.deepEqual(JSON.parse(rest), { ...JSON.parse(json), items: [] });
        t.true(
          blocks.slice(0, -1).every((block) => Buffer.byteLength(block) >= target),
          "only the last may be smaller",
        );
      },
    ),
    { numRuns: 500 },
  );
});

test("an array inside another value is not taken for the member", (t) => {
  const json = '{"a":{"items":[1]},"items\\\\":[2],"x\\"items":[3],"items":[4]}';
  t.deepEqual(split(json, 3), { blocks: ["4"], rest: json.replace("4", "") });
});

test("without the member, everything is the rest", (t) => {
  for (const json of ["", "{}", "[1,2]", '{"items":{"a":[1]}}', '"items":[1]', "text"]) {
    t.deepEqual(split(json, 2), { blocks: [], rest: json });
  }
});

test("an element or a rest above the limit ends the split", (t) => {
  const limits = { target: 10, most: 100 };
  const long = JSON.stringify("x".repeat(90));
  t.is(split(`{"items":[${long},${long}]}`, 7, limits).blocks.length, 2);
  const longer = JSON.stringify("x".repeat(100));
  t.throws(() => split(`{"items":[${longer}]}`, 7, limits), { instanceOf: SizeError });
  t.throws(() => split(`{"other":${longer}}`, 7, limits), { instanceOf: SizeError });
});
