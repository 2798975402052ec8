import type { Subject } from "../subject.ts";
import { at, isNothing, type Value } from "../value.ts";
import { oncePerPlan, type PlanContext, reading } from "./context.ts";

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
  plan_id: undefined,
  queue_url: undefined,
  resource_arn: undefined,
  rest_api_id: undefined,
  rule: "aws_cloudwatch_event_rule",
  secret_id: undefined,
  subnet_id: undefined,
  table_name: "aws_dynamodb_table",
  topic_arn: undefined,
  user_pool_id: undefined,
  vpc_id: undefined,
  zone_id: undefined,
};

/** True for a safeguard that is destroyed together with what it protects. */
export function isProtectedDestroyed({ before }: Subject, context: PlanContext): boolean {
  return Object.entries(ARGUMENTS).some(([argument, type]) => {
    const value = at(before, argument);
    return !isNothing(value) && destroyed(context).has(keyOf(type, value));
  });
}

/** ARNs, IDs, and URLs of destroyed resources, and names with the type. */
const destroyed = oncePerPlan(({ subjects }) => {
  const gone = subjects.filter(({ action }) => action === "destroy");
  const keysOf = reading(({ type, before }: Subject) => [
    ...["arn", "id", "url"].map((name) => keyOf(undefined, at(before, name))),
    ...["bucket", "function_name", "id", "name"].map((name) => keyOf(type, at(before, name))),
  ]);
  return new Set(gone.flatMap(keysOf));
});

function keyOf(type: string | undefined, value: Value | undefined): string {
  return `${type ?? ""} ${value}`;
}
