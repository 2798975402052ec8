import { DOMParser } from "@xmldom/xmldom";
import test from "ava";
import { toJUnit } from "../../delivery/junit.ts";

// As `ava --tap` writes it.
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
ok 3 - deploy › deployment › comes up (skipped: no terraform) # SKIP

1..2
# tests 2
# pass 1
# fail 1
`;

test("a report has every test with its outcome", (t) => {
  const suite = new DOMParser().parseFromString(toJUnit(TAP), "text/xml").documentElement;
  t.deepEqual(
    ["tests", "failures", "skipped"].map((name) => suite?.getAttribute(name)),
    ["3", "1", "1"],
  );
  const cases = Array.from(suite?.getElementsByTagName("testcase") ?? []);
  t.deepEqual(
    cases.map((one) => [
      one.getAttribute("classname"),
      one.getAttribute("name"),
      Array.from(one.childNodes)
        .map(({ nodeName }) => nodeName)
        .join(),
    ]),
    [
      ["service.like", "a like counts", ""],
      ["service.like", '<b>bold</b> & "quoted"', "failure"],
      ["deploy.deployment", "comes up (skipped: no terraform)", "skipped"],
    ],
  );
  t.regex(String(cases[1]?.textContent), /is not "true"/);
});

test("a run that ended before its first test gives a report of none", (t) => {
  t.regex(toJUnit(""), /<testsuite name="npm test" tests="0" failures="0" skipped="0">/);
});
