import type { Subject } from "../subject.ts";
import { at } from "../value.ts";
import { oncePerPlan, type PlanContext, reading } from "./context.ts";

/** True for a setting that is destroyed together with its bucket. */
export function isBucketDestroyed({ before }: Subject, context: PlanContext): boolean {
  const bucket = at(before, "bucket");
  return bucket !== undefined && destroyedBuckets(context).has(bucket);
}

const destroyedBuckets = oncePerPlan((context) => {
  const destroyed = context.ofType("aws_s3_bucket").filter(({ action }) => action === "destroy");
  return new Set(destroyed.map(reading(({ before }) => at(before, "bucket"))));
});
