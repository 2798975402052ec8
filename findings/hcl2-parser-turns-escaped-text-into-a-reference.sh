#!/usr/bin/env bash
# In Terraform, "$${...}" is text: a variable of an IAM policy or of a shell script. hcl2-parser converts it to "${...}", which
# is a reference in Terraform's JSON. The converted file fails, or silently has the value of the reference instead of the text.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent hcl2-parser@1.0.3 @cdktn/hcl2json@0.24.0

mkdir hcl hcl2-parser hcl2json
cat >hcl/main.tf <<'HCL'
locals {
  user = "terraform"
}

output "script" {
  value = "echo $${local.user}"
}
HCL
cat >convert.cjs <<'PROBE'
const { readFileSync } = require("node:fs");
const { parse } = require("@cdktn/hcl2json");
const { parseToString } = require("hcl2-parser");

const hcl = readFileSync("hcl/main.tf", "utf8");
const convert = { "hcl2-parser": async () => parseToString(hcl)[0], hcl2json: async () => JSON.stringify(await parse("main.tf", hcl)) };
convert[process.argv[2]]().then(console.log);
PROBE
node convert.cjs hcl2-parser >hcl2-parser/main.tf.json
node convert.cjs hcl2json >hcl2json/main.tf.json

script() {
  terraform -chdir="$1" init -input=false >/dev/null
  terraform -chdir="$1" apply -auto-approve -input=false >/dev/null
  terraform -chdir="$1" output -raw script
}
hcl=$(script hcl)
parser=$(script hcl2-parser)
json=$(script hcl2json)
echo "version:  hcl2-parser 1.0.3, $(terraform version | head -n 1), an output with the text \"echo \$\${local.user}\", converted to JSON"
echo "expected: as from the original: $hcl, and as through @cdktn/hcl2json 0.24.0: $json"
echo "observed: $parser"
echo "source:   https://developer.hashicorp.com/terraform/language/expressions/strings, Escape sequences;"
echo "          https://github.com/tmccombs/hcl2json/issues/96, fixed there since; https://github.com/benc-uk/hcl2-parser uses an older one"
# shellcheck disable=SC2016 # Text that looks like a reference.
[ "$hcl" = 'echo ${local.user}' ] && [ "$json" = "$hcl" ] && [ "$parser" = "echo terraform" ]
