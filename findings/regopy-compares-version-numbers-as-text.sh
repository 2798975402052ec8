#!/usr/bin/env bash
# semver.compare() of regopy (rego-cpp) compares the parts of a version as text, so 5.100.0 is older than 5.99.0, and a release is older
# than its release candidate. A policy that asks for at least 5.99.0 of a provider rejects 5.100.0 although Open Policy Agent, the
# original, accepts it.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check regopy==1.5.2
export GOBIN="$folder/bin"
go install github.com/open-policy-agent/opa@v1.22.3 2>/dev/null

cat >probe.py <<'PROBE'
import json
import sys

from regopy import Interpreter

print(json.loads(str(Interpreter().query(f"result := {sys.argv[1]}")))["bindings"]["result"])
PROBE
opa() {
  bin/opa eval --format raw "$1"
}
regopy() {
  venv/bin/python probe.py "$1"
}
all() {
  for versions in '"5.100.0", "5.99.0"' '"1.11.4", "1.9.8"' '"2.0.0", "2.0.0-rc.1"' '"2.0.0", "1.0.0"'; do
    "$1" "semver.compare($versions)"
  done
}
opa=$(all opa | paste -sd " ")
regopy=$(all regopy | paste -sd " ")
echo "version:  regopy 1.5.2, semver.compare() of 5.100.0 and 5.99.0, 1.11.4 and 1.9.8, 2.0.0 and 2.0.0-rc.1, 2.0.0 and 1.0.0"
echo "expected: as from Open Policy Agent 1.22.3: $opa"
echo "observed: $regopy"
echo "source:   https://semver.org, item 11: \"always compared numerically\"; README.md of regopy: \"full compatibility with the reference"
echo "          Go implementation\" (semver.compare is not in its list of unsupported built-ins)"
[ "$opa" = "1 1 1 1" ] && [ "$regopy" = "-1 -1 -1 1" ]
