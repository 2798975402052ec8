import { DOMParser } from "@xmldom/xmldom";
import test from "ava";
import { toJUnit } from "../../../tools/delivery/junit.ts";

// Output of `ava --tap`.
const TAP = `TAP version 13
ok 1 - service › like › a like counts
not ok 2 - service › like › <b>bold</b> & "quoted"
  ---
    name: AssertionError
    message: is not "true"
    values:
      'Difference (- actual, + expected):': |-
        - 1
        + 2
  ...
ok 3 - deploy › deployment › is deployed (skipped: no terraform) # SKIP

1..3
# tests 3
# pass 1
# skip 1
# fail 1
`;

test("the report has every test with its outcome", (t) => {
  const suite = read(toJUnit({ tap: TAP, code: 1 }));
  t.deepEqual(suite.counts, ["3", "1", "1"]);
  t.deepEqual(
    suite.cases.map(({ classname, name, outcome }) => [classname, name, outcome]),
    [
      ["service.like", "a like counts", ""],
      ["service.like", '<b>bold</b> & "quoted"', "failure"],
      ["deploy.deployment", "is deployed (skipped: no terraform)", "skipped"],
    ],
  );
  t.regex(suite.cases[1]?.text ?? "", /is not "true"/);
});

const BROKEN: Readonly<Record<string, readonly [tap: string, code: number | null, reason: RegExp]>> = {
  "ended before its first test": ["", 1, /^the test run ended before its first test$/],
  "skips its tests and fails": ["TAP version 13\n1..0 # skip\n", 1, /^the test run ended with exit code 1$/],
  "has only a version": ["TAP version 14\n", 0, /^the test run ended before its first test$/],
  "has no plan": ["TAP version 13\nok 1 - a\n", 1, /^the test run ended early: 1 of an unknown number of tests$/],
  "has fewer tests than planned": ["TAP version 13\n1..3\nok 1 - a\n", 0, /^the test run ended early: 1 of 3 tests$/],
  "fails a test that it did not plan": [
    "TAP version 14\n1..0 # SKIP\nnot ok 1 - a\n",
    0,
    /^the output of the test run is not valid TAP: "not ok 1 - a" after a plan of no tests$/,
  ],
  "bails out after a plan of no tests": [
    "1..0\nBail out! no disk\n",
    0,
    /"Bail out! no disk" after a plan of no tests$/,
  ],
  "has more tests than planned": [
    "TAP version 13\n1..1\nok 1 - a\nok 2 - b\n",
    0,
    /^the output of the test run is not valid TAP: id greater than plan end$/,
  ],
  "numbers two tests alike": [
    "TAP version 13\nok 1 - a\nok 1 - b\n1..2\n",
    0,
    /^the output of the test run is not valid TAP: test point id 1 appears multiple times$/,
  ],
  "bails out in a subtest": [
    "TAP version 14\n# Subtest: a\n    ok 1 - b\n    Bail out! no port\n",
    1,
    /^the test run bailed out: no port$/,
  ],
  "bailed out": ["TAP version 13\nok 1 - a\nBail out! no memory\n", 1, /^the test run bailed out: no memory$/],
  "failed after its last test": ["TAP version 13\nok 1 - a\n1..1\n", 2, /^the test run ended with exit code 2$/],
  "was killed": ["TAP version 13\nok 1 - a\n1..1\n", null, /^the test run ended with a signal$/],
};

for (const [what, [tap, code, reason]] of Object.entries(BROKEN)) {
  test(`a run that ${what} is a failure with its reason`, (t) => {
    const { counts, cases } = read(toJUnit({ tap, code }));
    t.is(counts[1], "1");
    t.like(cases.at(-1), { name: "test run", outcome: "failure" });
    t.regex(cases.at(-1)?.text ?? "", reason);
  });
}

test("a plan may begin with another number, and a test without a name has its number", (t) => {
  const { counts, cases } = read(toJUnit({ tap: "TAP version 13\r\n2..3\r\nok 2\r\nok 3 - b\r\n", code: 0 }));
  t.deepEqual(counts, ["2", "0", "0"]);
  t.deepEqual(
    cases.map(({ name }) => name),
    ["test 2", "b"],
  );
});

test("a test without a number has its position", (t) => {
  const { cases } = read(toJUnit({ tap: "TAP version 13\n1..2\nok\nok\n", code: 0 }));
  t.deepEqual(
    cases.map(({ name }) => name),
    ["test 1", "test 2"],
  );
});

for (const plan of ["1..0", "1..0 # SKIP no database", "1..0 # no database"]) {
  test(`a run with the plan ${plan} is skipped`, (t) => {
    const { counts, cases } = read(toJUnit({ tap: `TAP version 14\n${plan}\n`, code: 0 }));
    t.deepEqual(counts, ["1", "0", "1"]);
    t.like(cases[0], { name: "test run", outcome: "skipped" });
  });
}

test("a failed test is reported even if its details are cut off", (t) => {
  const { counts, cases } = read(toJUnit({ tap: "TAP version 13\nnot ok 1 - a\n  ---\n  name: X\n  mess", code: 1 }));
  t.deepEqual(counts, ["2", "2", "0"]);
  t.is(cases[0]?.text, "no details");
});

test("characters that XML forbids are replaced", (t) => {
  const forbidden = ["\u0000", "\u000b", "\u001f", "\ufffe", "\uffff", "\ud800"];
  const { cases } = read(toJUnit({ tap: `TAP version 13\nok 1 - a${forbidden.join("b")}c 😀\n1..1\n`, code: 0 }));
  t.is(cases[0]?.name, "a\ufffdb\ufffdb\ufffdb\ufffdb\ufffdb\ufffdc 😀");
});

/** Parses a report, and throws if it is not well-formed. */
function read(xml: string) {
  // The parser accepts characters that XML 1.0 forbids (section 2.2).
  const forbidden = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u.exec(xml);
  if (forbidden !== null) {
    throw new Error(`U+${forbidden[0].codePointAt(0)?.toString(16)} is not allowed in XML`);
  }
  const suite = new DOMParser().parseFromString(xml, "text/xml").documentElement;
  return {
    counts: ["tests", "failures", "skipped"].map((name) => suite?.getAttribute(name)),
    cases: Array.from(suite?.getElementsByTagName("testcase") ?? []).map((one) => ({
      classname: one.getAttribute("classname"),
      name: one.getAttribute("name"),
      outcome: Array.from(one.childNodes)
        .map(({ nodeName }) => nodeName)
        .join(),
      text: one.textContent ?? "",
    })),
  };
}
