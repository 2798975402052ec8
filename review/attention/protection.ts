import type { Subject } from "../subject.ts";
import { at } from "../value.ts";
import { type Judgement, text } from "./finding.ts";
import { gone, judgeBy, leaves, off, on, type Row, shorter } from "./table.ts";

// What keeps data from being read, lost or deleted, and what tells of it, when it is switched off.

const ENCRYPTION: readonly Row[] = [
  ...[
    ["encrypted"],
    ["storage_encrypted"],
    ["at_rest_encryption_enabled"],
    ["transit_encryption_enabled"],
    ["encrypt_at_rest", 0, "enabled"],
    ["node_to_node_encryption", 0, "enabled"],
    ["sqs_managed_sse_enabled"],
  ].map(
    (path): Row => ({
      type: "*",
      path,
      worse: off,
      severity: "danger",
      meaning: "Data is stored or sent in the clear.",
    }),
  ),
  ...[["kms_key_id"], ["kms_master_key_id"], ["kms_key_arn"], ["encryption_key"]].map(
    (path): Row => ({
      type: "*",
      path,
      worse: gone,
      severity: "danger",
      meaning: "Data is not encrypted with a key of the account's own any more, whose use it could allow and see.",
    }),
  ),
  {
    type: "aws_dynamodb_table",
    path: ["server_side_encryption", 0, "enabled"],
    worse: off,
    severity: "caution",
    meaning: "The table goes back to a key of AWS, whose use the account neither allows nor sees.",
  },
  {
    type: "aws_s3_bucket_server_side_encryption_configuration",
    path: ["rule", 0, "apply_server_side_encryption_by_default", 0, "sse_algorithm"],
    worse: leaves("aws:kms", "aws:kms:dsse"),
    severity: "caution",
    meaning: "New objects are encrypted with S3's key, whose use the account neither allows nor sees.",
  },
  {
    type: "aws_kms_key",
    path: ["enable_key_rotation"],
    worse: off,
    severity: "caution",
    meaning: "The key's material stays the same for ever.",
  },
  {
    type: "aws_kms_key",
    path: ["is_enabled"],
    worse: off,
    severity: "danger",
    meaning: "Nothing that is encrypted with the key can be read.",
  },
  {
    type: "aws_opensearch_domain",
    path: ["domain_endpoint_options", 0, "enforce_https"],
    worse: off,
    severity: "danger",
    meaning: "Log lines and passwords may travel in the clear.",
  },
  {
    type: "aws_lb_listener",
    path: ["protocol"],
    worse: leaves("HTTPS", "TLS"),
    severity: "danger",
    meaning: "Requests travel in the clear.",
  },
  {
    type: "aws_cloudfront_distribution",
    path: ["default_cache_behavior", 0, "viewer_protocol_policy"],
    worse: leaves("redirect-to-https", "https-only"),
    severity: "danger",
    meaning: "Requests may travel in the clear.",
  },
];

const DELETION: readonly Row[] = [
  ...["deletion_protection", "deletion_protection_enabled", "enable_deletion_protection", "prevent_destroy"].map(
    (argument): Row => ({
      type: "*",
      path: [argument],
      worse: off,
      severity: "danger",
      meaning: "From then on one wrong command can delete it.",
    }),
  ),
  ...["force_destroy", "force_delete", "skip_final_snapshot"].map(
    (argument): Row => ({
      type: "*",
      path: [argument],
      worse: (before, after) => before !== undefined && on(before, after),
      severity: "danger",
      meaning: "From then on it can be deleted together with all it holds.",
    }),
  ),
  {
    type: "aws_cognito_user_pool",
    path: ["deletion_protection"],
    worse: leaves("ACTIVE"),
    severity: "danger",
    meaning: "From then on one wrong command can delete every user.",
  },
  {
    type: "aws_kms_key",
    path: ["deletion_window_in_days"],
    worse: shorter,
    severity: "caution",
    meaning: "There is less time to notice that the key is about to go.",
  },
  {
    type: "aws_ecr_repository",
    path: ["image_tag_mutability"],
    worse: leaves("IMMUTABLE"),
    severity: "caution",
    meaning: "A pushed image may replace another one under the same tag.",
  },
];

