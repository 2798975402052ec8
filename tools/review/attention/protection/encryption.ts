import { isSecretVariable } from "../../secrets/names.ts";
import type { Subject } from "../../subject.ts";
import { at, isNothing } from "../../values/value.ts";
import {
  becomes,
  changed,
  created,
  either,
  existing,
  gone,
  larger,
  leaves,
  missingAtCreation,
  off,
  offAtCreation,
  on,
  type Row,
  rows,
  type Side,
} from "../table.ts";

// Encryption of data: off, weaker, or missing from the start. transport.ts has that of requests.

const NOT_ENCRYPTED = "Data is stored or sent unencrypted.";
export const AWS_KEY = "Data is encrypted with a key of AWS, whose use the account neither controls nor sees.";

const NOT_OWN_KEY = "Data is no longer encrypted with a key of the account, whose use the account controls and sees.";

const BUCKET_ENCRYPTION = "rule.0.apply_server_side_encryption_by_default.0";

const SEARCH_ENCRYPTION = ["encrypt_at_rest.0.enabled", "node_to_node_encryption.0.enabled"];

export const ENCRYPTION: readonly Row[] = [
  ...[
    ["encrypted"],
    ["storage_encrypted"],
    ["at_rest_encryption_enabled"],
    ["transit_encryption_enabled"],
    ["encrypt_at_rest", 0, "enabled"],
    ["node_to_node_encryption", 0, "enabled"],
    ["tls_enabled"],
    ["require_tls"],
    ["cache_data_encrypted"],
    ["settings", 0, "cache_data_encrypted"],
    ["root_volume_encryption_enabled"],
    ["user_volume_encryption_enabled"],
    ["encryption_at_rest_enabled"],
    ["root_block_device", "*", "encrypted"],
    ["ebs_block_device", "*", "encrypted"],
  ].map((path): Row => ({ path, worse: off, severity: "danger", meaning: NOT_ENCRYPTED })),
  {
    types: [
      "aws_db_instance",
      "aws_rds_cluster",
      "aws_docdb_cluster",
      "aws_neptune_cluster",
      "aws_rds_global_cluster",
      "aws_docdb_global_cluster",
    ],
    path: ["storage_encrypted"],
    worse: missingAtCreation,
    severity: "danger",
    meaning: "Data is stored unencrypted, and encryption cannot be switched on later.",
  },
  {
    types: ["aws_ebs_volume", "aws_ebs_snapshot_copy"],
    path: ["encrypted"],
    worse: missingAtCreation,
    severity: "caution",
    meaning: "Data is stored unencrypted unless the account encrypts by default.",
  },
  ...rows("caution", "Data is stored unencrypted, and encryption cannot be switched on later.", missingAtCreation, {
    aws_efs_file_system: "encrypted",
  }),
  ...rows("caution", "Data is stored unencrypted.", missingAtCreation, { aws_redshift_cluster: "encrypted" }),
  ...[["kms_key_id"], ["kms_master_key_id"], ["kms_key_arn"], ["encryption_key"]].map(
    (path): Row => ({
      path,
      worse: (before, after, { type, after: whole }) =>
        losesOwnKey(before, after) &&
        at(whole, "encryption_type") !== "NONE" &&
        !(type === "aws_sns_topic" && isNothing(after)),
      severity: "danger",
      meaning: NOT_OWN_KEY,
    }),
  ),
  {
    types: ["aws_kinesis_stream"],
    path: ["encryption_type"],
    worse: leaves("KMS"),
    severity: "danger",
    meaning: "Records are stored unencrypted.",
  },
  {
    types: ["aws_kinesis_firehose_delivery_stream"],
    path: ["server_side_encryption", 0, "enabled"],
    worse: off,
    severity: "danger",
    meaning: "Records are stored unencrypted.",
  },
  {
    types: ["aws_eks_cluster"],
    path: ["encryption_config"],
    worse: gone,
    severity: "danger",
    meaning: "The cluster's secrets are no longer encrypted with a key of the account.",
  },
  {
    types: ["aws_dynamodb_table"],
    path: ["server_side_encryption", 0, "enabled"],
    worse: off,
    severity: "caution",
    meaning: AWS_KEY,
  },
  {
    types: ["aws_s3_bucket_server_side_encryption_configuration"],
    path: ["rule", 0, "apply_server_side_encryption_by_default", 0, "sse_algorithm"],
    worse: leaves("aws:kms", "aws:kms:dsse"),
    severity: "caution",
    meaning: AWS_KEY,
  },
  ...rows("danger", NOT_OWN_KEY, losesBucketKey, {
    aws_s3_bucket: `server_side_encryption_configuration.0.${BUCKET_ENCRYPTION}.kms_master_key_id`,
    aws_s3_bucket_server_side_encryption_configuration: `${BUCKET_ENCRYPTION}.kms_master_key_id`,
  }),
  {
    types: ["aws_kms_key"],
    path: ["enable_key_rotation"],
    worse: (before, after, subject) =>
      off(before, after) || (missingAtCreation(before, after, subject) && canRotate(subject.after)),
    severity: "caution",
    meaning: "The key material is never rotated.",
  },
  ...rows("danger", NOT_OWN_KEY, losesOwnKey, {
    aws_codepipeline: "artifact_store.*.encryption_key.0.id",
    aws_elasticsearch_domain: "encrypt_at_rest.0.kms_key_id",
    aws_mq_broker: "encryption_options.0.kms_key_id",
    aws_networkfirewall_firewall: "encryption_configuration.0.key_id",
    aws_networkfirewall_firewall_policy: "encryption_configuration.0.key_id",
    aws_networkfirewall_rule_group: "encryption_configuration.0.key_id",
    aws_opensearch_domain: "encrypt_at_rest.0.kms_key_id",
    aws_ssm_parameter: "key_id",
  }),
  ...rows("caution", "The cache is unencrypted.", offAtCreation, {
    aws_appsync_api_cache: ["at_rest_encryption_enabled", "transit_encryption_enabled"],
  }),
  ...rows("danger", "Data encrypted with the key cannot be decrypted.", off, {
    aws_kms_external_key: "enabled",
    aws_kms_replica_key: "enabled",
  }),
  ...rows("caution", "The key material is rotated less often.", larger, { aws_kms_key: "rotation_period_in_days" }),
  ...rows("caution", "A policy can be set with which no one can manage the key anymore.", on, {
    aws_kms_key: "bypass_policy_lockout_safety_check",
  }),
  ...rows("caution", "New data is encrypted with a different key.", changed, {
    aws_kms_alias: "target_key_id",
  }),
  ...rows("danger", NOT_ENCRYPTED, missingAtCreation, {
    aws_dax_cluster: "server_side_encryption.0.enabled",
    aws_elasticache_replication_group: ["at_rest_encryption_enabled", "transit_encryption_enabled"],
    aws_elasticsearch_domain: SEARCH_ENCRYPTION,
    aws_opensearch_domain: SEARCH_ENCRYPTION,
  }),
  ...rows("danger", NOT_ENCRYPTED, off, { aws_dax_cluster: "server_side_encryption.0.enabled" }),
  ...rows("caution", "The disk is unencrypted unless the account encrypts by default.", offAtCreation, {
    aws_instance: ["root_block_device.*.encrypted", "ebs_block_device.*.encrypted"],
    aws_launch_template: "block_device_mappings.*.ebs.0.encrypted",
  }),
  ...rows("danger", NOT_ENCRYPTED, offAtCreation, {
    aws_db_proxy: "require_tls",
    aws_elasticache_cluster: "transit_encryption_enabled",
    aws_memorydb_cluster: "tls_enabled",
  }),
  ...rows("caution", "Data is stored unencrypted.", missingAtCreation, {
    aws_workspaces_workspace: ["root_volume_encryption_enabled", "user_volume_encryption_enabled"],
  }),
  {
    types: ["aws_sqs_queue"],
    path: ["sqs_managed_sse_enabled"],
    worse: (before, after, subject) => off(before, after) && isNothing(at(subject.after, "kms_master_key_id")),
    severity: "danger",
    meaning: "Messages are stored unencrypted.",
  },
  {
    types: ["aws_sqs_queue"],
    path: ["sqs_managed_sse_enabled"],
    worse: (before, after, subject) =>
      offAtCreation(before, after, subject) && isNothing(at(subject.after, "kms_master_key_id")),
    severity: "caution",
    meaning: "Messages are stored unencrypted.",
  },
  ...rows("note", "Messages are stored unencrypted.", missingAtCreation, { aws_sns_topic: "kms_master_key_id" }),
  ...rows("danger", "Messages are stored unencrypted.", existing(gone), { aws_sns_topic: "kms_master_key_id" }),
  ...rows("caution", "Records are stored unencrypted.", created(becomes("NONE")), {
    aws_kinesis_stream: "encryption_type",
  }),
  ...rows("caution", "The cluster's secrets are not encrypted with a key of the account.", missingAtCreation, {
    aws_eks_cluster: "encryption_config",
  }),
  ...rows("caution", AWS_KEY, leaves("aws:kms", "aws:kms:dsse"), {
    aws_s3_bucket:
      "server_side_encryption_configuration.0.rule.0.apply_server_side_encryption_by_default.0.sse_algorithm",
  }),
  ...rows("caution", AWS_KEY, off, {
    aws_verifiedaccess_endpoint: "sse_specification.0.customer_managed_key_enabled",
    aws_verifiedaccess_group: "sse_configuration.0.customer_managed_key_enabled",
    aws_verifiedaccess_trust_provider: "sse_specification.0.customer_managed_key_enabled",
  }),
  ...rows("danger", "Traffic in the network may be unencrypted.", leaves("enforce"), {
    aws_vpc_encryption_control: "mode",
  }),
  ...rows("danger", "The value is stored unencrypted.", leaves("SecureString"), { aws_ssm_parameter: "type" }),
  {
    types: ["aws_ssm_parameter"],
    path: ["type"],
    worse: created((_before, after, { after: whole }) => after === "String" && isSecretName(at(whole, "name"))),
    severity: "caution",
    meaning: "Judging by its name, the value is a secret, and it is stored unencrypted.",
  },
  ...rows("caution", AWS_KEY, existing(becomes("SSE_S3")), {
    aws_athena_workgroup: "configuration.0.result_configuration.0.encryption_configuration.0.encryption_option",
  }),
  ...rows("danger", "Results of queries are no longer encrypted by the workgroup.", gone, {
    aws_athena_workgroup: "configuration.0.result_configuration.0.encryption_configuration",
  }),
  ...rows("caution", "Data, logs, or bookmarks of jobs are stored unencrypted.", becomes("DISABLED"), {
    aws_glue_security_configuration: [
      "encryption_configuration.0.s3_encryption.0.s3_encryption_mode",
      "encryption_configuration.0.cloudwatch_encryption.0.cloudwatch_encryption_mode",
      "encryption_configuration.0.job_bookmarks_encryption.0.job_bookmarks_encryption_mode",
    ],
  }),
  ...rows("caution", "Data of clusters is stored or sent unencrypted.", either(off, offAtCreation), {
    aws_emr_security_configuration: [
      "configuration.EncryptionConfiguration.EnableAtRestEncryption",
      "configuration.EncryptionConfiguration.EnableInTransitEncryption",
    ],
  }),
  ...rows("danger", "The data catalog is stored unencrypted.", becomes("DISABLED"), {
    aws_glue_data_catalog_encryption_settings:
      "data_catalog_encryption_settings.0.encryption_at_rest.0.catalog_encryption_mode",
  }),
  {
    types: ["aws_kms_key"],
    path: ["is_enabled"],
    worse: off,
    severity: "danger",
    meaning: "Data encrypted with the key cannot be decrypted.",
  },
];

