#!/usr/bin/env bash
# cdktf's Testing.synth() skips the step that turns a reference to another stack into a remote state output. The text that a test
# sees refers to a resource that its stack does not declare, and the output of the other stack is missing; app.synth() has both.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent cdktf@0.21.0 constructs@10.4.2

cat >probe.cjs <<'PROBE'
const { readFileSync } = require("node:fs");
const { App, TerraformOutput, TerraformResource, TerraformStack, Testing } = require("cdktf");

const app = new App({ outdir: "out" });
const network = new TerraformStack(app, "network");
const vpc = new TerraformResource(network, "vpc", { terraformResourceType: "aws_vpc" });
const service = new TerraformStack(app, "service");
new TerraformOutput(service, "vpc-id", { value: vpc.getStringAttribute("id"), staticId: true });

const synthesize = {
  testing: (stack) => Testing.synth(stack),
  app: (stack) => {
    app.synth();
    return readFileSync(`out/stacks/${stack.node.id}/cdk.tf.json`, "utf8");
  },
}[process.argv[2]];
const { value } = JSON.parse(synthesize(service)).output["vpc-id"];
const outputs = Object.keys(JSON.parse(synthesize(network)).output ?? {}).length;
const reference = value.startsWith("${data.terraform_remote_state.") ? "remote state" : value;
console.log(`${reference}, outputs of the other stack: ${outputs}`);
PROBE

testing=$(node probe.cjs testing)
app=$(node probe.cjs app)
echo "version:  cdktf 0.21.0, an output that refers to a VPC of another stack"
echo "expected: the same reference from Testing.synth() as from app.synth(): $app"
echo "observed: $testing"
echo "source:   https://github.com/hashicorp/terraform-cdk, packages/cdktf/lib/testing/index.ts (no prepareStack), issue 3538"
# shellcheck disable=SC2016 # A Terraform reference.
[ "$testing" = '${aws_vpc.vpc.id}, outputs of the other stack: 0' ] && [ "$app" = "remote state, outputs of the other stack: 1" ]
