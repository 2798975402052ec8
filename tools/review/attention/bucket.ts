import type { Subject } from "../subject.ts";
import { at, UNKNOWN, type Value } from "../values/value.ts";
import { oncePerPlan, type PlanContext, reading } from "./context.ts";

/** True for a setting that is destroyed together with its bucket. */
export function isBucketDestroyed({ before }: Subject, context: PlanContext): boolean {
  const bucket = at(before, "bucket");
  return bucket !== undefined && destroyedBuckets(context).has(bucket);
}

/** True for a setting that is replaced by one of another bucket while its own bucket stays. */
export function leavesBucket({ type, action, before, after }: Subject, context: PlanContext): boolean {
  const [was, is] = [at(before, "bucket"), at(after, "bucket")];
  return (
    type.startsWith("aws_s3_bucket_") &&
    action === "replace" &&
    typeof was === "string" &&
    was !== is &&
    !leavingBuckets(context).has(was)
  );
}

/** True for the name of a bucket that the plan creates, even if it is known only after apply. */
export function isBucketCreated(bucket: Value | undefined, context: PlanContext): boolean {
  return bucket === UNKNOWN || createdBuckets(context).has(bucket);
}

const createdBuckets = oncePerPlan((context) => bucketsWith(context, "create"));
const destroyedBuckets = oncePerPlan((context) => bucketsWith(context, "destroy"));
const leavingBuckets = oncePerPlan((context) => bucketsWith(context, "destroy", "replace"));

/** Names that buckets with these actions have before the change; those of created ones, after it. */
function bucketsWith(context: PlanContext, ...actions: readonly Subject["action"][]): ReadonlySet<Value | undefined> {
  const buckets = context.ofType("aws_s3_bucket").filter(({ action }) => actions.includes(action));
  return new Set(buckets.map(reading(({ before, after }) => at(before ?? after, "bucket"))));
}
