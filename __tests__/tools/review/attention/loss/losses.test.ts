import test from "ava";
import { configured, findings, findingsIn, type ResourceInput, resource, reviewOf } from "../../plan-parts.ts";
import { policy, TLS_ONLY, testFindings } from "../cases.ts";

// What a plan destroys or replaces, and what is lost with it.

testFindings({
  "a destroyed table loses its items": [
    [{ type: "aws_dynamodb_table", before: { name: "t" } }],
    ["danger loss: aws_dynamodb_table is destroyed. Every item is lost"],
  ],
  "a replaced table names the reason": [
    [
      {
        type: "aws_dynamodb_table",
        before: { name: "t" },
        after: { name: "u" },
        actions: ["delete", "create"],
        replaced: ["name"],
      },
    ],
    ["danger loss: aws_dynamodb_table is replaced, because name cannot change in place. Every item is lost"],
  ],
  "the destruction of a bucket that may not be emptied fails": [
    [{ type: "aws_s3_bucket", before: { bucket: "b", force_destroy: false } }],
    ["danger loss: aws_s3_bucket is destroyed. Every object is lost. (Its force_destroy is off"],
  ],
  "settings destroyed together with their bucket have no findings": [
    [
      { type: "aws_s3_bucket", before: { bucket: "b", id: "b", force_destroy: true } },
      { type: "aws_s3_bucket_versioning", before: { bucket: "b" } },
      { type: "aws_s3_object", before: { bucket: "b", key: "k" } },
      { type: "aws_s3_bucket_public_access_block", before: { bucket: "b" } },
      { type: "aws_s3_bucket_policy", before: { bucket: "b", policy: policy(TLS_ONLY) } },
    ],
    ["danger loss: aws_s3_bucket is destroyed."],
  ],
  "settings of a bucket destroyed on their own": [
    [
      { type: "aws_s3_bucket_versioning", before: { bucket: "b" } },
      { type: "aws_s3_bucket_public_access_block", before: { bucket: "b" } },
      { type: "aws_s3_bucket_policy", before: { bucket: "b", policy: policy(TLS_ONLY) } },
    ],
    [
      "danger public: aws_s3_bucket_public_access_block is destroyed.",
      "danger access: No longer denies s3:* to everyone when",
      "danger protection: aws_s3_bucket_versioning is destroyed.",
    ],
  ],
  "a load balancer replaced by one that is created first": [
    [
      {
        type: "aws_lb",
        before: { name: "a" },
        after: { name: "b" },
        actions: ["create", "delete"],
        replaced: ["name"],
      },
    ],
    [
      "danger loss: aws_lb is replaced, because name cannot change in place. The replacement is created first. Its address changes.",
    ],
  ],
  "a listener rule replaced by one that is created first": [
    [
      {
        type: "aws_lb_listener_rule",
        before: { priority: 1 },
        after: { priority: 2 },
        actions: ["create", "delete"],
        replaced: ["listener_arn"],
      },
    ],
    [
      "caution loss: aws_lb_listener_rule is replaced, because listener_arn cannot change in place. The replacement is created first.",
    ],
  ],
  "a load balancer destroyed before its replacement is created": [
    [
      {
        type: "aws_lb",
        before: { name: "a" },
        after: { name: "b" },
        actions: ["delete", "create"],
        replaced: ["name"],
      },
    ],
    [
      "danger loss: aws_lb is replaced, because name cannot change in place. Open connections break and requests fail until the replacement is ready. Its address changes.",
    ],
  ],
  "the items of a lost table are part of the loss": [
    [
      { type: "aws_dynamodb_table", before: { name: "t" }, after: { name: "u" }, actions: ["delete", "create"] },
      { type: "aws_dynamodb_table_item", before: { table_name: "t" }, after: {}, actions: ["delete", "create"] },
    ],
    [
      "danger loss: aws_dynamodb_table is replaced. Every item is lost; with point-in-time recovery, a backup remains for 35 days.",
    ],
  ],
  "an item that is deleted from its table, and one that is written again": [
    [
      { type: "aws_dynamodb_table_item", before: { table_name: "t" }, after: {}, actions: ["delete", "create"] },
      { type: "aws_dynamodb_table_item", name: "other", before: { table_name: "t" } },
    ],
    [
      "caution loss: aws_dynamodb_table_item is destroyed. The item is deleted from its table.",
      "note loss: aws_dynamodb_table_item is replaced. The item is written again.",
    ],
  ],
  "safeguards that are destroyed together with what they protect": [
    [
      { type: "aws_vpc", before: { id: "vpc-1" } },
      { type: "aws_flow_log", before: { vpc_id: "vpc-1" } },
      { type: "aws_lb", before: { id: "arn:l", arn: "arn:l" } },
      { type: "aws_wafv2_web_acl_association", before: { resource_arn: "arn:l" } },
      { type: "aws_lambda_function", before: { id: "f", function_name: "f" } },
      { type: "aws_lambda_event_source_mapping", before: { function_name: "f" } },
      { type: "aws_iam_role", before: { id: "g", name: "g" } },
      { type: "aws_lambda_event_source_mapping", name: "other", before: { function_name: "g" } },
    ],
    [
      "danger loss: aws_lambda_function is destroyed. Calls fail.",
      "danger loss: aws_lb is destroyed.",
      "danger loss: aws_vpc is destroyed.",
      "danger protection: aws_lambda_event_source_mapping is destroyed.",
      "note loss: aws_flow_log is destroyed.",
      "note loss: aws_iam_role is destroyed.",
      "note loss: aws_lambda_event_source_mapping is destroyed.",
      "note loss: aws_wafv2_web_acl_association is destroyed.",
    ],
  ],
  "scaling, alarms, and filters that are destroyed together with what they watch, and some that are not": [
    [
      {
        type: "aws_ecs_service",
        before: { name: "like", id: "arn:aws:ecs:us-east-1:111122223333:service/main/like" },
      },
      { type: "aws_lb_target_group", before: { arn_suffix: "targetgroup/like/1" } },
      { type: "aws_cloudwatch_log_group", before: { name: "like" } },
      { type: "aws_appautoscaling_target", before: { resource_id: "service/main/like" } },
      {
        type: "aws_cloudwatch_metric_alarm",
        before: { dimensions: { ClusterName: "main", ServiceName: "like" } },
      },
      {
        type: "aws_cloudwatch_metric_alarm",
        name: "of_metrics",
        before: { metric_query: [{ id: "a", metric: [{ dimensions: { TargetGroup: "targetgroup/like/1" } }] }] },
      },
      { type: "aws_cloudwatch_log_metric_filter", before: { log_group_name: "like" } },
      { type: "aws_appautoscaling_target", name: "other", before: { resource_id: "service/main/other" } },
      { type: "aws_cloudwatch_metric_alarm", name: "other", before: { dimensions: { FunctionName: "like" } } },
    ],
    [
      "danger loss: aws_cloudwatch_log_group is destroyed.",
      "danger loss: aws_ecs_service is destroyed.",
      "danger loss: aws_lb_target_group is destroyed.",
      "danger protection: aws_appautoscaling_target is destroyed. Capacity no longer follows the load.",
      "danger protection: aws_cloudwatch_metric_alarm is destroyed. No one is notified",
      "note loss: aws_appautoscaling_target is destroyed.",
      "note loss: aws_cloudwatch_log_metric_filter is destroyed.",
      "note loss: aws_cloudwatch_metric_alarm is destroyed.",
      "note loss: aws_cloudwatch_metric_alarm is destroyed.",
    ],
  ],
  "an object that Terraform forgets": [
    [{ type: "aws_db_instance", before: { deletion_protection: true }, actions: ["forget"] }],
    ["note loss: aws_db_instance stays as it is, and Terraform no longer manages it."],
  ],
  "a replacement that leaves the old object in AWS": [
    [{ type: "aws_s3_bucket", before: { bucket: "a" }, after: { bucket: "b" }, actions: ["create", "forget"] }],
    ["note loss: aws_s3_bucket is replaced. The old object stays, and Terraform no longer manages it."],
  ],
  "a replacement that leaves the old object in AWS and lowers its protection": [
    [
      {
        type: "aws_db_instance",
        before: { deletion_protection: true },
        after: { deletion_protection: false },
        actions: ["create", "forget"],
      },
    ],
    [
      "danger protection: deletion_protection changes from true to false.",
      "note loss: aws_db_instance is replaced. The old object stays, and Terraform no longer manages it.",
    ],
  ],
  "the deposed object of an interrupted replacement": [
    [{ type: "aws_lb", before: { name: "old" }, deposed: "a1b2c3d4" }],
    ["note loss: The old aws_lb of an interrupted replacement is destroyed; the current one stays."],
  ],
  "a deposed object that stays without Terraform": [
    [{ type: "aws_lb", before: { name: "old" }, actions: ["forget"], deposed: "a1b2c3d4" }],
    ["note loss: The old aws_lb of an interrupted replacement stays as it is, and Terraform no longer manages it."],
  ],
  "a deposed object that is destroyed together with the current one": [
    [
      { type: "aws_cloudwatch_dashboard", before: { dashboard_name: "a" } },
      { type: "aws_cloudwatch_dashboard", before: { dashboard_name: "old" }, deposed: "a1b2c3d4" },
    ],
    [
      "note loss: aws_cloudwatch_dashboard is destroyed.",
      "note loss: The old aws_cloudwatch_dashboard of an interrupted replacement is destroyed.",
    ],
  ],
  "a replacement that was requested": [
    [
      {
        type: "aws_cloudwatch_dashboard",
        before: { dashboard_name: "a" },
        after: { dashboard_name: "a" },
        actions: ["delete", "create"],
        reason: "replace_by_request",
      },
    ],
    ["note loss: aws_cloudwatch_dashboard is replaced, because -replace requests it."],
  ],
  "an instance replaced because of its script": [
    [
      {
        type: "aws_instance",
        before: { user_data: "a" },
        after: { user_data: "b" },
        actions: ["delete", "create"],
        replaced: ["user_data"],
      },
    ],
    [
      "danger loss: aws_instance is replaced, because user_data cannot change in place.",
      "caution protection: user_data changes from a to b. The new instance runs the changed script as root.",
    ],
  ],
  "a data source describes something that exists": [
    [
      { type: "aws_instance", after: { associate_public_ip_address: true }, actions: ["read"] },
      { type: "aws_db_instance", after: { publicly_accessible: true }, actions: ["read"] },
    ],
    [],
  ],
  "a destroyed resource of a type without rules is a note": [
    [{ type: "aws_cloudwatch_dashboard", before: { dashboard_body: "{}" } }],
    ["note loss: aws_cloudwatch_dashboard is destroyed."],
  ],
  "a destroyed database of another cloud, known or judged by its type": [
    [
      { type: "google_sql_database_instance", before: { name: "a" } },
      { type: "kubernetes_namespace", before: { id: "b" } },
      { type: "google_memcache_cluster", before: { id: "b" } },
      { type: "oci_database_autonomous_database", before: { id: "b" } },
      { type: "google_bigquery_dataset_iam_member", before: { id: "b" } },
      { type: "aws_db_subnet_group", before: { id: "b" } },
    ],
    [
      "danger loss: google_sql_database_instance is destroyed. The database is lost.",
      "danger loss: kubernetes_namespace is destroyed. Everything in the namespace is deleted.",
      "caution loss: google_memcache_cluster is destroyed. Judging by its type, it may hold data",
      "caution loss: oci_database_autonomous_database is destroyed. Judging by its type, it may hold data",
      "note loss: aws_db_subnet_group is destroyed.",
      "note loss: google_bigquery_dataset_iam_member is destroyed.",
    ],
  ],
  "a resource that OpenTofu destroys because it is not enabled": [
    [{ type: "aws_ecs_service", before: { name: "a" }, reason: "delete_because_enabled_false" }],
    ["danger loss: aws_ecs_service is destroyed, because enabled is false. Its tasks stop"],
  ],
  "a tainted resource": [
    [
      {
        type: "aws_ecs_service",
        before: { name: "s" },
        after: { name: "s" },
        actions: ["delete", "create"],
        reason: "replace_because_tainted",
      },
    ],
    ["danger loss: aws_ecs_service is replaced, because it is tainted. Its tasks stop"],
  ],
  "a secret destroyed without a recovery window": [
    [{ type: "aws_secretsmanager_secret", before: { name: "s", recovery_window_in_days: 0 } }],
    ["danger loss: aws_secretsmanager_secret is destroyed. The secret's value is lost at once"],
  ],
  "a database destroyed without a snapshot": [
    [{ type: "aws_db_instance", before: { skip_final_snapshot: true, delete_automated_backups: true } }],
    [
      "danger loss: aws_db_instance is destroyed. The database is lost; no final snapshot is taken and no automated backup",
    ],
  ],
});

