#!/usr/bin/env bash
# A result in SARIF may leave out its level. It then has the level of its rule, or "warning". sarif-junit writes a failed test only for
# a result with a level of its own, so problems that a linter reports by rule become tests that passed, and the pipeline is green.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent sarif-junit@1.1.4
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check sarif-tools==3.0.5

cat >report.cjs <<'PROBE'
const [place] = process.argv.slice(2);
const level = "error";
const rule = { id: "open_to_the_internet", ...(place === "rule" && { defaultConfiguration: { level } }) };
const result = {
  ruleId: rule.id,
  ruleIndex: 0,
  ...(place === "result" && { level }),
  message: { text: "0.0.0.0/0 reaches port 22" },
  locations: [{ physicalLocation: { artifactLocation: { uri: "main.tf" }, region: { startLine: 1 } } }],
};
const run = { tool: { driver: { name: "linter", rules: [rule] } }, results: [result] };
console.log(JSON.stringify({ version: "2.1.0", runs: [run] }));
PROBE
read_report() {
  node report.cjs "$1" >report.sarif
  npx sarif-junit report.sarif report.xml >/dev/null
  summary=$(venv/bin/sarif summary report.sarif 2>/dev/null)
  echo "$(grep -c "<failure" report.xml || true) of 1, $(grep "^error" <<<"$summary"), $(grep "^warning" <<<"$summary")"
}

result=$(read_report result)
rule=$(read_report rule)
none=$(read_report none)
echo "version:  sarif-junit 1.1.4, failed tests, and the counts of sarif-tools 3.0.5, of a result whose level is in its rule, or nowhere"
echo "expected: as with the level error in the result: $result"
echo "observed: $rule; $none"
echo "source:   https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html, level property of a result: \"level SHALL be"
echo "          determined by the following procedure\", which takes the level of the rule and otherwise \"warning\""
[ "$result" = "1 of 1, error: 1, warning: 0" ] && [ "$rule" = "0 of 1, error: 1, warning: 0" ] &&
  [ "$none" = "0 of 1, error: 0, warning: 1" ]
