import type { Resource } from "../resource.ts";
import type { Rule } from "../rule.ts";

const LOCKS = ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"];

/** Every bucket has all four of S3's locks on. Visitors of the site come through CloudFront. */
export const publicBucket = {
  name: "public-bucket",
  types: ["aws_s3_bucket", "aws_s3_bucket_acl"],
  check(resource, stack) {
    return resource.type === "aws_s3_bucket" ? openLocks(resource, stack) : publicAcl(resource);
  },
} as const satisfies Rule;

function openLocks(bucket: Resource, stack: readonly Resource[]): string[] {
  const block = stack.find(
    (other) => other.type === "aws_s3_bucket_public_access_block" && bucket.isNamedBy(other.arguments.bucket),
  );
  if (block === undefined) {
    return ["no aws_s3_bucket_public_access_block names the bucket: add one, or use PrivateBucket"];
  }
  return LOCKS.filter((lock) => block.arguments[lock] !== true).map(
    (lock) => `${lock} of ${block.path} is ${block.arguments[lock] ?? "missing"}: set it to true`,
  );
}

function publicAcl({ arguments: { acl } }: Resource): string[] {
  return /^(public|authenticated)-/.test(String(acl))
    ? [`acl is "${acl}": leave it out, and let CloudFront read the bucket for the public`]
    : [];
}
