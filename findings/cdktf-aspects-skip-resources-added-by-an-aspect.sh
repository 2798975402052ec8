#!/usr/bin/env bash
# An aspect of cdktf does not visit a resource that another aspect has added next to the visited one: an aspect that sets
# tags misses it, without a warning. A resource that is added below the visited one is visited. AWS CDK visits both.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent cdktf@0.21.0 aws-cdk-lib@2.230.0 constructs@10.4.2

cat >probe.cjs <<'PROBE'
const cdk = require("aws-cdk-lib");
const cdktf = require("cdktf");

const libraries = {
  cdktf: () => {
    const app = new cdktf.App({ outdir: "out" });
    const stack = new cdktf.TerraformStack(app, "shop");
    const addLog = (scope, id) => new cdktf.TerraformResource(scope, id, { terraformResourceType: "aws_cloudwatch_log_group" });
    return { app, stack, addLog, aspects: cdktf.Aspects.of(stack), isResource: (node) => node instanceof cdktf.TerraformResource };
  },
  cdk: () => {
    const app = new cdk.App({ outdir: "out", postCliContext: { "@aws-cdk/core:aspectStabilization": true } });
    const stack = new cdk.Stack(app, "shop");
    const addLog = (scope, id) => new cdk.CfnResource(scope, id, { type: "AWS::Logs::LogGroup" });
    return { app, stack, addLog, aspects: cdk.Aspects.of(stack), isResource: cdk.CfnResource.isCfnResource };
  },
};
const { app, stack, addLog, aspects, isResource } = libraries[process.argv[2]]();
addLog(stack, "like");
const visited = [];
aspects.add({
  visit(node) {
    if (node.node.id !== "like") return;
    if (!node.node.tryFindChild("below")) addLog(node, "below");
    if (!stack.node.tryFindChild("beside")) addLog(stack, "beside");
  },
});
aspects.add({ visit: (node) => isResource(node) && visited.push(node.node.id) });
app.synth();
console.log([...new Set(visited)].sort().join(", "));
PROBE

cdktf=$(node probe.cjs cdktf)
cdk=$(node probe.cjs cdk)
echo "version:  cdktf 0.21.0, an aspect that adds a resource below and one beside the resource \"like\", and then another aspect"
echo "expected: the other aspect visits all, as in aws-cdk-lib 2.230.0 with aspectStabilization: $cdk"
echo "observed: $cdktf"
echo "source:   https://developer.hashicorp.com/terraform/cdktf/concepts/aspects (\"all constructs within a given scope\") and"
echo "          https://github.com/hashicorp/terraform-cdk, packages/cdktf/lib/synthesize/synthesizer.ts, invokeAspects"
[ "$cdk" = "below, beside, like" ] && [ "$cdktf" = "below, like" ]
