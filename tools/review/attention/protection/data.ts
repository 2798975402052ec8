import { at, equal, isFields, isList, isNothing, listOf, type Value } from "../../values/value.ts";
import {
  becomes,
  changed,
  created,
  either,
  existing,
  fewer,
  gone,
  isOn,
  lacks,
  leaves,
  missingAtCreation,
  more,
  off,
  on,
  type Row,
  rows,
  type Side,
  shorter,
  smaller,
  withRenamed,
  zero,
} from "../table.ts";

// Stored data: protection from deletion, backups, how long it is kept, and settings of databases.

const RESTORE = "Overwritten or deleted objects can no longer be restored.";
const MFA_DELETE = "Versions of objects can be deleted without a second factor.";
const NO_REPLICA = "New objects are no longer copied to the other bucket.";
const LOCK_PERIOD = ["default_retention.0.days", "default_retention.0.years"];

const DATABASES = ["aws_db_instance", "aws_rds_cluster", "aws_docdb_cluster", "aws_neptune_cluster"];

/** Types that hold no data of their own. */
const WITHOUT_CONTENT: ReadonlySet<string> = new Set(["aws_autoscaling_group", "aws_ecs_service", "aws_instance"]);

const DELETION: readonly Row[] = [
  ...[
    "deletion_protection",
    "deletion_protection_enabled",
    "enable_deletion_protection",
    "termination_protection",
    "termination_protection_enabled",
    "delete_protection",
    "disable_api_termination",
  ].map(
    (argument): Row => ({
      path: [argument],
      worse: off,
      severity: "danger",
      meaning: "From then on, one wrong command can delete it.",
    }),
  ),
  ...["delete_contents_on_destroy", "force_destroy", "force_delete", "skip_final_backup", "skip_final_snapshot"].map(
    (argument): Row => ({
      path: [argument],
      worse: (before, after, { type }) => before !== undefined && on(before, after) && !WITHOUT_CONTENT.has(type),
      severity: "danger",
      meaning: "From then on, it can be deleted together with its content.",
    }),
  ),
  ...rows("caution", "From then on, it is deleted even while its tasks or instances run.", existing(on), {
    aws_autoscaling_group: "force_delete",
    aws_ecs_service: "force_delete",
  }),
  ...rows("caution", "From then on, it can be deleted together with its content.", existing(on), {
    aws_codebuild_report_group: "delete_reports",
    aws_datazone_domain: "skip_deletion_check",
    aws_fsx_data_repository_association: "delete_data_in_filesystem",
    aws_vpc_ipam: "cascade",
    aws_vpc_ipam_pool: "cascade",
  }),
  ...rows("caution", "From then on, destroying it deletes its resources in AWS.", off, {
    aws_cloudformation_stack_instances: "retain_stacks",
    aws_cloudformation_stack_set_instance: "retain_stack",
    aws_servicecatalog_provisioned_product: "retain_physical_resources",
  }),
  ...rows("caution", "Boot disks are no longer backed up.", existing(on), {
    aws_dlm_lifecycle_policy: "policy_details.0.parameters.0.exclude_boot_volume",
  }),
  ...rows("caution", "Its protection against termination no longer keeps it from being deleted.", existing(on), {
    aws_instance: "force_destroy",
  }),
  {
    path: ["skip_destroy"],
    worse: off,
    severity: "caution",
    meaning: "From then on, destroying it deletes it in AWS.",
  },
  {
    types: DATABASES,
    path: ["skip_final_snapshot"],
    worse: (before, after, { action }) => action === "create" && before === undefined && isOn(after),
    severity: "caution",
    meaning: "No snapshot will remain when it is destroyed.",
  },
  {
    types: ["aws_db_instance", "aws_rds_cluster"],
    path: ["delete_automated_backups"],
    worse: (before, after) => before === false && isOn(after),
    severity: "danger",
    meaning: "Its backups will be deleted together with it.",
  },
  {
    types: ["aws_cognito_user_pool"],
    path: ["deletion_protection"],
    worse: leaves("ACTIVE"),
    severity: "danger",
    meaning: "From then on, one wrong command can delete every user.",
  },
  ...rows("note", "One wrong command can delete it with its data.", missingAtCreation, {
    aws_db_instance: "deletion_protection",
    aws_docdb_cluster: "deletion_protection",
    aws_dynamodb_table: "deletion_protection_enabled",
    aws_neptune_cluster: "deletion_protection",
    aws_qldb_ledger: "deletion_protection",
    aws_rds_cluster: "deletion_protection",
  }),
  ...rows("note", "One wrong command can delete every user.", created(becomes("INACTIVE")), {
    aws_cognito_user_pool: "deletion_protection",
  }),
  ...rows("caution", "Its parts may be replaced by mistake.", off, {
    aws_networkfirewall_firewall: ["firewall_policy_change_protection", "subnet_change_protection"],
  }),
  ...rows("danger", "From then on, it can be deleted together with its content.", off, {
    aws_ebs_volume: "final_snapshot",
  }),
  ...rows(
    "caution",
    "There is less time to notice a mistaken deletion of the secret.",
    (before, after) => after !== 0 && smaller(before, after),
    { aws_secretsmanager_secret: "recovery_window_in_days" },
  ),
  ...rows("danger", "From then on, deleting the secret cannot be undone.", existing(becomes(0)), {
    aws_secretsmanager_secret: "recovery_window_in_days",
  }),
  ...rows("note", "Deleting the secret cannot be undone.", created(becomes(0)), {
    aws_secretsmanager_secret: "recovery_window_in_days",
  }),
  ...rows("note", "There is little time to notice a mistaken deletion of the key.", created(becomes(7)), {
    aws_kms_key: "deletion_window_in_days",
  }),
  {
    types: ["aws_kms_key", "aws_kms_external_key", "aws_kms_replica_external_key", "aws_kms_replica_key"],
    path: ["deletion_window_in_days"],
    worse: shorter,
    severity: "caution",
    meaning: "There is less time to notice a mistaken deletion of the key.",
  },
  {
    types: ["aws_ecr_repository"],
    path: ["image_tag_mutability"],
    worse: leaves("IMMUTABLE"),
    severity: "caution",
    meaning: "A pushed image may replace another one under the same tag.",
  },
];

