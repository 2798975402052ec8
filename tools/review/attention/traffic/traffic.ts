import type { Finding } from "../../model.ts";
import type { Subject } from "../../subject.ts";
import { entryOf } from "../../values/entry.ts";
import { at, equal, isNothing, listOf, type Value } from "../../values/value.ts";
import { kubernetesTypes } from "../kubernetes.ts";
import {
  becomes,
  changed,
  either,
  evaluateRows,
  existing,
  fewer,
  gone,
  larger,
  leaves,
  more,
  newly,
  off,
  on,
  type Row,
  rows,
  type Side,
  shorterList,
  smaller,
  switchedOff,
  tableOf,
  tighter,
  zero,
} from "../table.ts";
import { text } from "../text.ts";
import { behaviorFinding } from "./cache-behaviors.ts";
import { rollingDeployment } from "./rolling-deployment.ts";

// Changes in place that send requests elsewhere, or nowhere.

/** A condition for resources that are not replaced. */
function inPlace(condition: Row["worse"]): Row["worse"] {
  return (before, after, subject) => subject.action === "update" && condition(before, after, subject);
}

/** A number that becomes 0, unless another argument that says more becomes 0, too. */
function unlessZero(...names: readonly string[]): Row["worse"] {
  return (was, is, { before, after }) =>
    zero(was, is) && !names.some((name) => zero(at(before, name), at(after, name)));
}

