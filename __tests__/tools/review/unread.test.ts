import test from "ava";
import type { PlanPart } from "../../../tools/review/plan-file.ts";
import { findingsIn, jsonOf, resource, resourcePart, reviewOf } from "./parts.ts";

const PARTIAL: PlanPart = {
  kind: "summary",
  summary: { isComplete: false, isErrored: false, unknown: new Map() },
};

test("a deferred resource that may stay as it is makes the plan partial by name", async (t) => {
  const queue = {
    address: "aws_sqs_queue.it",
    mode: "managed",
    type: "aws_sqs_queue",
    change: { actions: ["no-op"], before: { name: "a" }, after: { name: "a" } },
  };
  const review = await reviewOf({
    platform: [{ kind: "deferred", reason: "deferred_prereq", ...resourcePart(queue) }, PARTIAL],
  });
  t.deepEqual(findingsIn(review), [
    "caution unread: Deferred: Terraform decides in a later plan how it changes.",
    "caution unread: The plan is partial, because changes are deferred: applying it does not bring everything in line with the code.",
  ]);
  t.deepEqual(jsonOf(review).stacks[0]?.deferred, ["aws_sqs_queue.it"]);
});

test("a check fails if one of its instances does", async (t) => {
  const check = (status: string, ...instances: readonly string[]): PlanPart => ({
    kind: "check",
    check: {
      address: { to_display: "aws_sqs_queue.it" },
      status,
      instances: instances.map((each) => ({ status: each, problems: [{ message: "too long" }] })),
    },
  });
  t.deepEqual(findingsIn(await reviewOf({ platform: [check("unknown", "unknown", "fail")] })), [
    "caution unread: The check failed: too long, too long.",
  ]);
  t.deepEqual(findingsIn(await reviewOf({ platform: [check("unknown", "unknown"), check("pass", "pass")] })), []);
});

test("a data source that is no longer read loses nothing", async (t) => {
  const image = { type: "aws_ami", address: "data.aws_ami.it", before: { id: "ami-1" } };
  t.deepEqual(findingsIn(await reviewOf({ platform: [resource({ ...image, mode: "data" })] })), []);
  t.is(findingsIn(await reviewOf({ platform: [resource({ type: "aws_ami", before: { id: "ami-1" } })] })).length, 1);
});