const BACKUPS: readonly Row[] = [
  {
    types: ["aws_dynamodb_table"],
    path: ["point_in_time_recovery", 0, "enabled"],
    worse: off,
    severity: "danger",
    meaning: "Backups stop, and those of the last 35 days are deleted.",
  },
  {
    types: ["aws_s3_bucket_versioning"],
    path: ["versioning_configuration", 0, "status"],
    worse: leaves("Enabled"),
    severity: "danger",
    meaning: RESTORE,
  },
  ...[
    "automated_snapshot_retention_period",
    "automatic_backup_retention_days",
    "backup_retention_period",
    "snapshot_retention_limit",
  ].map(
    (argument): Row => ({
      path: [argument],
      worse: (before, after) => before !== undefined && Number(after) < Number(before),
      severity: "danger",
      meaning: "Older backups are deleted.",
    }),
  ),
  {
    types: DATABASES,
    path: ["backup_retention_period"],
    worse: (before, after, { action }) => action === "create" && before === undefined && after === 0,
    severity: "danger",
    meaning: "No automated backups are made.",
  },
  ...rows("note", "Items cannot be restored after a mistake.", missingAtCreation, {
    aws_dynamodb_table: "point_in_time_recovery.0.enabled",
  }),
  ...rows("danger", "Backups of the copy in a region stop.", off, {
    aws_dynamodb_table: "replica.*.point_in_time_recovery",
  }),
  ...rows("danger", "Older backups are deleted.", smaller, {
    aws_dynamodb_table: "point_in_time_recovery.0.recovery_period_in_days",
  }),
  ...rows("danger", "Rows are deleted once they are older than this.", existing(shorter), {
    aws_keyspaces_table: "default_time_to_live",
  }),
  ...rows("danger", "The database can no longer be rewound that far.", smaller, {
    aws_rds_cluster: "backtrack_window",
  }),
  ...rows("danger", RESTORE, off, { aws_s3_bucket: "versioning.0.enabled" }),
  ...rows("caution", "Overwritten or deleted objects cannot be restored.", created(becomes("Suspended", "Disabled")), {
    aws_s3_bucket_versioning: "versioning_configuration.0.status",
  }),
  ...rows("danger", MFA_DELETE, off, { aws_s3_bucket: "versioning.0.mfa_delete" }),
  ...rows("danger", MFA_DELETE, leaves("Enabled"), {
    aws_s3_bucket_versioning: "versioning_configuration.0.mfa_delete",
  }),
  ...rows("danger", "Privileged users can delete locked objects.", leaves("COMPLIANCE"), {
    aws_s3_bucket_object_lock_configuration: "rule.0.default_retention.0.mode",
    aws_s3_bucket: "object_lock_configuration.0.rule.0.default_retention.0.mode",
  }),
  ...rows("danger", "New objects can be deleted earlier.", (before, after) => after !== 0 && smaller(before, after), {
    aws_s3_bucket_object_lock_configuration: LOCK_PERIOD.map((period) => `rule.0.${period}`),
    aws_s3_bucket: LOCK_PERIOD.map((period) => `object_lock_configuration.0.rule.0.${period}`),
  }),
  ...rows("danger", "New objects can be deleted earlier.", isShorterLock, {
    aws_s3_bucket_object_lock_configuration: "rule.0.default_retention.0",
    aws_s3_bucket: "object_lock_configuration.0.rule.0.default_retention.0",
  }),
  ...rows("danger", "Rows can no longer be restored to an earlier time.", leaves("ENABLED"), {
    aws_keyspaces_table: "point_in_time_recovery.0.status",
  }),
  ...rows("danger", NO_REPLICA, gone, { aws_s3_bucket: "replication_configuration" }),
  {
    types: ["aws_s3_bucket_replication_configuration"],
    path: ["rule"],
    worse: (before, after) =>
      (isList(after) && replicationRules(before, after).length < listOf(before).length) ||
      replicationRules(before, after).some(([was, is]) => leaves("Enabled")(at(was, "status"), at(is, "status"))),
    severity: "danger",
    meaning: NO_REPLICA,
  },
  ...rows("caution", "Objects are copied to another bucket.", sendsElsewhere, {
    aws_s3_bucket: "replication_configuration.0.rules",
    aws_s3_bucket_replication_configuration: "rule",
  }),
  ...rows("caution", "The copy of the secret in a region is deleted.", lacks("region"), {
    aws_secretsmanager_secret: "replica",
  }),
  ...rows("danger", "The copy of the table in a region is deleted with its items.", lacks("region_name"), {
    aws_dynamodb_table: "replica",
  }),
];