test("a replacement for something else is told apart from one for something that is replaced, too", async (t) => {
  const type = "aws_route_table_association";
  const change = { type, before: { subnet_id: "a" }, actions: ["delete", "create"], replaced: ["subnet_id"] };
  const loss = `danger loss: ${type} is replaced, because subnet_id cannot change in place. The subnet uses the main route table`;
  const lossOf = async (input: ResourceInput) =>
    (await findings(input)).find((finding) => finding.startsWith("danger loss"));
  t.is(
    await lossOf({ ...change, after: { subnet_id: "b" } }),
    `${loss}, because the replacement has another subnet_id.`,
  );
  t.is(await lossOf({ ...change, after: {}, unknown: { subnet_id: true } }), `${loss} until the replacement is ready.`);
});

test("an argument that a new resource leaves to AWS counts as not set", async (t) => {
  const type = "aws_dynamodb_table";
  const table = resource({
    type,
    after: { name: "t", deletion_protection_enabled: true },
    unknown: { point_in_time_recovery: true },
  });
  const found = async (...attributes: readonly string[]) =>
    findingsIn(await reviewOf({ platform: [table, configured(type, ...attributes)] }));
  const missing =
    "note protection: Created without point_in_time_recovery.enabled. Items cannot be restored after a mistake.";
  t.deepEqual(await found("name"), [missing]);
  t.deepEqual(await found("name", "point_in_time_recovery"), []);
});

