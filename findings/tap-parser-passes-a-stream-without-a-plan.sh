#!/usr/bin/env bash
# The plan of a TAP stream shows that it is complete, so a harness must treat a stream without one as a failed test. tap-parser makes up
# the plan 1..0 if no test has been reported: the output of a program that ends in its setup passes, and even no output at all.
# After the first test, the same program fails. Our test report looks for the plan in the output itself.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent tap-parser@18.3.4

result() { npx tap-parser >/dev/null 2>&1 && echo passes || echo fails; }

setup=$(printf 'TAP version 14\n# connecting\nError: no database\n' | result)
nothing=$(result </dev/null)
first=$(printf 'TAP version 14\n# connecting\nok 1 - connects\nError: no database\n' | result)
echo "version:  tap-parser 18.3.4, streams without a plan"
echo "expected: fails in the setup, fails without output, fails after the first test"
echo "observed: $setup in the setup, $nothing without output, $first after the first test"
echo "source:   https://testanything.org/tap-version-14-specification.html, Plan: \"A Harness must treat a TAP stream lacking a plan as a"
echo "          failed test\"; the README, complete: \"ok member which is true if and only if the planned test were all found\""
[ "$setup, $nothing, $first" = "passes, passes, fails" ]
