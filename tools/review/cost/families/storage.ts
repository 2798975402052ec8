import { blocks, type Family, unpriced } from "../family.ts";

const BUCKETS_GB = 5;
const IMAGES_GB = 6;

export const storage: Family = {
  name: "Storage and keys",
  each: {
    aws_kms_key: (_values, { prices: { kms } }) => [{ what: "keys", quantity: 1, price: kms.key }],
    aws_ssm_parameter: ({ tier }) =>
      tier === "Advanced" || tier === "Intelligent-Tiering" ? [unpriced("advanced parameters")] : [],
    aws_s3_bucket: ({ replication_configuration, acceleration_status }) => [
      ...(blocks(replication_configuration).length > 0 ? [unpriced("replication of buckets")] : []),
      ...(acceleration_status === "Enabled" ? [unpriced("accelerated transfers")] : []),
    ],
    aws_s3_bucket_lifecycle_configuration: ({ rule }) =>
      blocks(rule).some(
        ({ transition, noncurrent_version_transition }) =>
          blocks(transition).length + blocks(noncurrent_version_transition).length > 0,
      )
        ? [unpriced("other storage classes of buckets")]
        : [],
  },
  once: {
    aws_s3_bucket: ({ prices: { s3 } }) => [
      {
        what: "GB in buckets",
        quantity: BUCKETS_GB,
        price: s3.storage,
        assumed: `state, access logs, artifacts and site are ${BUCKETS_GB} GB together`,
      },
    ],
    aws_ecr_repository: ({ prices: { ecr } }) => [
      {
        what: "GB of images",
        quantity: IMAGES_GB,
        price: ecr.storage,
        assumed: `what the lifecycle rules keep is ${IMAGES_GB} GB together`,
      },
    ],
  },
  // Rotations: https://aws.amazon.com/kms/pricing/. How often a key has been rotated is not in its plan.
  excluded: {
    aws_ecr_repository: "data transfer of images",
    aws_kms_key: "requests, and its first two rotations, each of which adds the price of another key",
    aws_s3_bucket: "requests",
  },
  free: [
    "aws_ecr_lifecycle_policy",
    "aws_ecr_pull_through_cache_rule",
    "aws_kms_alias",
    "aws_s3_bucket_ownership_controls",
    "aws_s3_bucket_policy",
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_server_side_encryption_configuration",
    "aws_s3_bucket_versioning",
    "aws_s3_object",
  ],
};
