import { findEnvironment } from "../../environment.ts";
import type { Rule } from "../rule.ts";

/** Arguments with a name that is unique in the account and region. */
const NAMES: Readonly<Record<string, string>> = {
  aws_cloudfront_function: "name",
  aws_cloudfront_origin_access_control: "name",
  aws_cloudfront_response_headers_policy: "name",
  aws_cloudwatch_composite_alarm: "alarm_name",
  aws_cloudwatch_dashboard: "dashboard_name",
  aws_cloudwatch_event_rule: "name",
  aws_cloudwatch_log_group: "name",
  aws_cloudwatch_log_resource_policy: "policy_name",
  aws_cloudwatch_metric_alarm: "alarm_name",
  aws_cloudwatch_query_definition: "name",
  aws_codebuild_project: "name",
  aws_codecommit_repository: "repository_name",
  aws_codedeploy_app: "name",
  aws_codepipeline: "name",
  aws_cognito_user_pool_domain: "domain",
  aws_dynamodb_table: "name",
  aws_ecr_pull_through_cache_rule: "ecr_repository_prefix",
  aws_ecr_repository: "name",
  aws_ecs_cluster: "name",
  aws_ecs_task_definition: "family",
  aws_iam_policy: "name",
  aws_iam_role: "name",
  aws_kms_alias: "name",
  aws_lambda_function: "function_name",
  aws_lb: "name",
  aws_lb_target_group: "name",
  aws_opensearch_domain: "domain_name",
  aws_s3_bucket: "bucket",
  aws_security_group: "name",
  aws_sns_topic: "name",
  aws_sqs_queue: "name",
  aws_ssm_parameter: "name",
  aws_wafv2_web_acl: "name",
  aws_xray_group: "group_name",
  aws_xray_sampling_rule: "rule_name",
};

/** Prefixes that a service requires or that paths have: `alias/`, `/`, `/aws/lambda/`. */
const PATH = /^(alias\/|\/aws\/[a-z]+\/|\/)/;

/**
 * Every name begins with `project.prefix` and the environment. Otherwise two environments of an account would share it, and the
 * deploy role, whose policies allow names by this prefix, could not create it.
 */
export const ownNames: Rule = {
  name: "own-names",
  types: Object.keys(NAMES),
  check({ construct, type, arguments: found }) {
    const environment = findEnvironment(construct);
    const argument = NAMES[type] ?? "name";
    const name = found[argument];
    if (environment === undefined || name === undefined) {
      return [];
    }
    // X-Ray's names are short, and those of the example begin with the environment alone.
    const prefix = type.startsWith("aws_xray_") ? environment.tracePrefix : environment.prefix;
    return beginsWith(String(name), prefix)
      ? []
      : [
          `${argument} is "${name}": begin it with the stack's prefix, which is ${prefix} here, so that environments do not share it`,
        ];
  },
};

/** True if the prefix is followed by another part of the name, or by nothing. A reference is to a name that is checked itself. */
function beginsWith(name: string, prefix: string): boolean {
  const start = name.replace(PATH, "");
  return start.startsWith("${") || (start.startsWith(prefix) && !/^[a-z0-9]/.test(start.slice(prefix.length)));
}