/** A shorter period in another unit; the same unit has rows of its own. */
function isShorterLock(before: Side, after: Side): boolean {
  const [wasInYears, isInYears] = [isInWholeYears(before), isInWholeYears(after)];
  return wasInYears !== isInYears && smaller(daysOf(before), daysOf(after));
}

function isInWholeYears(lock: Side): boolean {
  return !isNothing(at(lock, "years")) && at(lock, "years") !== 0;
}

function daysOf(lock: Side): Side {
  const years = at(lock, "years");
  return typeof years === "number" && years > 0 ? years * 365 : at(lock, "days");
}

/** Destinations that an existing bucket did not copy to, or of another account. */
function sendsElsewhere(before: Side, after: Side): boolean {
  const destinations = (rules: Side) => listOf(rules).flatMap((rule) => listOf(at(rule, "destination")));
  const had = destinations(before).map((destination) => at(destination, "bucket"));
  return destinations(after).some(
    (destination) =>
      !had.includes(at(destination, "bucket")) && (before !== undefined || !isNothing(at(destination, "account"))),
  );
}

/** Rules of a backup plan on both sides. A rule that gets another name keeps its vault and its schedule. */
function backupRules(before: Side, after: Side): readonly (readonly [Value, Value])[] {
  return withRenamed(before, after, "rule_name", (was, is) =>
    ["schedule", "target_vault_name"].every((name) => equal(at(was, name), at(is, name))),
  );
}

/** Rules of a replication on both sides. A rule that gets another name keeps everything else. */
function replicationRules(before: Side, after: Side): readonly (readonly [Value, Value])[] {
  const unnamed = (rule: Value) => (isFields(rule) ? { ...rule, id: null } : rule);
  return withRenamed(before, after, "id", (was, is) => equal(unnamed(was), unnamed(is)));
}

