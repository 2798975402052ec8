#!/usr/bin/env bash
# cdktf turns the keys of a map into snake case if the map is the default of a variable. A tag "CostCenter" becomes
# "cost_center", and keys that differ only in their case become one. Locals and outputs keep their keys.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent cdktf@0.21.0 constructs@10.4.2

cat >probe.cjs <<'PROBE'
const { TerraformLocal, TerraformStack, TerraformVariable, Testing } = require("cdktf");

const stack = new TerraformStack(Testing.app(), "stack");
const map = { CostCenter: "1", costCenter: "2" };
new TerraformVariable(stack, "extra-tags", { type: "map(string)", default: map });
new TerraformLocal(stack, "local-tags", map);
const { variable, locals } = JSON.parse(Testing.synth(stack));
console.log(JSON.stringify({ variable: variable["extra-tags"].default, local: locals["local-tags"] }[process.argv[2]]));
PROBE

variable=$(node probe.cjs variable)
local=$(node probe.cjs local)
echo "version:  cdktf 0.21.0, a variable of type map(string) with a default"
echo "expected: the keys as given, as in a local: $local"
echo "observed: $variable"
echo "source:   https://github.com/hashicorp/terraform-cdk/issues/2473 and packages/cdktf/lib/terraform-variable.ts, keysToSnakeCase"
[ "$local" = '{"CostCenter":"1","costCenter":"2"}' ] && [ "$variable" = '{"cost_center":"2"}' ]
