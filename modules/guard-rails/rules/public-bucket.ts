import type { Resource } from "../resource.ts";
import type { Rule } from "../rule.ts";

const SETTINGS = ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"];

/** Every bucket has all four settings of S3 Block Public Access. Visitors read the site through CloudFront. */
export const publicBucket: Rule = {
  name: "public-bucket",
  types: ["aws_s3_bucket", "aws_s3_bucket_acl"],
  check(resource, stack) {
    return resource.type === "aws_s3_bucket" ? missingSettings(resource, stack) : publicAcl(resource);
  },
};

function missingSettings(bucket: Resource, stack: readonly Resource[]): string[] {
  const block = stack.find(
    (other) => other.type === "aws_s3_bucket_public_access_block" && bucket.isReferencedBy(other.arguments.bucket),
  );
  if (block === undefined) {
    return ["no aws_s3_bucket_public_access_block references the bucket: add one, or use PrivateBucket"];
  }
  return SETTINGS.filter((setting) => block.arguments[setting] !== true).map(
    (setting) => `${setting} of ${block.path} is ${block.arguments[setting] ?? "missing"}: set it to true`,
  );
}

function publicAcl({ arguments: { acl } }: Resource): string[] {
  return /^(public|authenticated)-/.test(String(acl))
    ? [`acl is "${acl}": remove it, and serve the bucket through CloudFront`]
    : [];
}