const RETENTION: readonly Row[] = [
  {
    types: ["aws_efs_backup_policy"],
    path: ["backup_policy", 0, "status"],
    worse: leaves("ENABLED"),
    severity: "danger",
    meaning: "No automatic backups of the file system are made.",
  },
  {
    types: ["aws_backup_plan"],
    path: ["rule"],
    worse: (before, after) =>
      backupRules(before, after).some(([was, is]) =>
        shorter(at(was, "lifecycle", 0, "delete_after"), at(is, "lifecycle", 0, "delete_after")),
      ),
    severity: "danger",
    meaning: "New backups are deleted earlier.",
  },
  ...rows(
    "danger",
    "Backups are no longer copied to another vault.",
    (before, after) =>
      backupRules(before, after).some(([was, is]) =>
        lacks("destination_vault_arn")(at(was, "copy_action"), at(is, "copy_action") ?? []),
      ),
    { aws_backup_plan: "rule" },
  ),
  ...rows(
    "caution",
    "Backups are made at other times.",
    (before, after) => backupRules(before, after).some(([was, is]) => !equal(at(was, "schedule"), at(is, "schedule"))),
    { aws_backup_plan: "rule" },
  ),
  ...rows(
    "danger",
    "Backups can no longer be restored to any time.",
    (before, after) =>
      backupRules(before, after).some(([was, is]) =>
        off(at(was, "enable_continuous_backup"), at(is, "enable_continuous_backup")),
      ),
    { aws_backup_plan: "rule" },
  ),
  ...rows("danger", "Omitted resources are not backed up.", existing(fewer), {
    aws_backup_selection: ["resources", "selection_tag"],
  }),
  ...rows("danger", "Omitted resources are not backed up.", existing(more), {
    aws_backup_selection: "not_resources",
  }),
  ...rows("danger", "Backups can be deleted earlier.", smaller, {
    aws_backup_vault_lock_configuration: "min_retention_days",
  }),
  ...rows(
    "caution",
    "After these days, no one can remove the lock or delete backups early, not even AWS.",
    (_before, after) => !isNothing(after),
    { aws_backup_vault_lock_configuration: "changeable_for_days" },
  ),
  ...rows("caution", "No one can change or remove the lock anymore.", on, { aws_glacier_vault_lock: "complete_lock" }),
  ...rows("danger", "Older snapshots are deleted.", smaller, {
    aws_dlm_lifecycle_policy: [
      "policy_details.0.schedule.*.retain_rule.0.count",
      "policy_details.0.schedule.*.retain_rule.0.interval",
    ],
  }),
  ...rows(
    "danger",
    "The removed rule no longer makes backups.",
    (before, after) => isList(after) && backupRules(before, after).length < listOf(before).length,
    { aws_backup_plan: "rule" },
  ),
  {
    types: ["aws_kinesis_stream"],
    path: ["retention_period"],
    worse: smaller,
    severity: "danger",
    meaning: "Older records are deleted permanently.",
  },
  ...rows("danger", "Older events are deleted permanently.", shorter, {
    aws_cloudtrail_event_data_store: "retention_period",
    aws_cloudwatch_event_archive: "retention_days",
  }),
  ...rows("danger", "Older records are deleted permanently.", smaller, {
    aws_timestreamwrite_table: "retention_properties.0.magnetic_store_retention_period_in_days",
  }),
  ...rows("danger", "A service's resources are not backed up.", anySwitchedOff, {
    aws_backup_region_settings: "resource_type_opt_in_preference",
  }),
  {
    types: ["aws_ecr_lifecycle_policy"],
    path: ["policy", "rules"],
    worse: existing((before, after) => imagesKept(after) < imagesKept(before)),
    severity: "caution",
    meaning: "More images are deleted, and releases that need them cannot be rolled back.",
  },
];