/** A key of the account is no longer used, but perhaps one of AWS. */
function losesOwnKey(before: Side, after: Side): boolean {
  return !isNothing(before) && !isKeyOfAws(before) && (isNothing(after) || isKeyOfAws(after));
}

/** True for the alias of a key that AWS manages, which controls no use of the key. */
export function isKeyOfAws(key: Side): boolean {
  return typeof key === "string" && /(^|:)alias\/aws\//.test(key);
}

/** A change to the algorithm is a separate finding. */
function losesBucketKey(before: Side, after: Side, { after: whole }: Subject): boolean {
  const rules = at(whole, "server_side_encryption_configuration", 0, "rule") ?? at(whole, "rule");
  const algorithm = at(rules, 0, "apply_server_side_encryption_by_default", 0, "sse_algorithm");
  return losesOwnKey(before, after) && String(algorithm).startsWith("aws:kms");
}

/** AWS rotates only symmetric keys that encrypt. Source: "Rotate AWS KMS keys" in the KMS developer guide. */
function canRotate(key: Side): boolean {
  const [spec, usage] = [at(key, "customer_master_key_spec"), at(key, "key_usage")];
  return (isNothing(spec) || spec === "SYMMETRIC_DEFAULT") && (isNothing(usage) || usage === "ENCRYPT_DECRYPT");
}

function isSecretName(name: Side): boolean {
  return typeof name === "string" && isSecretVariable(name.split("/").at(-1), "value");
}
