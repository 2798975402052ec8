#!/usr/bin/env bash
# cdktf does not notice that two resources of a type get the same logical ID from overrideLogicalId(). It merges their arguments, so
# one resource is missing from the plan and the other one has arguments of both. AWS CDK and Terraform report duplicates.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent cdktf@0.21.0 constructs@10.4.2 aws-cdk-lib@2.230.0

cat >probe.cjs <<'PROBE'
const { readFileSync } = require("node:fs");
const cdk = require("aws-cdk-lib");
const { App, TerraformResource, TerraformStack } = require("cdktf");

const synthesize = {
  cdktf: () => {
    const app = new App({ outdir: "out" });
    const stack = new TerraformStack(app, "shop");
    const queue = (id, properties) => {
      const resource = new TerraformResource(stack, id, { terraformResourceType: "aws_sqs_queue" });
      for (const [name, value] of Object.entries(properties)) resource.addOverride(name, value);
      resource.overrideLogicalId("orders");
    };
    queue("orders", { name: "orders", delay_seconds: 30 });
    queue("failed-orders", { name: "failed-orders" });
    app.synth();
    const queues = Object.values(JSON.parse(readFileSync("out/stacks/shop/cdk.tf.json", "utf8")).resource.aws_sqs_queue);
    return queues.map(({ name, delay_seconds }) => `${name} with a delay of ${delay_seconds} s`).join();
  },
  cdk: () => {
    const app = new cdk.App({ outdir: "out" });
    const stack = new cdk.Stack(app, "shop");
    for (const id of ["orders", "failed-orders"]) {
      new cdk.CfnResource(stack, id, { type: "AWS::SQS::Queue" }).overrideLogicalId("orders");
    }
    return app.synth();
  },
}[process.argv[2]];
try {
  console.log(synthesize());
} catch (error) {
  console.log(error.message.split("\n")[0]);
}
PROBE

cdktf=$(node probe.cjs cdktf)
cdk=$(node probe.cjs cdk)
echo "version:  cdktf 0.21.0, two queues with the logical ID \"orders\", of which one has a delay"
echo "expected: an error, as from aws-cdk-lib 2.230.0: $cdk"
echo "observed: one queue, $cdktf"
echo "source:   https://github.com/hashicorp/terraform-cdk, packages/cdktf/lib/terraform-stack.ts, toTerraform (deepMerge of all elements)"
[ "$cdktf" = "failed-orders with a delay of 30 s" ] && [[ "$cdk" == *"orders"* ]]
