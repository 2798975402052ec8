import { join } from "node:path";
import test from "ava";
import { readPlan } from "../../../tools/review/plan/file.ts";
import { review } from "../../../tools/review/review.ts";
import { findingsIn, indexOf } from "./plan-parts.ts";

// Plans that Terraform 1.11.4 wrote for real resources of the AWS provider, with the resources that do not matter removed.

function reviewOfFile(name: string) {
  return review(indexOf(["platform"]), () => readPlan(join(import.meta.dirname, "plans", `${name}.json`)));
}

test("a plan of -refresh-only: attached policies are no drift, and nothing is reverted or ignored", async (t) => {
  t.deepEqual(findingsIn(await reviewOfFile("refresh-only")), [
    "note drift: Was changed outside Terraform: retention_in_days. Applying only records that in the state.",
  ]);
});
