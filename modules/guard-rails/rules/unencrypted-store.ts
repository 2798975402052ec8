import { type Arguments, blocks, type Resource } from "../resource.ts";
import type { Rule } from "../rule.ts";

/** Arguments that must be true. A dot separates a block, which must exist, from its argument. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  aws_dynamodb_table: ["server_side_encryption.enabled"],
  aws_ebs_volume: ["encrypted"],
  aws_instance: ["root_block_device.encrypted"],
  aws_launch_template: ["block_device_mappings.ebs.encrypted"],
  aws_opensearch_domain: ["encrypt_at_rest.enabled", "node_to_node_encryption.enabled"],
};

/**
 * Every resource that stores data has explicit encryption. CloudWatch Logs and ECR are not listed: AWS always encrypts
 * them, and this project uses no key of its own there.
 */
export const unencryptedStore: Rule = {
  name: "unencrypted-store",
  types: [...Object.keys(REQUIRED), "aws_s3_bucket", "aws_sns_topic", "aws_sqs_queue"],
  check(resource, stack) {
    const { type, arguments: found } = resource;
    switch (type) {
      case "aws_s3_bucket":
        return hasEncryption(resource, stack)
          ? []
          : [
              "no aws_s3_bucket_server_side_encryption_configuration references the bucket: add one, or use PrivateBucket",
            ];
      case "aws_sns_topic":
        return found.kms_master_key_id ? [] : ["kms_master_key_id is missing: give the topic a KMS key"];
      case "aws_sqs_queue":
        return found.kms_master_key_id || found.sqs_managed_sse_enabled === true
          ? []
          : ["sqs_managed_sse_enabled is not true: set it, or give the queue a KMS key with kms_master_key_id"];
      case "aws_instance":
        return found.launch_template ? [] : notTrue(type, found);
      default:
        return notTrue(type, found);
    }
  },
};

function notTrue(type: string, found: Arguments): string[] {
  return (REQUIRED[type] ?? []).flatMap((path) =>
    valuesAt(found, path.split("."))
      .filter((value) => value !== true && value !== "true")
      .map((value) => `${path} is ${value === undefined ? "missing" : JSON.stringify(value)}: set it to true`),
  );
}

/** The values at a path through blocks, one per block. A missing block counts as one without a value. */
function valuesAt(found: Arguments, [name = "", ...rest]: readonly string[]): unknown[] {
  if (rest.length === 0) {
    return [found[name]];
  }
  const inside = blocks(found[name]);
  return inside.length === 0 ? [undefined] : inside.flatMap((block) => valuesAt(block, rest));
}

function hasEncryption(bucket: Resource, stack: readonly Resource[]): boolean {
  return stack.some(
    (other) =>
      other.type === "aws_s3_bucket_server_side_encryption_configuration" &&
      bucket.isReferencedBy(other.arguments.bucket),
  );
}
