#!/usr/bin/env bash
# AVA's TAP reporter prints a failed hook as a numbered test point but counts it neither in the plan nor in the summary. The
# output says "# fail 0", and a TAP consumer rejects it because it has more test points than its plan.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent ava@8.0.1 tap-parser@18.3.4

cat >hook.test.mjs <<'TEST'
import test from "ava";

test("a test that passes", (t) => t.pass());
test.after.always("cleanup", () => {
  throw new Error("the cleanup failed");
});
TEST
cat >parse.mjs <<'PROBE'
import { readFileSync } from "node:fs";
import { Parser } from "tap-parser";

const parser = new Parser((results) => console.log(results.failures.find(({ tapError }) => tapError)?.tapError));
parser.end(readFileSync("output.tap", "utf8"));
PROBE

code=0
npx --no-install ava --tap hook.test.mjs >output.tap || code=$?
points=$(grep -cE '^(not )?ok ' output.tap || true)
plan=$(grep -E '^1\.\.' output.tap || true)
failures=$(grep -E '^# fail ' output.tap || true)
tap_error=$(node parse.mjs)
echo "version:  AVA 8.0.1, a test that passes and a cleanup hook that fails"
echo "expected: 2 test points, plan 1..2, # fail 1"
echo "observed: $points test points, plan $plan, $failures, exit code $code; tap-parser 18.3.4 says \"$tap_error\""
echo "source:   https://testanything.org/tap-specification.html, The plan; https://github.com/avajs/ava, lib/reporters/tap.js, endRun"
[ "$points" = 2 ] && [ "$plan" = 1..1 ] && [ "$failures" = "# fail 0" ] && [ "$code" = 1 ] && [ "$tap_error" = "id greater than plan end" ]
