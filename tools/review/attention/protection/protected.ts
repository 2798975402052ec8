import type { Subject } from "../../subject.ts";
import { at, isNothing, listOf, type Value } from "../../values/value.ts";
import { oncePerPlan, type PlanContext, reading } from "../context.ts";
import { identifierKey, identifiersOf } from "../identifiers.ts";

/** Arguments with which safeguards name what they protect, with its type where the value is only a name. */
const ARGUMENTS: Readonly<Record<string, string | undefined>> = {
  api_id: undefined,
  autoscaling_group_name: "aws_autoscaling_group",
  backup_vault_name: "aws_backup_vault",
  bucket: "aws_s3_bucket",
  cluster_identifier: "aws_redshift_cluster",
  event_source_arn: undefined,
  file_system_id: undefined,
  function_name: "aws_lambda_function",
  hosted_zone_id: undefined,
  log_group_name: "aws_cloudwatch_log_group",
  plan_id: undefined,
  queue_url: undefined,
  resource_arn: undefined,
  resource_id: undefined,
  rest_api_id: undefined,
  rule: "aws_cloudwatch_event_rule",
  secret_id: undefined,
  subnet_id: undefined,
  table_name: "aws_dynamodb_table",
  target_key_id: undefined,
  topic_arn: undefined,
  user_pool_id: undefined,
  vpc_id: undefined,
  zone_id: undefined,
};

/** Dimensions with which alarms name what they watch, in the same form. Source: "AWS services that publish CloudWatch metrics". */
const DIMENSIONS: Readonly<Record<string, string | undefined>> = {
  AutoScalingGroupName: "aws_autoscaling_group",
  BucketName: "aws_s3_bucket",
  CacheClusterId: "aws_elasticache_cluster",
  DBClusterIdentifier: "aws_rds_cluster",
  DBInstanceIdentifier: "aws_db_instance",
  DistributionId: undefined,
  FileSystemId: undefined,
  FunctionName: "aws_lambda_function",
  InstanceId: undefined,
  LoadBalancer: undefined,
  QueueName: "aws_sqs_queue",
  ServiceName: "aws_ecs_service",
  StreamName: "aws_kinesis_stream",
  TableName: "aws_dynamodb_table",
  TargetGroup: undefined,
  TopicName: "aws_sns_topic",
};

/** True for a safeguard that is destroyed together with what it protects. */
export function isProtectedDestroyed({ before }: Subject, context: PlanContext): boolean {
  const dimensions = [before, ...listOf(at(before, "metric_query")).map((query) => at(query, "metric", 0))].map(
    (metric) => at(metric, "dimensions"),
  );
  return (
    namesDestroyed(ARGUMENTS, before, context) ||
    dimensions.some((metric) => namesDestroyed(DIMENSIONS, metric, context))
  );
}

function namesDestroyed(
  names: Readonly<Record<string, string | undefined>>,
  values: Value | undefined,
  context: PlanContext,
): boolean {
  return Object.entries(names).some(([name, type]) => {
    const value = at(values, name);
    return !isNothing(value) && destroyed(context).has(identifierKey(type ?? ANY, value));
  });
}

/** Instead of the type in keys of ARNs, IDs, and URLs. */
const ANY = "";

/** Identifiers of destroyed resources, with their type and without it, and what their ARNs end with, such as `table/a`. */
const destroyed = oncePerPlan(({ subjects }) => {
  const gone = subjects.filter(({ action }) => action === "destroy");
  const keysOf = reading(({ type, before }: Subject) =>
    identifiersOf(before).flatMap((identifier) => [
      ...[ANY, type].map((of) => identifierKey(of, identifier)),
      identifierKey(ANY, String(identifier).replace(/^arn:([^:]*:){4}/, "")),
    ]),
  );
  return new Set(gone.flatMap(keysOf));
});
