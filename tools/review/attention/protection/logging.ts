import type { Subject } from "../../subject.ts";
import { at, isNothing, listOf, type Value } from "../../values/value.ts";
import {
  becomes,
  changed,
  created,
  existing,
  fewer,
  gone,
  isOn,
  leaves,
  missingAtCreation,
  off,
  offAtCreation,
  type Row,
  rows,
  type Side,
  shorter,
  smaller,
  weaker,
} from "../table.ts";

// Logs, metrics, and traces that are no longer recorded, or kept for a shorter time.

const NO_REQUEST_LOG = "Requests cannot be traced afterwards.";
export const NO_AUDIT_LOG = "Activity in the account cannot be traced afterwards.";
const NO_TRACES = "Requests are no longer traced with X-Ray.";

/** Source: "Amazon MSK metrics for monitoring Standard brokers with CloudWatch". */
const MSK_METRICS = ["DEFAULT", "PER_BROKER", "PER_TOPIC_PER_BROKER", "PER_TOPIC_PER_PARTITION"];

/** Source: "Monitor Amazon ECS containers using Container Insights with enhanced observability". */
const INSIGHTS = ["disabled", "enabled", "enhanced"];

/** Level of Container Insights as its position in INSIGHTS; 0 if it is off or not set. */
function insights(settings: Side): number {
  const setting = listOf(settings).find((one) => at(one, "name") === "containerInsights");
  return Math.max(0, INSIGHTS.indexOf(String(at(setting, "value"))));
}

/** Events that the selectors of a trail record, as `Read management` or `Write AWS::S3::Object arn:aws:s3`. */
function eventsOf(selectors: Side): readonly string[] {
  return (isNothing(selectors) ? [{}] : listOf(selectors)).flatMap((selector) => {
    const types = at(selector, "read_write_type");
    const isLimited = typeof types === "string" && types !== "All";
    const data = listOf(at(selector, "data_resource")).flatMap((resource) =>
      listOf(at(resource, "values")).map((arn) => `${at(resource, "type")} ${arn}`),
    );
    const management = at(selector, "include_management_events") === false ? [] : ["management"];
    return [...management, ...data].flatMap((events) =>
      ["Read", "Write"].filter((kind) => !isLimited || types === `${kind}Only`).map((kind) => `${kind} ${events}`),
    );
  });
}

/** Services whose management events every selector leaves out. */
function excludedSources(selectors: Side): readonly Value[] {
  const [first = [], ...others] = listOf(selectors).map((one) => listOf(at(one, "exclude_management_event_sources")));
  return first.filter((source) => others.every((other) => other.includes(source)));
}

/** Blocks of destinations, of which each has a switch. */
const DESTINATIONS = ["cloudwatch_logs", "firehose", "kinesis_data_firehose", "s3"];

/** A destination that is switched off while no other one in the block at a path is on. */
function lastOff(...path: readonly (string | number)[]) {
  return (before: Side, after: Side, { after: resource }: Subject): boolean =>
    off(before, after) && !DESTINATIONS.some((other) => isOn(at(resource, ...path, other, 0, "enabled")));
}

function recordsLess(before: Side, after: Side): boolean {
  const has = eventsOf(after);
  const excluded = excludedSources(before);
  return (
    eventsOf(before).some((event) => !has.some((wide) => event.startsWith(wide))) ||
    excludedSources(after).some((source) => !excluded.includes(source))
  );
}

/** Parameters that record what users of a database do: of DocumentDB, Redshift, Neptune, Aurora MySQL, and PostgreSQL. */
const AUDITS = [
  "audit_logs",
  "enable_user_activity_logging",
  "neptune_enable_audit_log",
  "server_audit_logging",
  "pgaudit.log",
];

function isAudited(parameters: Side): boolean {
  return listOf(parameters).some(
    (parameter) =>
      AUDITS.includes(String(at(parameter, "name"))) &&
      !/^(0|off|false|disabled|none)?$/i.test(String(at(parameter, "value"))),
  );
}