const BACKUPS: readonly Row[] = [
  {
    type: "aws_dynamodb_table",
    path: ["point_in_time_recovery", 0, "enabled"],
    worse: off,
    severity: "danger",
    meaning: "Its backups end, and those of the last 35 days go.",
  },
  {
    type: "aws_s3_bucket_versioning",
    path: ["versioning_configuration", 0, "status"],
    worse: leaves("Enabled"),
    severity: "danger",
    meaning: "What is overwritten or deleted in the bucket cannot be brought back any more.",
  },
  ...["backup_retention_period", "snapshot_retention_limit", "automated_snapshot_retention_period"].map(
    (argument): Row => ({
      type: "*",
      path: [argument],
      worse: (before, after) => Number(after) < Number(before),
      severity: "danger",
      meaning: "Older backups go.",
    }),
  ),
];

const LOGGING: readonly Row[] = [
  {
    type: "aws_lb",
    path: ["access_logs", 0, "enabled"],
    worse: off,
    severity: "danger",
    meaning: "Nobody can tell afterwards who asked for what.",
  },
  {
    type: "aws_cloudfront_distribution",
    path: ["logging_config", 0, "bucket"],
    worse: gone,
    severity: "danger",
    meaning: "Nobody can tell afterwards who asked for what.",
  },
  {
    type: "aws_cloudtrail",
    path: ["enable_logging"],
    worse: off,
    severity: "danger",
    meaning: "Nobody can tell afterwards who did what in the account.",
  },
  {
    type: "aws_cloudwatch_log_group",
    path: ["retention_in_days"],
    worse: shorter,
    severity: "danger",
    meaning: "Older log lines are deleted, for good.",
  },
  {
    type: "aws_sqs_queue",
    path: ["message_retention_seconds"],
    worse: shorter,
    severity: "caution",
    meaning: "Messages that wait for longer are dropped.",
  },
  {
    type: "aws_s3_bucket_lifecycle_configuration",
    path: ["rule", 0, "expiration", 0, "days"],
    worse: shorter,
    severity: "caution",
    meaning: "Older objects are deleted, for good.",
  },
  {
    type: "aws_opensearch_domain",
    path: ["log_publishing_options"],
    worse: gone,
    severity: "caution",
    meaning: "The domain's own logs end.",
  },
  {
    type: "aws_cloudwatch_metric_alarm",
    path: ["actions_enabled"],
    worse: off,
    severity: "danger",
    meaning: "The alarm tells nobody any more.",
  },
  {
    type: "aws_cloudwatch_composite_alarm",
    path: ["actions_enabled"],
    worse: off,
    severity: "danger",
    meaning: "The alarm tells nobody any more.",
  },
];

const RIGHTS: readonly Row[] = [
  {
    type: "*",
    path: ["permissions_boundary"],
    worse: gone,
    severity: "danger",
    meaning: "From then on it may do whatever its policies allow, whoever writes them.",
  },
];

/** Resources that are a protection by being there. */
const GUARDS: Readonly<Record<string, string>> = {
  aws_backup_plan: "No more backups are made.",
  aws_cloudtrail: "Nobody can tell afterwards who did what in the account.",
  aws_cloudwatch_composite_alarm: "Nobody is told any more when what it watches goes wrong.",
  aws_cloudwatch_log_subscription_filter: "Log lines do not get to where they are searched any more.",
  aws_cloudwatch_metric_alarm: "Nobody is told any more when what it watches goes wrong.",
  aws_flow_log: "Nobody can tell afterwards who talked to whom in the network.",
  aws_s3_bucket_server_side_encryption_configuration:
    "New objects are encrypted with S3's key, whose use the account neither allows nor sees.",
  aws_s3_bucket_versioning: "What is overwritten or deleted in the bucket cannot be brought back any more.",
  aws_wafv2_web_acl_association: "Requests are not filtered any more.",
};

export function protection(subject: Subject, others: readonly Subject[]): readonly Judgement[] {
  const { type, action } = subject;
  if (action === "destroy" && Object.hasOwn(GUARDS, type) && !isBucketsEnd(subject, others)) {
    return [{ severity: "danger", text: [...text`${type} is destroyed.`, ` ${GUARDS[type]}`] }];
  }
  return judgeBy([...ENCRYPTION, ...DELETION, ...BACKUPS, ...LOGGING, ...RIGHTS], subject);
}

/** True for a bucket's setting that goes because its bucket does. */
export function isBucketsEnd({ before }: Subject, others: readonly Subject[]): boolean {
  const bucket = at(before, "bucket");
  return others.some(
    ({ type, action, before }) => type === "aws_s3_bucket" && action === "destroy" && at(before, "bucket") === bucket,
  );
}
