#!/usr/bin/env bash
# Fn.rawString() of cdktf promises to escape a string for Terraform. It escapes quotes and line breaks but not backslashes, so "\n" in a
# start script or in JSON becomes a line break on its way through a function such as base64encode(), and "\t" in a path a tab. The
# same string outside of a function stays as it is.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent cdktf@0.21.0 constructs@10.7.2

cat >probe.cjs <<'PROBE'
const { App, Fn, TerraformOutput, TerraformStack } = require("cdktf");

const texts = { script: "printf 'one\\ntwo'", json: JSON.stringify({ lines: "one\ntwo" }), path: "C:\\temp" };
const app = new App({ outdir: "out" });
const stack = new TerraformStack(app, "stack");
for (const [name, text] of Object.entries(texts)) {
  new TerraformOutput(stack, `plain-${name}`, { value: text });
  new TerraformOutput(stack, `function-${name}`, { value: Fn.base64decode(Fn.base64encode(Fn.rawString(text))) });
}
app.synth();
PROBE
node probe.cjs
terraform -chdir=out/stacks/stack init -input=false >/dev/null
terraform -chdir=out/stacks/stack apply -auto-approve -input=false >/dev/null
terraform -chdir=out/stacks/stack output -json >outputs.json
cat >texts.cjs <<'PROBE'
const { readFileSync } = require("node:fs");

const outputs = JSON.parse(readFileSync("outputs.json", "utf8"));
console.log(["script", "json", "path"].map((name) => JSON.stringify(outputs[`${process.argv[2]}-${name}`].value)).join(", "));
PROBE

plain=$(node texts.cjs plain)
function=$(node texts.cjs function)
echo "version:  cdktf 0.21.0, $(terraform version | head -n 1), three outputs, as JSON"
echo "expected: the text as given, as without a function: $plain"
echo "observed: $function"
echo "source:   https://github.com/hashicorp/terraform-cdk, packages/cdktf/lib/terraform-functions.ts, rawString: \"escape it properly for"
echo "          the use in Terraform\"; escapeString in lib/tfExpression.js of the package (issue 1165 added line breaks)"
[ "$plain" = '"printf '"'"'one\\ntwo'"'"'", "{\"lines\":\"one\\ntwo\"}", "C:\\temp"' ] &&
  [ "$function" = '"printf '"'"'one\ntwo'"'"'", "{\"lines\":\"one\ntwo\"}", "C:\temp"' ]
