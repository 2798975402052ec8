import type { Subject } from "../subject.ts";
import { at } from "../value.ts";
import type { PlanContext } from "./context.ts";

/** True for a setting that is destroyed together with its bucket. */
export function isBucketDestroyed({ before }: Subject, context: PlanContext): boolean {
  const bucket = at(before, "bucket");
  return (
    bucket !== undefined &&
    context
      .ofType("aws_s3_bucket")
      .some(({ action, before }) => action === "destroy" && at(before, "bucket") === bucket)
  );
}
