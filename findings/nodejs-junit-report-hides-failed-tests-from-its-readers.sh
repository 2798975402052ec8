#!/usr/bin/env bash
# Node.js writes a test outside of any describe() directly below <testsuites>. Readers of JUnit XML look for tests in a <testsuite>, so
# three of them miss the failure of such a test: junitparser calls the report passed, and test-results-parser and junit-to-ctrf count no
# failed test. In a suite, all of them find it.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent junit-to-ctrf@0.0.14 test-results-parser@0.4.6
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check junitparser==5.0.3

cat >outside.test.mjs <<'PROBE'
import { equal } from "node:assert/strict";
import test, { describe } from "node:test";

test("sends the report", () => equal(1, 2));
describe("likes", () => {
  test("are counted", () => {});
});
PROBE
cat >inside.test.mjs <<'PROBE'
import { equal } from "node:assert/strict";
import test, { describe } from "node:test";

describe("likes", () => {
  test("sends the report", () => equal(1, 2));
  test("are counted", () => {});
});
PROBE
cat >count.cjs <<'PROBE'
const { parse } = require("test-results-parser");
const ctrf = require("./ctrf.json").results.summary;

const { failed } = parse({ type: "junit", files: [process.argv[2]] });
console.log(`test-results-parser ${failed} failed, junit-to-ctrf ${ctrf.failed} failed`);
PROBE
read_report() {
  node --test --test-reporter=junit "$1.test.mjs" >"$1.xml" && code=0 || code=$?
  venv/bin/junitparser verify "$1.xml" && verdict=passed || verdict=failed
  npx junit-to-ctrf "$1.xml" --output ctrf.json >/dev/null
  echo "Node.js $code, junitparser $verdict, $(node count.cjs "$1.xml")"
}

inside=$(read_report inside)
outside=$(read_report outside)
echo "version:  $(node --version) with junitparser 5.0.3, test-results-parser 0.4.6, junit-to-ctrf 0.0.14, one test of two fails"
echo "expected: as if that test is in a suite: $inside"
echo "observed: $outside"
echo "source:   https://nodejs.org/api/test.html, Test reporters: \"The junit reporter outputs test results in a jUnit XML format\";"
echo "          https://github.com/jenkinsci/xunit-plugin, junit-10.xsd: <testsuites> has only <testsuite> elements"
[ "$inside" = "Node.js 1, junitparser failed, test-results-parser 1 failed, junit-to-ctrf 1 failed" ] &&
  [ "$outside" = "Node.js 1, junitparser passed, test-results-parser 0 failed, junit-to-ctrf 0 failed" ]
