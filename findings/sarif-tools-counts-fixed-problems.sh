#!/usr/bin/env bash
# In SARIF, a result with the baseline state "absent" was in the previous run and is gone: the problem is fixed. sarif-tools counts it like
# the others, so the check that compares with a baseline fails because of what has been fixed. Microsoft's SARIF Multitool writes such
# results when it matches a run with the previous one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent @microsoft/sarif-multitool@5.7.0
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check sarif-tools==3.0.5

cat >report.cjs <<'PROBE'
const results = process.argv.slice(2).map((file) => ({
  ruleId: "terraform_required_version",
  level: "error",
  message: { text: `${file} has no required version` },
  locations: [{ physicalLocation: { artifactLocation: { uri: file }, region: { startLine: 1 } } }],
}));
console.log(JSON.stringify({ version: "2.1.0", runs: [{ tool: { driver: { name: "linter" } }, results }] }));
PROBE
node report.cjs fixed.tf >previous.sarif
node report.cjs >current.sarif
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
npx sarif-multitool match-results-forward current.sarif --previous previous.sarif --output-file-path matched.sarif >/dev/null
state=$(node --print 'JSON.parse(fs.readFileSync("matched.sarif")).runs[0].results.map((result) => result.baselineState).join()')

check() {
  code=0
  summary=$(venv/bin/sarif --check error summary "$1" 2>/dev/null) || code=$?
  echo "$(grep '^error' <<<"$summary"), exit code $code"
}
plain=$(check current.sarif)
matched=$(check matched.sarif)
echo "version:  sarif-tools 3.0.5, sarif --check error summary, a run without results after one with an error"
echo "expected: as before SARIF Multitool 5.7.0 has added the result that is $state: $plain"
echo "observed: $matched"
echo "source:   https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html, baselineState property of a result; a tool of the field"
echo "          that writes it: https://github.com/wes-key/tf-snag/wiki/Baselines-and-Provenance, \"gone now: the drift was fixed\""
[ "$state" = "absent" ] && [ "$plain" = "error: 0, exit code 0" ] && [ "$matched" = "error: 1, exit code 1" ]