const ROWS: readonly Row[] = [
  { types: ["aws_ecs_service"], path: ["desired_count"], worse: zero, severity: "danger", meaning: "No task remains." },
  ...(["max_capacity", "max_size", "desired_capacity"] as const).flatMap((name): Row[] => {
    const types = name === "max_capacity" ? ["aws_appautoscaling_target"] : ["aws_autoscaling_group"];
    const worse = name === "desired_capacity" ? unlessZero("max_size") : zero;
    return [
      { types, path: [name], worse, severity: "danger", meaning: "No capacity remains." },
      {
        types,
        path: [name],
        worse: (before, after) => after !== 0 && smaller(before, after),
        severity: "caution",
        meaning: "There is less capacity under load than before.",
      },
    ];
  }),
  {
    types: ["aws_appautoscaling_target"],
    path: ["min_capacity"],
    worse: unlessZero("max_capacity"),
    severity: "caution",
    meaning: "Scaling in may stop every task.",
  },
  {
    types: ["aws_lambda_function"],
    path: ["reserved_concurrent_executions"],
    worse: zero,
    severity: "danger",
    meaning: "Every call of the function is throttled.",
  },
  {
    types: ["aws_cloudwatch_event_rule", "aws_scheduler_schedule"],
    path: ["state"],
    worse: (before, after) => before !== undefined && after === "DISABLED",
    severity: "danger",
    meaning: "Its targets are not started anymore.",
  },
  {
    types: ["aws_cloudwatch_event_rule"],
    path: ["is_enabled"],
    worse: off,
    severity: "danger",
    meaning: "Its targets are not started anymore.",
  },
  ...rows("danger", "Its jobs are not started anymore.", existing(becomes("DISABLED")), {
    aws_batch_compute_environment: "state",
    aws_batch_job_queue: "state",
  }),
  ...rows("caution", "A suspended process no longer starts, replaces, or balances instances.", existing(more), {
    aws_autoscaling_group: "suspended_processes",
  }),
  ...rows("caution", "Spot capacity can be taken away two minutes after a notice.", existing(newly(usesSpot)), {
    aws_ecs_service: "capacity_provider_strategy",
  }),
  ...rows("caution", "More of the capacity is Spot, which can be taken away two minutes after a notice.", smaller, {
    aws_autoscaling_group: ["on_demand_base_capacity", "on_demand_percentage_above_base_capacity"].map(
      (argument) => `mixed_instances_policy.0.instances_distribution.0.${argument}`,
    ),
  }),
  ...rows("caution", "Capacity no longer follows the load.", leaves("ENABLED"), {
    aws_ecs_capacity_provider: "auto_scaling_group_provider.0.managed_scaling.0.status",
  }),
  ...rows("caution", "Instances with running tasks may be terminated.", leaves("ENABLED"), {
    aws_ecs_capacity_provider: [
      "auto_scaling_group_provider.0.managed_draining",
      "auto_scaling_group_provider.0.managed_termination_protection",
    ],
  }),
  ...rows("caution", "Clients of a zone without healthy targets get no answer.", off, {
    aws_alb: "enable_cross_zone_load_balancing",
    aws_elb: "cross_zone_load_balancing",
    aws_lb: "enable_cross_zone_load_balancing",
  }),
  ...rows("danger", "The accelerator answers no requests anymore.", off, {
    aws_globalaccelerator_accelerator: "enabled",
  }),
  ...rows("danger", "It forwards no events.", becomes("STOPPED"), { aws_pipes_pipe: "desired_state" }),
  ...rows("caution", "Its jobs are not started anymore.", off, { aws_glue_trigger: "enabled" }),
  {
    types: ["aws_lambda_event_source_mapping"],
    path: ["enabled"],
    worse: off,
    severity: "danger",
    meaning: "The function does not get messages anymore; they wait in the source until they expire.",
  },
  {
    types: ["aws_cloudfront_distribution"],
    path: ["enabled"],
    worse: off,
    severity: "danger",
    meaning: "The distribution answers no requests anymore.",
  },
  {
    types: ["aws_db_instance", "aws_rds_cluster"],
    path: ["multi_az"],
    worse: off,
    severity: "danger",
    meaning: "Without a standby, the database is down while its zone is.",
  },
  ...rows("danger", "It is down while its zone is.", off, {
    aws_cloudsearch_domain: "multi_az",
    aws_dms_replication_config: "compute_config.0.multi_az",
    aws_dms_replication_instance: "multi_az",
    aws_opensearch_domain: "cluster_config.0.multi_az_with_standby_enabled",
    aws_redshift_cluster: "multi_az",
    azurerm_mssql_database: "zone_redundant",
  }),
  ...rows("danger", "Mail is no longer sent.", off, {
    aws_ses_configuration_set: "sending_enabled",
    aws_sesv2_configuration_set: "sending_options.0.sending_enabled",
  }),
  ...rows("danger", "It no longer answers requests.", existing(on), {
    aws_lightsail_container_service: "is_disabled",
  }),
  ...rows("caution", "Capacity no longer follows the load.", existing(on), {
    aws_appautoscaling_target: ["in", "out"].map((way) => `suspended_state.0.dynamic_scaling_${way}_suspended`),
  }),
  ...rows("caution", "Capacity no longer changes on its schedule.", existing(on), {
    aws_appautoscaling_target: "suspended_state.0.scheduled_scaling_suspended",
  }),
  ...rows("caution", "Requests in progress are cut off when an instance leaves.", off, {
    aws_elb: "connection_draining",
  }),
  ...rows("caution", "Healthy counts as failed, and failed as healthy.", existing(changed), {
    aws_route53_health_check: "invert_healthcheck",
  }),
  ...rows(
    "danger",
    "It is down while its zone is.",
    leaves("cross-az", "ACTIVE_STANDBY_MULTI_AZ", "CLUSTER_MULTI_AZ"),
    {
      aws_elasticache_cluster: "az_mode",
      aws_mq_broker: "deployment_mode",
    },
  ),
  ...rows("danger", "Names of the zone do not resolve in a removed network.", existing(fewer), {
    aws_route53_zone: "vpc",
  }),
  ...rows("danger", "It is down while its zone is.", leaves("REGIONAL"), {
    google_sql_database_instance: "settings.0.availability_type",
  }),
  ...rows("danger", "It is down while its zone is.", leaves("STANDARD_HA"), { google_redis_instance: "tier" }),
  ...rows("danger", "It is down while its zone is.", gone, {
    azurerm_mysql_flexible_server: "high_availability",
    azurerm_postgresql_flexible_server: "high_availability",
  }),
  {
    types: ["aws_elasticache_replication_group"],
    path: ["automatic_failover_enabled"],
    worse: off,
    severity: "danger",
    meaning: "Without failover, the cache is down while its primary node is.",
  },
  {
    types: ["aws_elasticache_replication_group"],
    path: ["multi_az_enabled"],
    worse: off,
    severity: "danger",
    meaning: "The cache is down while its zone is.",
  },
  {
    types: ["aws_opensearch_domain", "aws_elasticsearch_domain"],
    path: ["cluster_config", 0, "zone_awareness_enabled"],
    worse: off,
    severity: "danger",
    meaning: "The domain is down while its zone is.",
  },
  {
    types: ["aws_autoscaling_group"],
    path: ["health_check_type"],
    worse: leaves("ELB"),
    severity: "caution",
    meaning: "Instances that fail the load balancer's health check are not replaced.",
  },
  {
    types: ["aws_ecs_service"],
    path: ["deployment_circuit_breaker", 0, "rollback"],
    worse: off,
    severity: "caution",
    meaning: "A failed deployment is not rolled back automatically.",
  },
  {
    types: ["aws_vpc_peering_connection_accepter", "aws_vpc_peering_connection"],
    path: ["auto_accept"],
    worse: becomes(true),
    severity: "caution",
    meaning: "The other network is connected without a separate approval.",
  },
];

