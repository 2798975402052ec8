import type { Subject } from "../subject.ts";
import { at, isNothing } from "../value.ts";
import { oncePerPlan, type PlanContext, reading } from "./context.ts";
import { identifierKey, identifiersOf } from "./identifiers.ts";

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
    return !isNothing(value) && destroyed(context).has(identifierKey(type ?? ANY, value));
  });
}

/** Instead of the type in keys of ARNs, IDs, and URLs. */
const ANY = "";

/** Identifiers of destroyed resources, with their type and without it. */
const destroyed = oncePerPlan(({ subjects }) => {
  const gone = subjects.filter(({ action }) => action === "destroy");
  const keysOf = reading(({ type, before }: Subject) =>
    identifiersOf(before).flatMap((identifier) => [ANY, type].map((of) => identifierKey(of, identifier))),
  );
  return new Set(gone.flatMap(keysOf));
});
