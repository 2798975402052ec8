import test from "ava";
import { differences } from "../../review/differences.ts";
import { changeLines } from "../../review/markdown/changes.ts";
import { sidesOf } from "../../review/value.ts";

type Case = [before: object, after: object, lines: readonly string[]];

const CASES: Readonly<Record<string, Case>> = {
  "a plain value": [{ a: 1, b: 2 }, { a: 1, b: 3 }, ["! b: 2 → 3"]],
  "nothing said in other words": [{ a: null, b: "", c: [] }, { a: "", b: [], c: {} }, []],
  "JSON is read, whatever its spaces and its order": [
    { policy: '{"A": 1, "B": [1, 2]}' },
    { policy: '{"B":[1,2],"A":1}' },
    [],
  ],
  "JSON inside of JSON": [
    { body: JSON.stringify({ inner: JSON.stringify({ a: 1 }) }) },
    { body: JSON.stringify({ inner: JSON.stringify({ a: 2 }) }) },
    ["! body.inner.a: 1 → 2"],
  ],
  "elements go by their names, wherever they stand": [
    {
      containers: JSON.stringify([
        { name: "a", cpu: 1 },
        { name: "b", cpu: 1 },
      ]),
    },
    {
      containers: JSON.stringify([
        { name: "b", cpu: 2 },
        { name: "a", cpu: 1 },
      ]),
    },
    ["! containers[b].cpu: 1 → 2"],
  ],
  "an element without a name is what it has most in common with": [
    {
      rules: [
        { port: 80, from: "a", to: "x" },
        { port: 443, from: "a", to: "x" },
      ],
    },
    {
      rules: [
        { port: 443, from: "b", to: "x" },
        { port: 80, from: "a", to: "x" },
      ],
    },
    ['! rules[0].from: "a" → "b"'],
  ],
  "an element that comes and one that goes": [
    { subnets: ["a", "b"] },
    { subnets: ["b", "c"] },
    ['- subnets[]: "a"', '+ subnets[]: "c"'],
  ],
  "nothing but the order": [
    { command: ["a", "b"] },
    { command: ["b", "a"] },
    ['! command (order): ["a", "b"] → ["b", "a"]'],
  ],
  "a block of which there is one": [
    { logging: [{ enabled: true }] },
    { logging: [{ enabled: false }] },
    ["! logging.enabled: true → false"],
  ],
  "a name with dots": [{ tags: { "a.b c": 1 } }, { tags: { "a.b c": 2 } }, ['! tags."a.b c": 1 → 2']],
  "names that only look like something else": [
    JSON.parse('{"m": {"__proto__": 1, "constructor": 1}}'),
    JSON.parse('{"m": {"__proto__": 2, "constructor": 1}}'),
    ["! m.__proto__: 1 → 2"],
  ],
  "long values, from shortly before their first difference on": [
    { script: `${"x".repeat(500)}old${"y".repeat(500)}` },
    { script: `${"x".repeat(500)}new${"y".repeat(500)}` },
    [
      "! script:",
      `-   …${"x".repeat(30)}old${"y".repeat(27)}… (534 characters)`,
      `+   …${"x".repeat(30)}new${"y".repeat(27)}… (534 characters)`,
    ],
  ],
};

for (const [title, [before, after, lines]] of Object.entries(CASES)) {
  test(title, (t) => {
    t.deepEqual(linesOf(before, after), [...lines].sort());
  });
}

test("what is created or destroyed is listed as far as it says anything", (t) => {
  const thing = { name: "a", tags: {}, text: "", count: 0, policy: '{"a":1}' };
  t.deepEqual(linesOf(undefined, thing), ["+ count: 0", '+ name: "a"', '+ policy: {"a": 1}'].toSorted());
  t.deepEqual(linesOf(thing, undefined), ["- count: 0", '- name: "a"', '- policy: {"a": 1}'].toSorted());
});

test("unknown and sensitive parts are told apart from values, at any depth", (t) => {
  const sides = sidesOf(
    {
      before: { password: "one", list: [{ name: "a", value: "1" }] },
      after: { password: "two", list: [{ name: "a" }] },
      after_unknown: { list: [{ value: true }] },
      before_sensitive: { password: true },
      after_sensitive: { password: true },
    },
    () => {},
  );
  t.deepEqual(changeLines({ differences: differences(sides), replacedBy: ["password"], knownAfterApply: [] }, 60), [
    '! list.value: "1" → (known after apply)',
    "! password: (sensitive), changes  (forces the replacement)",
  ]);
});

function linesOf(before: object | undefined, after: object | undefined): readonly string[] {
  const sides = sidesOf({ before: before ?? null, after: after ?? null }, () => {});
  return changeLines({ differences: differences(sides), replacedBy: [], knownAfterApply: [] }, 60).toSorted();
}