export const TRAFFIC = tableOf([
  ...ROWS,
  ...rows(
    "caution",
    "Fewer tasks or instances remain at low load.",
    (before, after) => after !== 0 && smaller(before, after),
    {
      aws_appautoscaling_target: "min_capacity",
      aws_autoscaling_group: "min_size",
    },
  ),
  ...rows("danger", "It is stopped, and connections to it break.", existing(becomes("stopped")), {
    aws_ec2_instance_state: "state",
    aws_rds_instance_state: "state",
  }),
  ...rows("danger", "Nothing in the region can be reached or changed, and it still costs money.", off, {
    aws_account_region: "enabled",
  }),
  ...rows("caution", "Requests in progress are cut off when a target leaves.", existing(zero), {
    aws_alb_target_group: "deregistration_delay",
    aws_lb_target_group: "deregistration_delay",
  }),
  ...rows("caution", "It may pause, and the next connection waits until it runs again.", existing(zero), {
    aws_rds_cluster: "serverlessv2_scaling_configuration.0.min_capacity",
  }),
  ...rows("caution", "There is less capacity under load than before.", smaller, {
    aws_ecs_express_gateway_service: ["scaling_target.0.min_task_count", "scaling_target.0.max_task_count"],
    aws_rds_cluster: "serverlessv2_scaling_configuration.0.max_capacity",
  }),
  ...rows("caution", "Requests may go elsewhere as soon as it is applied.", existing(changed), {
    aws_api_gateway_domain_name: "routing_mode",
    aws_apigatewayv2_domain_name: "routing_mode",
  }),
  ...rows("caution", "No new images are built on its schedule.", becomes("DISABLED"), {
    aws_imagebuilder_image_pipeline: "status",
  }),
  ...rows("caution", "The function may call itself without an end.", becomes("Allow"), {
    aws_lambda_function_recursion_config: "recursive_loop",
  }),
  ...rows("caution", "Scaling in may stop every instance.", unlessZero("max_size", "desired_capacity"), {
    aws_autoscaling_group: "min_size",
  }),
  ...rows("caution", "Without dedicated nodes, load may take down the whole cluster.", off, {
    aws_elasticsearch_domain: "cluster_config.0.dedicated_master_enabled",
    aws_opensearch_domain: "cluster_config.0.dedicated_master_enabled",
  }),
  ...rows("caution", "Fewer nodes share the load and keep copies.", smaller, {
    aws_elasticsearch_domain: "cluster_config.0.instance_count",
    aws_opensearch_domain: "cluster_config.0.instance_count",
  }),
  ...rows("caution", "Targets that fail still get requests.", switchedOff, {
    aws_lb_target_group: "health_check.0.enabled",
    aws_vpclattice_target_group: "config.0.health_check.0.enabled",
  }),
  ...rows("note", "Failures of targets are noticed later.", larger, {
    aws_lb_target_group: ["health_check.0.interval", "health_check.0.unhealthy_threshold"],
  }),
  ...rows("caution", "Requests of one client go to different targets.", off, {
    aws_lb_target_group: "stickiness.0.enabled",
  }),
  ...rows("caution", "Targets count as healthy for different answers than before.", changed, {
    aws_alb_target_group: "health_check.0.matcher",
    aws_lb_target_group: "health_check.0.matcher",
  }),
  ...rows("caution", "Failures are noticed later.", larger, { aws_route53_health_check: "failure_threshold" }),
  ...rows("caution", "Failures are noticed later.", smaller, { aws_route53_health_check: "child_health_threshold" }),
  ...rows("caution", "It counts as healthy for different answers than before.", changed, {
    aws_route53_health_check: "search_string",
  }),
  ...rows("caution", "It counts as healthy while its alarm has no data.", existing(becomes("Healthy")), {
    aws_route53_health_check: "insufficient_data_health_status",
  }),
  ...rows("caution", "The instance is stopped and started.", inPlace(changed), { aws_instance: "instance_type" }),
  ...rows("caution", "Connections break while the class of its instance changes.", existing(changed), {
    aws_db_instance: "instance_class",
    aws_docdb_cluster_instance: "instance_class",
    aws_elasticache_cluster: "node_type",
    aws_elasticache_replication_group: "node_type",
    aws_memorydb_cluster: "node_type",
    aws_mq_broker: "host_instance_type",
    aws_neptune_cluster_instance: "instance_class",
    aws_rds_cluster_instance: "instance_class",
    aws_redshift_cluster: "node_type",
  }),
  ...rows("caution", "Other services no longer find it by its name.", gone, {
    aws_ecs_service: ["service_connect_configuration", "service_registries"],
  }),
  ...rows("caution", "Other services no longer find it by its name.", off, {
    aws_ecs_service: "service_connect_configuration.0.enabled",
  }),
  ...rows("caution", "People can no longer sign in with their identity provider.", off, {
    aws_elasticsearch_domain_saml_options: "saml_options.0.enabled",
    aws_opensearch_domain_saml_options: "saml_options.0.enabled",
  }),
  ...rows("caution", "Clients that sign in this way can no longer connect.", switchedOff, {
    aws_msk_cluster: ["client_authentication.0.sasl.0.iam", "client_authentication.0.sasl.0.scram"],
  }),
  ...rows("caution", "Records are delivered as they are, without the function that changes them.", off, {
    aws_kinesis_firehose_delivery_stream: [
      "elasticsearch",
      "extended_s3",
      "http_endpoint",
      "opensearch",
      "redshift",
    ].map((destination) => `${destination}_configuration.0.processing_configuration.0.enabled`),
  }),
  ...rows("caution", "Unhealthy instances are no longer replaced.", off, {
    aws_ec2_fleet: "replace_unhealthy_instances",
    aws_eks_node_group: "node_repair_config.0.enabled",
    aws_emr_cluster: "unhealthy_node_replacement",
    aws_spot_fleet_request: "replace_unhealthy_instances",
  }),
  ...rows("caution", "Requests may go elsewhere as soon as it is applied.", inPlace(hasOtherOrigins), {
    aws_cloudfront_distribution: "origin",
  }),
  ...rows("caution", "Requests for a removed name fail as soon as it is applied.", inPlace(fewer), {
    aws_cloudfront_distribution: "aliases",
  }),
  ...rows("caution", "Requests without a path get something else.", existing(either(changed, gone)), {
    aws_cloudfront_distribution: "default_root_object",
  }),
  ...rows("caution", "What runs in it loses the permissions of the role, so its calls may fail.", existing(gone), {
    aws_ecs_task_definition: "task_role_arn",
    aws_instance: "iam_instance_profile",
    aws_launch_configuration: "iam_instance_profile",
    aws_launch_template: "iam_instance_profile",
  }),
  ...rows("caution", "Other servers answer names for the network.", existing(changed), {
    aws_route53_resolver_rule: "target_ip",
    aws_vpc_dhcp_options: "domain_name_servers",
  }),
  ...rows("danger", "Some events of the bucket no longer reach anything.", existing(fewer), {
    aws_s3_bucket_notification: ["lambda_function", "queue", "topic"],
  }),
  ...rows("danger", "Rules of EventBridge no longer see events of the bucket.", off, {
    aws_s3_bucket_notification: "eventbridge",
  }),
  ...rows("caution", "The subscriber gets different messages than before.", existing(differs), {
    aws_sns_topic_subscription: ["filter_policy", "filter_policy_scope"],
  }),
  ...rows("caution", "The subscriber gets messages in another form.", existing(either(on, off)), {
    aws_sns_topic_subscription: "raw_message_delivery",
  }),
  ...rows("caution", "It gets different events than before.", existing(differs), {
    aws_lambda_event_source_mapping: "filter_criteria",
    aws_pipes_pipe: "source_parameters.0.filter_criteria",
  }),
  ...rows("caution", "Messages without an ID against duplicates are rejected.", off, {
    aws_sqs_queue: "content_based_deduplication",
    aws_sns_topic: "content_based_deduplication",
  }),
  ...rows("note", "Messages whose handling takes longer are handled twice.", smaller, {
    aws_sqs_queue: "visibility_timeout_seconds",
  }),
  ...rows("caution", "The destination gets different log lines than before.", existing(differs), {
    aws_cloudwatch_log_subscription_filter: "filter_pattern",
  }),
  ...rows("caution", "Messages go to another subscriber.", existing(changed), {
    aws_sns_topic_subscription: "endpoint",
  }),
  ...rows("caution", "The function that checks or changes what users do is no longer called.", gone, {
    aws_cognito_user_pool: [
      ...[
        "create_auth_challenge",
        "custom_message",
        "define_auth_challenge",
        "post_authentication",
        "post_confirmation",
        "pre_authentication",
      ],
      ...["pre_sign_up", "pre_token_generation", "verify_auth_challenge_response"],
    ].map((trigger) => `lambda_config.0.${trigger}`),
  }),
  ...rows("caution", "There is less capacity than before.", (before, after) => after !== 0 && smaller(before, after), {
    aws_dynamodb_table: ["read_capacity", "write_capacity"].flatMap((capacity) => [
      capacity,
      `global_secondary_index.*.${capacity}`,
    ]),
    aws_ecs_service: "desired_count",
    aws_elasticache_cluster: "num_cache_nodes",
    aws_elasticache_replication_group: ["num_cache_clusters", "num_node_groups", "replicas_per_node_group"],
    aws_kinesis_stream: "shard_count",
    aws_lambda_provisioned_concurrency_config: "provisioned_concurrent_executions",
    aws_msk_cluster: "number_of_broker_nodes",
    aws_redshift_cluster: "number_of_nodes",
  }),
  ...rows("caution", "Requests beyond the provisioned capacity are throttled.", leaves("PAY_PER_REQUEST"), {
    aws_dynamodb_table: "billing_mode",
  }),
  ...rows("caution", "Nodes in the network reach the cluster's API only through the internet.", off, {
    aws_eks_cluster: "vpc_config.0.endpoint_private_access",
  }),
  ...rows(
    "caution",
    "Names in the other network resolve to public addresses, so connections may leave the private path or fail.",
    off,
    Object.fromEntries(
      ["", "_accepter", "_options"].map((suffix) => [
        `aws_vpc_peering_connection${suffix}`,
        ["accepter", "requester"].map((side) => `${side}.0.allow_remote_vpc_dns_resolution`),
      ]),
    ),
  ),
  ...rows("caution", "Routes end as soon as the session with the peer that announced them ends.", leaves("enable"), {
    aws_vpc_route_server: "persist_routes",
  }),
  ...rows("caution", "An upgrade cannot be reverted.", changed, {
    aws_eks_cluster: "version",
    aws_elasticache_cluster: "engine_version",
    aws_elasticache_replication_group: "engine_version",
    aws_elasticsearch_domain: "elasticsearch_version",
    aws_mq_broker: "engine_version",
    aws_msk_cluster: "kafka_version",
    aws_opensearch_domain: "engine_version",
  }),
  ...rows("caution", "Events that fail are dropped.", gone, {
    aws_cloudwatch_event_target: "dead_letter_config",
    aws_lambda_function_event_invoke_config: "destination_config",
  }),
  ...rows("caution", "Events whose first delivery fails are dropped, or go to a dead-letter queue.", zero, {
    aws_cloudwatch_event_target: "retry_policy.0.maximum_retry_attempts",
    aws_lambda_function_event_invoke_config: "maximum_retry_attempts",
    aws_scheduler_schedule: "target.0.retry_policy.0.maximum_retry_attempts",
  }),
  ...rows("danger", "Failures are not noticed, and traffic does not move away from them.", becomes(true), {
    aws_route53_health_check: "disabled",
  }),
  ...rows("caution", "The function loses its network.", gone, { aws_lambda_function: "vpc_config" }),
  ...rows("caution", "Calls that take longer fail.", smaller, { aws_lambda_function: "timeout" }),
  ...rows("danger", "Its tasks get no requests from a load balancer anymore.", gone, {
    aws_ecs_service: "load_balancer",
  }),
  ...rows("caution", "A deployment may stop every task before new ones run.", zero, {
    aws_ecs_service: "deployment_minimum_healthy_percent",
  }),
  ...rows("note", "Tasks that start slowly may be stopped before they are healthy.", smaller, {
    aws_ecs_service: "health_check_grace_period_seconds",
  }),
  ...rows("note", "After the failure of a zone, tasks stay in the other zones.", leaves("ENABLED"), {
    aws_ecs_service: "availability_zone_rebalancing",
  }),
  ...rows("note", "An update may stop more nodes at once.", larger, {
    aws_eks_node_group: ["max_unavailable", "max_unavailable_percentage"].map(
      (argument) => `update_config.0.${argument}`,
    ),
  }),
  ...rows("caution", "Jobs that take longer are stopped.", smaller, {
    aws_batch_job_definition: "timeout.0.attempt_duration_seconds",
  }),
  ...rows("note", "Jobs that fail are tried less often.", smaller, {
    aws_batch_job_definition: "retry_strategy.0.attempts",
  }),
  ...rows("caution", "Requests beyond this number per second are throttled.", tighter, {
    aws_dynamodb_table: ["max_read_request_units", "max_write_request_units"].map(
      (argument) => `on_demand_throughput.0.${argument}`,
    ),
  }),
  ...rows("caution", "Requests are sent elsewhere as soon as it is applied.", existing(differs), {
    aws_s3_bucket_website_configuration: ["redirect_all_requests_to", "routing_rule", "routing_rules"],
  }),
  ...rows("caution", "Routes of the VPN leave the route table.", fewer, { aws_route_table: "propagating_vgws" }),
  ...rows("note", "An instance refresh may stop more instances at once.", smaller, {
    aws_autoscaling_group: "instance_refresh.0.preferences.0.min_healthy_percentage",
  }),
  ...rows("note", "Capacity is added only under more load.", larger, {
    aws_appautoscaling_policy: "target_tracking_scaling_policy_configuration.0.target_value",
    aws_autoscaling_policy: "target_tracking_configuration.0.target_value",
  }),
  ...rows("danger", "Its instances no longer get requests from a load balancer.", shorterList, {
    aws_autoscaling_group: ["target_group_arns", "load_balancers"],
  }),
  ...rows("caution", "It runs in fewer subnets, and with them perhaps in fewer zones.", shorterList, {
    aws_autoscaling_group: ["availability_zones", "vpc_zone_identifier"],
    aws_db_subnet_group: "subnet_ids",
    aws_ecs_service: "network_configuration.0.subnets",
    aws_elasticache_subnet_group: "subnet_ids",
    aws_lambda_function: "vpc_config.0.subnet_ids",
  }),
  ...rows(
    "caution",
    "A release reaches everything at once.",
    existing(newly((name) => /AllAtOnce$/.test(String(name)))),
    {
      aws_codedeploy_deployment_group: "deployment_config_name",
    },
  ),
  ...rows("caution", "Targets in the zone of a removed subnet get no requests.", shorterList, {
    aws_alb: "subnets",
    aws_elb: "subnets",
    aws_lb: "subnets",
  }),
  ...rows("danger", "No node remains.", zero, {
    aws_eks_node_group: ["scaling_config.0.desired_size", "scaling_config.0.max_size"],
    azurerm_kubernetes_cluster_node_pool: "node_count",
    google_container_node_pool: "node_count",
  }),
  ...rows("danger", "No capacity remains.", zero, {
    aws_batch_compute_environment: "compute_resources.0.max_vcpus",
    aws_appstream_fleet: "compute_capacity.0.desired_instances",
    aws_ec2_fleet: "target_capacity_specification.0.total_target_capacity",
    aws_ecs_task_set: "scale.0.value",
    aws_spot_fleet_request: "target_capacity",
    azurerm_linux_virtual_machine_scale_set: "instances",
    azurerm_orchestrated_virtual_machine_scale_set: "instances",
    azurerm_windows_virtual_machine_scale_set: "instances",
    google_compute_instance_group_manager: "target_size",
    google_compute_region_instance_group_manager: "target_size",
  }),
  ...rows(
    "danger",
    "No pod remains.",
    zero,
    Object.fromEntries(
      ["deployment", "replication_controller", "stateful_set"]
        .flatMap(kubernetesTypes)
        .map((type) => [type, "spec.0.replicas"]),
    ),
  ),
  ...rows("danger", "No pod remains.", zero, { kubernetes_manifest: "manifest.spec.replicas" }),
  ...["", "_v1", "_v2", "_v2beta2"].flatMap((version) => [
    ...rows("caution", "There is less capacity under load than before.", smaller, {
      [`kubernetes_horizontal_pod_autoscaler${version}`]: "spec.0.max_replicas",
    }),
    ...rows("caution", "Fewer pods remain at low load.", smaller, {
      [`kubernetes_horizontal_pod_autoscaler${version}`]: "spec.0.min_replicas",
    }),
  ]),
  ...rows(
    "caution",
    "There is less capacity under load than before.",
    (before, after) => after !== 0 && smaller(before, after),
    { aws_batch_compute_environment: "compute_resources.0.max_vcpus" },
  ),
  ...rows("caution", "It reads and writes less per second.", smaller, {
    aws_db_instance: ["iops", "storage_throughput"],
    aws_ebs_volume: ["iops", "throughput"],
    aws_efs_file_system: "provisioned_throughput_in_mibps",
    aws_rds_cluster: "iops",
  }),
  ...rows("caution", "Calls take longer, and those that need more memory fail.", smaller, {
    aws_lambda_function: "memory_size",
  }),
  ...rows(
    "caution",
    "Its containers are slower, or stop when they need more.",
    (was, is) => !isNothing(is) && Number(is) < Number(was), // without a number, the task has no limit
    { aws_ecs_task_definition: ["cpu", "memory"] },
  ),
  ...rows("caution", "Larger messages are rejected.", smaller, { aws_sqs_queue: "max_message_size" }),
  ...rows("caution", "Requests fail while the origin does.", gone, { aws_cloudfront_distribution: "origin_group" }),
  ...rows(
    "caution",
    "Calls beyond this number at once are throttled.",
    (before, after) => after !== 0 && tighter(before, after),
    {
      aws_lambda_function: "reserved_concurrent_executions",
    },
  ),
  ...rows("caution", "Its address changes, and clients that use the old one cannot connect.", existing(changed), {
    aws_db_instance: ["identifier", "port"],
    aws_rds_cluster: "port",
    aws_rds_cluster_instance: "identifier",
    aws_redshift_cluster: "port",
  }),
  ...rows("danger", "Names do not resolve in the network anymore.", off, { aws_vpc: "enable_dns_support" }),
  ...rows("caution", "Private names of endpoints do not resolve in the network anymore.", off, {
    aws_vpc: "enable_dns_hostnames",
  }),
  ...rows("caution", "Calls to its service take another path.", off, { aws_vpc_endpoint: "private_dns_enabled" }),
  ...rows("caution", "Calls to its service from some subnets take another path, or fail.", fewer, {
    aws_vpc_endpoint: ["route_table_ids", "subnet_ids"],
  }),
  ...rows("caution", "It moves to another network, which breaks its connections.", changed, {
    aws_db_instance: "db_subnet_group_name",
  }),
  ...rows("caution", "Responses no longer get the headers of the policy, such as those that protect browsers.", gone, {
    aws_cloudfront_distribution: ["default_cache_behavior.0", "ordered_cache_behavior.*", "cache_behavior.*"].map(
      (behavior) => `${behavior}.response_headers_policy_id`,
    ),
  }),
  ...rows("caution", "Events go to a different target.", changed, {
    aws_cloudwatch_event_api_destination: "invocation_endpoint",
    aws_cloudwatch_event_target: "arn",
    aws_pipes_pipe: "target",
    aws_scheduler_schedule: "target.0.arn",
  }),
  ...rows("caution", "Records go to a different destination.", changed, {
    aws_cloudwatch_metric_stream: "firehose_arn",
    aws_kinesis_firehose_delivery_stream: [
      "extended_s3_configuration.0.bucket_arn",
      "http_endpoint_configuration.0.url",
    ],
  }),
  ...rows("caution", "Clients that trust only the authority before can no longer connect.", changed, {
    aws_db_instance: "ca_cert_identifier",
    aws_docdb_cluster_instance: "ca_cert_identifier",
    aws_rds_cluster: "ca_certificate_identifier",
    aws_rds_cluster_instance: "ca_cert_identifier",
  }),
  ...rows("caution", "Log lines go to a different destination.", changed, {
    aws_cloudwatch_log_subscription_filter: "destination_arn",
  }),
  ...rows("caution", "Different events start its targets.", changed, { aws_cloudwatch_event_rule: "event_pattern" }),
  ...rows("caution", "Its targets start at different times.", changed, {
    aws_cloudwatch_event_rule: "schedule_expression",
    aws_scheduler_schedule: "schedule_expression",
    aws_ssm_association: "schedule_expression",
    aws_ssm_maintenance_window: "schedule",
  }),
]);