export const LOGGING: readonly Row[] = [
  ...["aws_lb", "aws_alb", "aws_elb"].map(
    (type): Row => ({
      types: [type],
      path: ["access_logs", 0, "enabled"],
      worse: off,
      severity: "danger",
      meaning: NO_REQUEST_LOG,
    }),
  ),
  {
    types: ["aws_cloudfront_distribution"],
    path: ["logging_config", 0, "bucket"],
    worse: gone,
    severity: "danger",
    meaning: NO_REQUEST_LOG,
  },
  {
    types: ["aws_api_gateway_stage", "aws_apigatewayv2_stage"],
    path: ["access_log_settings", 0, "destination_arn"],
    worse: gone,
    severity: "danger",
    meaning: NO_REQUEST_LOG,
  },
  {
    types: ["aws_redshift_cluster"],
    path: ["logging", 0, "enable"],
    worse: off,
    severity: "danger",
    meaning: "Connections and queries can no longer be traced afterwards.",
  },
  {
    types: ["aws_api_gateway_method_settings"],
    path: ["settings", 0, "logging_level"],
    worse: becomes("OFF"),
    severity: "caution",
    meaning: NO_REQUEST_LOG,
  },
  {
    types: ["aws_cloudtrail"],
    path: ["cloud_watch_logs_group_arn"],
    worse: gone,
    severity: "danger",
    meaning: "Alarms and searches on the log group no longer see activity in the account.",
  },
  ...rows("caution", "Logs go to another place, where others may read or delete them.", changed, {
    aws_cloudtrail: "s3_bucket_name",
    aws_config_delivery_channel: "s3_bucket_name",
    aws_s3_bucket_logging: "target_bucket",
  }),
  { types: ["aws_cloudtrail"], path: ["enable_logging"], worse: off, severity: "danger", meaning: NO_AUDIT_LOG },
  ...["is_multi_region_trail", "include_global_service_events", "is_organization_trail"].map(
    (argument): Row => ({
      types: ["aws_cloudtrail"],
      path: [argument],
      worse: off,
      severity: "danger",
      meaning: "The trail records less than before.",
    }),
  ),
  {
    types: ["aws_cloudtrail"],
    path: ["event_selector"],
    worse: recordsLess,
    severity: "caution",
    meaning: "The trail does not record every event in the account.",
  },
  {
    types: ["aws_cloudtrail"],
    path: ["enable_log_file_validation"],
    worse: off,
    severity: "caution",
    meaning: "Changed log files can no longer be detected.",
  },
  {
    types: ["aws_eks_cluster"],
    path: ["enabled_cluster_log_types"],
    worse: fewer,
    severity: "danger",
    meaning: "Fewer logs of the control plane are kept.",
  },
  {
    types: ["aws_cloudwatch_log_group"],
    path: ["retention_in_days"],
    worse: shorter,
    severity: "danger",
    meaning: "Older log lines are deleted permanently.",
  },
  {
    types: ["aws_sqs_queue"],
    path: ["message_retention_seconds"],
    worse: shorter,
    severity: "caution",
    meaning: "Messages that wait longer are dropped.",
  },
  ...rows("danger", NO_REQUEST_LOG, off, { aws_lb: "connection_logs.0.enabled", aws_alb: "connection_logs.0.enabled" }),
  ...rows("danger", NO_REQUEST_LOG, lastOff("access_logs", 0), {
    aws_verifiedaccess_instance_logging_configuration: DESTINATIONS.map(
      (destination) => `access_logs.0.${destination}.0.enabled`,
    ),
  }),
  ...rows(
    "danger",
    "Activity of the brokers can no longer be traced afterwards.",
    lastOff("logging_info", 0, "broker_logs", 0),
    {
      aws_msk_cluster: DESTINATIONS.map((destination) => `logging_info.0.broker_logs.0.${destination}.0.enabled`),
    },
  ),
  ...rows("caution", "Fewer metrics are recorded.", weaker(...MSK_METRICS), { aws_msk_cluster: "enhanced_monitoring" }),
  ...rows("caution", "Less traffic through the firewall is recorded.", fewer, {
    aws_networkfirewall_logging_configuration: "logging_configuration.0.log_destination_config",
  }),
  ...rows("danger", "The event data store records less than before.", off, {
    aws_cloudtrail_event_data_store: ["multi_region_enabled", "organization_enabled"],
  }),
  ...rows("caution", "Bounces and complaints are no longer reported.", off, {
    aws_ses_event_destination: "enabled",
    aws_sesv2_configuration_set_event_destination: "event_destination.0.enabled",
  }),
  ...rows("danger", NO_REQUEST_LOG, gone, { aws_s3_bucket: "logging" }),
  ...rows("danger", NO_AUDIT_LOG, offAtCreation, { aws_cloudtrail: "enable_logging" }),
  ...rows("caution", "Activity in other regions is not recorded.", missingAtCreation, {
    aws_cloudtrail: "is_multi_region_trail",
  }),
  ...rows("caution", "Changed log files cannot be detected.", missingAtCreation, {
    aws_cloudtrail: "enable_log_file_validation",
  }),
  ...rows("caution", "No one is notified of new log files.", gone, { aws_cloudtrail: "sns_topic_name" }),
  ...rows("caution", "The trail records different events than before.", fewer, {
    aws_cloudtrail: ["insight_selector", "advanced_event_selector"],
  }),
  ...rows("danger", "Connections can no longer be traced afterwards.", off, {
    aws_ec2_client_vpn_endpoint: "connection_log_options.0.enabled",
  }),
  ...rows("caution", "Connections cannot be traced afterwards.", offAtCreation, {
    aws_ec2_client_vpn_endpoint: "connection_log_options.0.enabled",
  }),
  ...rows(
    "danger",
    "Activity in the database can no longer be traced afterwards.",
    (before, after) => isAudited(before) && !isAudited(after),
    {
      aws_db_parameter_group: "parameter",
      aws_docdb_cluster_parameter_group: "parameter",
      aws_neptune_cluster_parameter_group: "parameter",
      aws_rds_cluster_parameter_group: "parameter",
      aws_redshift_parameter_group: "parameter",
    },
  ),
  ...rows("caution", "Less traffic is recorded than before.", leaves("ALL"), { aws_flow_log: "traffic_type" }),
  ...rows("caution", "No logs of the control plane are kept.", missingAtCreation, {
    aws_eks_cluster: "enabled_cluster_log_types",
  }),
  ...rows("caution", "Commands that people run inside containers are not logged.", becomes("NONE"), {
    aws_ecs_cluster: "configuration.0.execute_command_configuration.0.logging",
  }),
  ...rows("caution", "Executions cannot be traced afterwards.", becomes("OFF"), {
    aws_sfn_state_machine: "logging_configuration.0.level",
  }),
  ...rows("caution", "Activity of the broker can no longer be traced afterwards.", off, {
    aws_mq_broker: ["logs.0.audit", "logs.0.general"],
  }),
  ...rows("caution", NO_TRACES, off, { aws_api_gateway_stage: "xray_tracing_enabled" }),
  ...rows("caution", "Errors of the function are no longer logged.", existing(becomes("FATAL")), {
    aws_lambda_function: "logging_config.0.application_log_level",
  }),
  ...rows("caution", "Log lines go to another group, which filters and alarms may not read.", changed, {
    aws_lambda_function: "logging_config.0.log_group",
  }),
  ...rows("caution", "Deliveries that fail are no longer logged.", gone, {
    aws_sns_topic: ["application", "firehose", "http", "lambda", "sqs"].map(
      (protocol) => `${protocol}_failure_feedback_role_arn`,
    ),
  }),
  ...rows("caution", NO_TRACES, leaves("Active"), { aws_lambda_function: "tracing_config.0.mode" }),
  ...rows("caution", "Fewer requests are traced.", smaller, {
    aws_xray_sampling_rule: ["fixed_rate", "reservoir_size"],
  }),
  ...rows("caution", "Metrics are recorded every five minutes instead of every minute.", off, {
    aws_instance: "monitoring",
    aws_launch_template: "monitoring.0.enabled",
  }),
  {
    types: ["aws_ecs_cluster"],
    path: ["setting"],
    worse: (before, after) => insights(after) < insights(before),
    severity: "caution",
    meaning: "Container Insights records less about tasks and services.",
  },
  {
    types: ["aws_ecs_cluster"],
    path: ["setting"],
    worse: created((_before, after) => listOf(after).length > 0 && insights(after) === 0),
    severity: "note",
    meaning: "Container Insights is off.",
  },
  ...rows("caution", "Requests to models can no longer be traced afterwards.", off, {
    aws_bedrock_model_invocation_logging_configuration: ["embedding", "image", "text", "video"].map(
      (kind) => `logging_config.0.${kind}_data_delivery_enabled`,
    ),
  }),
  ...["aws_opensearch_domain", "aws_elasticsearch_domain"].map(
    (type): Row => ({
      types: [type],
      path: ["log_publishing_options"],
      worse: (before, after) => fewer(published(before), published(after)),
      severity: "caution",
      meaning: "Fewer logs of the domain are published.",
    }),
  ),
];

/** Kinds of logs that a domain publishes. */
function published(options: Side): readonly Value[] {
  return listOf(options)
    .filter((option) => at(option, "enabled") !== false)
    .map((option) => at(option, "log_type") ?? null);
}
