#!/usr/bin/env bash
# In the JMESPath of Powertools for AWS Lambda (TypeScript), map() and not_null() return null for 0, false, and "". A list of
# stock levels loses its zeros, and an idempotency key made with not_null() is null for order number 0. Other implementations of
# JMESPath keep these values.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent @aws-lambda-powertools/jmespath@2.36.0 jmespath@0.16.0
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check jmespath==1.1.0

cat >probe.mjs <<'PROBE'
import { search } from "@aws-lambda-powertools/jmespath";
import jmespath from "jmespath";

const [library, expression, data] = process.argv.slice(2);
const searches = { powertools: () => search(expression, JSON.parse(data)), jmespath: () => jmespath.search(JSON.parse(data), expression) };
console.log(JSON.stringify(searches[library]()));
PROBE
cat >probe.py <<'PROBE'
import json
import sys

import jmespath

print(json.dumps(jmespath.search(sys.argv[1], json.loads(sys.argv[2])), separators=(",", ":")))
PROBE

# shellcheck disable=SC2016 # A literal of JMESPath.
all() {
  "$@" 'map(&stock, items)' '{"items": [{"stock": 0}, {"stock": 3}]}'
  "$@" 'not_null(number, id)' '{"number": 0, "id": "a"}'
  "$@" 'not_null(paid, `true`)' '{"paid": false}'
}
powertools=$(all node probe.mjs powertools | paste -sd " ")
javascript=$(all node probe.mjs jmespath | paste -sd " ")
python=$(all venv/bin/python probe.py | paste -sd " ")
echo "version:  @aws-lambda-powertools/jmespath 2.36.0, map() over a stock of 0 and 3, not_null() of 0 and of false"
echo "expected: as from jmespath 0.16.0 (npm): $javascript, and from jmespath 1.1.0 (PyPI): $python"
echo "observed: $powertools"
echo "source:   https://jmespath.org/specification.html, not_null: \"the first argument that does not resolve to null\"; Functions.js"
echo "          of the package, funcMap and funcNotNull (\"|| null\")"
[ "$javascript" = "[0,3] 0 false" ] && [ "$python" = "$javascript" ] && [ "$powertools" = "[null,3] null null" ]