/** Arguments that decide where requests go or what they contain, unlike protocols and timeouts. */
const ORIGIN = [
  ...["origin_id", "domain_name", "origin_path", "custom_header"],
  ...["origin_access_control_id", "s3_origin_config", "vpc_origin_config"],
];

function hasOtherOrigins(before: Side, after: Side): boolean {
  const origins = (side: Side) =>
    listOf(side).map((origin) => [
      ...ORIGIN.map((name) => at(origin, name) ?? null),
      ...["http_port", "https_port"].map((port) => at(origin, "custom_origin_config", 0, port) ?? null),
    ]);
  return fewer(origins(before), origins(after));
}

/** True for a strategy with Spot capacity of Fargate. */
function usesSpot(strategy: Side): boolean {
  return listOf(strategy).some((one) => at(one, "capacity_provider") === "FARGATE_SPOT");
}

function differs(before: Side, after: Side): boolean {
  return !(isNothing(before) && isNothing(after));
}

const DNS_KINDS = ["a", "aaaa", "caa", "cname", "mx", "ns", "txt"];

/** Arguments that decide where requests go. */
const ROUTING: Readonly<Record<string, readonly string[]>> = {
  aws_api_gateway_base_path_mapping: ["api_id", "stage_name"],
  aws_api_gateway_integration: ["uri", "type", "connection_id"],
  aws_apigatewayv2_api_mapping: ["api_id", "stage"],
  aws_apigatewayv2_integration: ["integration_uri", "connection_id"],
  aws_apigatewayv2_route: ["route_key", "target"],
  aws_alb_listener: ["port", "protocol", "default_action"],
  aws_alb_listener_rule: ["priority", "condition", "action"],
  aws_eip: ["instance", "network_interface"],
  aws_globalaccelerator_endpoint_group: ["endpoint_configuration", "traffic_dial_percentage"],
  aws_lambda_alias: ["function_version", "routing_config"],
  aws_lb_listener: ["port", "protocol", "default_action"],
  aws_lb_listener_rule: ["priority", "condition", "action"],
  aws_route: [
    "gateway_id",
    "nat_gateway_id",
    "network_interface_id",
    "transit_gateway_id",
    "vpc_peering_connection_id",
    ...["carrier_gateway_id", "core_network_arn", "egress_only_gateway_id", "local_gateway_id", "vpc_endpoint_id"],
  ],
  aws_route53domains_domain: ["name_server"],
  aws_route53domains_registered_domain: ["name_server"],
  aws_route53_record: [
    ...["records", "alias", "health_check_id", "weighted_routing_policy", "failover_routing_policy"],
    ...["geolocation_routing_policy", "geoproximity_routing_policy", "latency_routing_policy", "cidr_routing_policy"],
  ],
  ...Object.fromEntries(DNS_KINDS.map((kind) => [`azurerm_dns_${kind}_record`, ["records", "record"]])),
  cloudflare_dns_record: ["content"],
  cloudflare_record: ["content", "value"],
  digitalocean_record: ["value"],
  google_dns_record_set: ["rrdatas"],
};