const DATABASE: readonly Row[] = [
  {
    types: DATABASES,
    path: ["iam_database_authentication_enabled"],
    worse: off,
    severity: "caution",
    meaning: "Only passwords are left for signing in to the database.",
  },
  {
    types: DATABASES,
    path: ["enabled_cloudwatch_logs_exports"],
    worse: fewer,
    severity: "caution",
    meaning: "Fewer logs of the database are kept outside of it.",
  },
  {
    types: [...DATABASES, "aws_rds_global_cluster"],
    path: ["engine_version"],
    worse: (before, after, { after: database }) =>
      typeof before === "string" &&
      typeof after === "string" &&
      major(before, at(database, "engine")) !== major(after, at(database, "engine")),
    severity: "danger",
    meaning: "A major upgrade of the engine takes the database down and cannot be reverted without restoring a backup.",
  },
  ...rows(
    "caution",
    "Other settings apply to it, such as those of encryption and logs.",
    existing(either(changed, gone)),
    {
      aws_db_instance: "parameter_group_name",
      aws_docdb_cluster: "db_cluster_parameter_group_name",
      aws_elasticache_replication_group: "parameter_group_name",
      aws_neptune_cluster: "neptune_cluster_parameter_group_name",
      aws_rds_cluster: "db_cluster_parameter_group_name",
      aws_redshift_cluster: "cluster_parameter_group_name",
    },
  ),
  ...rows("caution", "Fewer logs of the database are kept outside of it.", fewer, {
    aws_neptune_cluster: "enable_cloudwatch_logs_exports",
  }),
  ...rows("caution", "The database stops when its storage is full.", either(gone, zero), {
    aws_db_instance: "max_allocated_storage",
  }),
  {
    types: ["aws_db_instance"],
    path: ["allocated_storage"],
    worse: (before, after) => smaller(after, before),
    severity: "note",
    meaning: "Storage cannot be reduced again.",
  },
  {
    types: ["aws_dynamodb_table"],
    path: ["ttl", 0, "enabled"],
    worse: (before, after, { before: existing }) => existing !== undefined && on(before, after),
    severity: "caution",
    meaning: "Expired items are deleted, including existing ones.",
  },
  {
    types: ["aws_dynamodb_table"],
    path: ["ttl", 0, "attribute_name"],
    worse: (before, after) => !isNothing(before) && !isNothing(after),
    severity: "caution",
    meaning: "Items expire by another attribute, including existing ones.",
  },
  ...rows("danger", "Queries of the index fail.", lacks("name"), { aws_dynamodb_table: "global_secondary_index" }),
  ...rows("danger", "Consumers of the stream get no more changes.", off, { aws_dynamodb_table: "stream_enabled" }),
  {
    path: ["auto_minor_version_upgrade"],
    worse: off,
    severity: "caution",
    meaning: "Security patches of the engine are not installed automatically.",
  },
  ...rows("caution", "Security patches of the engine are not installed automatically.", off, {
    aws_redshift_cluster: "allow_version_upgrade",
  }),
  ...rows("caution", "The password is no longer kept and rotated by Secrets Manager.", off, {
    aws_db_instance: "manage_master_user_password",
    aws_docdb_cluster: "manage_master_user_password",
    aws_rds_cluster: "manage_master_user_password",
    aws_redshift_cluster: "manage_master_password",
    aws_redshiftserverless_namespace: "manage_admin_password",
  }),
  ...rows(
    "caution",
    "Anyone with permission to use the Data API can query the database without a network path to it.",
    existing(on),
    {
      aws_rds_cluster: "enable_http_endpoint",
    },
  ),
  ...rows("caution", "There is less data about a slow database.", either(off, zero), {
    aws_db_instance: ["performance_insights_enabled", "monitoring_interval"],
    aws_docdb_cluster_instance: "enable_performance_insights",
    aws_rds_cluster: ["performance_insights_enabled", "monitoring_interval"],
    aws_rds_cluster_instance: ["performance_insights_enabled", "monitoring_interval"],
  }),
];

/** A map of switches in which one goes off. */
function anySwitchedOff(before: Side, after: Side): boolean {
  return isFields(before) && Object.keys(before).some((name) => isOn(at(before, name)) && !isOn(at(after, name)));
}

/** Images that every rule of a lifecycle policy keeps, in images or days. */
function imagesKept(rules: Side): number {
  const counts = listOf(rules).map((rule) => at(rule, "selection", "countNumber"));
  return Math.min(Number.POSITIVE_INFINITY, ...counts.filter((count) => typeof count === "number"));
}

/** The major version: the first number, and for MySQL, MariaDB, and PostgreSQL before 10 the first two. */
function major(version: string, engine: Side): string {
  const [first = "", second = ""] = version.split(".");
  return Number(first) >= 10 && !/mysql|mariadb/.test(`${engine} ${version}`) ? first : `${first}.${second}`;
}

export const STORED_DATA: readonly Row[] = [...DELETION, ...BACKUPS, ...RETENTION, ...DATABASE];
