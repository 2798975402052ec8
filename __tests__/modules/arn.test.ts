import test from "ava";
import { formatArn } from "../../modules/arn.ts";
import { MysfitsStack } from "../../stacks/mysfits-stack.ts";
import { synthesizeOnly } from "../synth.ts";

class TestStack extends MysfitsStack {}

test("ARNs have the stack's account and region, and share one partition", (t) => {
  const arns: string[] = [];
  const { test: stack } = synthesizeOnly(
    (app, settings) => {
      const stack = new TestStack(app, "test", settings);
      arns.push(
        formatArn(stack, { service: "ecs", resource: "task-definition/like:*" }),
        formatArn(stack, { service: "iam", region: "", resource: "role/*" }),
        formatArn(stack, { service: "s3", region: "", account: "", resource: "bucket" }),
      );
    },
    "workshop",
    "account=111122223333",
  );
  t.deepEqual(
    arns.map((arn) => arn.replace(/\$\{[^}]+\}/, "aws")),
    [
      "arn:aws:ecs:us-west-2:111122223333:task-definition/like:*",
      "arn:aws:iam::111122223333:role/*",
      "arn:aws:s3:::bucket",
    ],
  );
  t.deepEqual(Object.keys(stack?.data.aws_partition ?? {}), ["partition"]);
});