/** Blocks of behaviors by type. */
const BEHAVIORS: Readonly<Record<string, readonly string[]>> = {
  aws_cloudfront_distribution: ["default_cache_behavior", "ordered_cache_behavior"],
  aws_cloudfront_multitenant_distribution: ["default_cache_behavior", "cache_behavior"],
};

export function traffic(subject: Subject): readonly Finding[] {
  const { type, before, after, action } = subject;
  const attributes = action === "update" ? (entryOf(ROUTING, type) ?? []) : [];
  const rerouted = attributes
    .filter((name) => isChanged(at(before, name), at(after, name)))
    .map((name): Finding => ({ severity: "caution", text: meaningOf(type, name, at(after, "type")) }));
  const behaviors = action === "update" ? (entryOf(BEHAVIORS, type) ?? []) : [];
  return [
    ...rerouted,
    ...behaviors.flatMap((name) => behaviorFinding(name, at(before, name), at(after, name))),
    ...rollingDeployment(subject),
    ...evaluateRows(TRAFFIC, subject),
  ];
}

function isChanged(was: Value | undefined, is: Value | undefined): boolean {
  return !equal(was, is) && !(isNothing(was) && isNothing(is));
}

function meaningOf(type: string, name: string, recordType: Value | undefined): Finding["text"] {
  const kind = recordType ?? /^azurerm_dns_(\w+)_record$/.exec(type)?.[1];
  const meaning =
    /(dns|route53)_\w*record|_record$/.test(type) && typeof kind === "string"
      ? entryOf(RECORDS, kind.toUpperCase())
      : undefined;
  return meaning === undefined
    ? text`Its ${name} changes: requests may go elsewhere as soon as it is applied.`
    : [...text`Its ${name} changes: `, meaning];
}

/** Records that do not route requests. */
const RECORDS: Readonly<Record<string, string>> = {
  CAA: "other certificate authorities may issue certificates for the name.",
  MX: "mail goes to other servers.",
  NS: "other name servers answer for the name.",
  TXT: "verifications and mail policies that read the record may change.",
};
