#!/usr/bin/env bash
# In TAP, a failing test with the directive TODO is no failure: it marks work to be done. tap-junit reports it as one, so a pipeline
# that reads JUnit XML fails after a test run of Node.js that ended with 0. tap-xunit reports it as skipped.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent tap-junit@5.0.4 tap-xunit@2.4.1

cat >probe.mjs <<'PROBE'
import { equal } from "node:assert/strict";
import test from "node:test";

test("works", () => {});
test("sends the report", { todo: "no report yet" }, () => equal(1, 2));
PROBE
cat >count.cjs <<'PROBE'
const { readFileSync } = require("node:fs");

const xml = readFileSync(0, "utf8");
const count = (element) => xml.match(new RegExp(`<${element}[ />]`, "g"))?.length ?? 0;
console.log(`${count("failure")} failed, ${count("skipped")} skipped`);
PROBE

node --test --test-reporter=tap probe.mjs >results.tap && tests=0 || tests=$?
xunit=$(npx tap-xunit <results.tap | node count.cjs)
junit=$(npx tap-junit <results.tap | node count.cjs)
echo "version:  tap-junit 5.0.4, a test that passes and one that is still to do, which $(node --version) ends with code $tests"
echo "expected: as from tap-xunit 2.4.1: $xunit"
echo "observed: $junit"
echo "source:   https://testanything.org/tap-version-14-specification.html, TODO tests: \"Harnesses must not treat failing TODO test points"
echo "          as a test failure\""
[ "$tests" = 0 ] && [ "$xunit" = "0 failed, 1 skipped" ] && [ "$junit" = "1 failed, 0 skipped" ]