test("a setting that is replaced by one of another bucket leaves its own", async (t) => {
  const actions = ["delete", "create"];
  const block = { block_public_acls: true, block_public_policy: true, ignore_public_acls: true };
  const moved = (type: string) => ({
    type,
    actions,
    before: { bucket: "a", ...block, restrict_public_buckets: true },
    after: { bucket: "b", ...block, restrict_public_buckets: true },
  });
  const bucket = { type: "aws_s3_bucket", before: { bucket: "a" }, after: { bucket: "b" }, actions };
  const types = ["aws_s3_bucket_public_access_block", "aws_s3_bucket_versioning"];
  for (const type of types) {
    const [finding = "", ...others] = await findings(moved(type));
    t.regex(finding, new RegExp(`^danger \\w+: ${type} leaves the bucket a\\. `));
    t.deepEqual(others, []);
    t.false((await findings(moved(type), bucket)).some((finding) => finding.includes("leaves the bucket")));
  }
});

test("the value of a secret that is lost is part of the loss", async (t) => {
  const secret = { type: "aws_secretsmanager_secret", before: { id: "arn", recovery_window_in_days: 7 } };
  const version = { type: "aws_secretsmanager_secret_version", before: { secret_id: "arn" } };
  t.deepEqual(await findings(secret, version), [
    "danger loss: aws_secretsmanager_secret is destroyed. The secret's value is lost after the recovery window.",
  ]);
});

test("a replaced value of a secret is not a loss", async (t) => {
  const version = { type: "aws_secretsmanager_secret_version", before: { secret_string_wo_version: 1 } };
  const after = { secret_string_wo_version: 2 };
  t.deepEqual(
    await findings({ ...version, actions: ["delete", "create"], after, replaced: ["secret_string_wo_version"] }),
    [
      "note loss: aws_secretsmanager_secret_version is replaced, because secret_string_wo_version cannot change in place. The secret gets another value.",
    ],
  );
  t.deepEqual(await findings(version), [
    "caution loss: aws_secretsmanager_secret_version is destroyed. The secret loses this value.",
  ]);
});
