import type { Finding } from "../../model.ts";
import type { Subject } from "../../subject.ts";
import { entryOf } from "../../values/entry.ts";
import { at } from "../../values/value.ts";
import { leavesBucket } from "../bucket.ts";
import type { PlanContext } from "../context.ts";
import { lowerFirst, text } from "../text.ts";
import { AWS_KEY } from "./encryption.ts";
import { NO_AUDIT_LOG } from "./logging.ts";
import { isProtectedDestroyed } from "./protected.ts";

/** Resources that protect by existing, each with the consequence of not having it. */
const GUARDS: Readonly<Record<string, string>> = {
  aws_accessanalyzer_analyzer: "Access from outside the account is no longer reported.",
  aws_api_gateway_authorizer: "Requests are no longer authorized by it.",
  aws_api_gateway_rest_api_policy: "Everyone whom its methods let in can call it.",
  aws_apigatewayv2_authorizer: "Requests are no longer authorized by it.",
  aws_appautoscaling_policy: "Capacity no longer follows the load.",
  aws_appautoscaling_scheduled_action: "Capacity no longer changes on its schedule.",
  aws_appautoscaling_target: "Capacity no longer follows the load.",
  aws_auditmanager_assessment: "Evidence for audits is no longer collected.",
  aws_autoscaling_notification: "No one is notified of instances that start and stop.",
  aws_autoscaling_policy: "Capacity no longer follows the load.",
  aws_autoscaling_schedule: "Capacity no longer changes on its schedule.",
  aws_backup_framework: "Backups that violate its controls are no longer reported.",
  aws_backup_plan: "No backups are made.",
  aws_backup_restore_testing_plan: "Backups are no longer tested.",
  aws_backup_selection: "The selected resources are not backed up.",
  aws_backup_vault_lock_configuration: "Backups in the vault can be deleted before their retention ends.",
  aws_backup_vault_notifications: "No one is notified of failed backups.",
  aws_bedrock_guardrail: "Harmful prompts and answers are no longer filtered.",
  aws_bedrock_model_invocation_logging_configuration: "Requests to models can no longer be traced afterwards.",
  aws_budgets_budget: "No one is notified of high costs.",
  aws_budgets_budget_action: "High costs no longer stop anything.",
  aws_ce_anomaly_monitor: "Unusual costs are no longer detected.",
  aws_ce_anomaly_subscription: "No one is notified of unusual costs.",
  aws_chatbot_slack_channel_configuration: "The channel no longer gets notifications.",
  aws_chatbot_teams_channel_configuration: "The channel no longer gets notifications.",
  aws_cloudtrail: NO_AUDIT_LOG,
  aws_cloudtrail_event_data_store: "Recorded events can no longer be queried.",
  aws_cloudwatch_composite_alarm: "No one is notified when the metrics it watches go wrong.",
  aws_cloudwatch_event_rule: "Its targets are not started anymore.",
  aws_cloudwatch_event_target: "It is not started anymore.",
  aws_cloudwatch_log_account_policy: "Log lines of the account are no longer masked or forwarded by it.",
  aws_cloudwatch_log_anomaly_detector: "Unusual log lines are no longer detected.",
  aws_cloudwatch_log_data_protection_policy: "Sensitive data in log lines is no longer masked.",
  aws_cloudwatch_log_delivery: "Logs no longer reach its destination.",
  aws_cloudwatch_log_metric_filter: "Alarms on its metric no longer see what the filter counted.",
  aws_cloudwatch_log_subscription_filter: "Log lines no longer reach the log search.",
  aws_cloudwatch_metric_alarm: "No one is notified when the metric goes wrong.",
  aws_cloudwatch_metric_stream: "Metrics no longer reach its destination.",
  aws_codebuild_webhook: "Changes no longer start builds.",
  aws_codestarnotifications_notification_rule: "No one is notified of builds and releases.",
  aws_cognito_risk_configuration: "Stolen passwords and unusual attempts to sign in are no longer blocked.",
  aws_config_config_rule: "Resources that violate the rule are no longer reported.",
  aws_config_configuration_aggregator: "Changes in other accounts and regions are no longer collected.",
  aws_config_configuration_recorder: "Changes to resources are no longer recorded.",
  aws_config_configuration_recorder_status: "Changes to resources are no longer recorded.",
  aws_config_conformance_pack: "Resources that violate its rules are no longer reported.",
  aws_config_delivery_channel: "Changes to resources are no longer delivered.",
  aws_config_organization_conformance_pack: "Resources that violate its rules are no longer reported in any account.",
  aws_config_organization_custom_policy_rule: "Resources that violate the rule are no longer reported in any account.",
  aws_config_organization_custom_rule: "Resources that violate the rule are no longer reported in any account.",
  aws_config_organization_managed_rule: "Resources that violate the rule are no longer reported in any account.",
  aws_config_remediation_configuration: "Violations of the rule are no longer corrected.",
  aws_controltower_control: "The control no longer restricts accounts.",
  aws_db_event_subscription: "No one is notified of events of the database.",
  aws_db_instance_automated_backups_replication: "Backups are no longer copied to another region.",
  aws_detective_graph: "Findings can no longer be investigated in it.",
  aws_devopsguru_notification_channel: "No one is notified of unusual behavior.",
  aws_devopsguru_resource_collection: "Unusual behavior of its resources is no longer detected.",
  aws_directory_service_log_subscription: "Sign-ins can no longer be traced afterwards.",
  aws_dlm_lifecycle_policy: "No more snapshots are made.",
  aws_dms_event_subscription: "No one is notified of failures of replication.",
  aws_docdb_event_subscription: "No one is notified of events of the database.",
  aws_docdb_global_cluster: "Data is no longer copied to other regions.",
  aws_dynamodb_kinesis_streaming_destination: "Changes to items no longer reach the stream.",
  aws_ebs_default_kms_key: "New volumes are encrypted with a key of AWS.",
  aws_ebs_encryption_by_default: "New volumes may be unencrypted.",
  aws_ebs_snapshot_block_public_access: "Snapshots can be shared with everyone.",
  aws_ec2_image_block_public_access: "Images can be shared with everyone.",
  aws_ec2_instance_metadata_defaults: "New instances may allow version 1 of the instance metadata service.",
  aws_ecr_registry_scanning_configuration: "Vulnerabilities in images may no longer be reported.",
  aws_ecr_replication_configuration: "Images are no longer copied to other registries.",
  aws_efs_backup_policy: "No automatic backups of the file system are made.",
  aws_efs_file_system_policy: "Every client in the network can use the file system.",
  aws_efs_replication_configuration: "Files are no longer copied to the other file system.",
  aws_elasticache_global_replication_group: "Data is no longer copied to other regions.",
  aws_flow_log: "Network traffic can no longer be traced afterwards.",
  aws_fms_policy: "The protection that it requires is no longer enforced in other accounts.",
  aws_glacier_vault_lock: "Archives in the vault can be deleted at any time.",
  aws_glue_data_catalog_encryption_settings: "The data catalog is stored unencrypted.",
  aws_glue_trigger: "Its jobs are not started anymore.",
  aws_guardduty_detector: "Threats in the account are no longer detected.",
  aws_guardduty_detector_feature: "Threats are no longer detected from this data.",
  aws_guardduty_invite_accepter: "Threats in the account are no longer reported to the administrator.",
  aws_guardduty_malware_protection_plan: "New objects are no longer scanned for malware.",
  aws_guardduty_member: "Threats in the account are no longer reported to the administrator.",
  aws_guardduty_publishing_destination: "Findings are no longer exported.",
  aws_iam_account_password_policy: "Users may choose weaker passwords.",
  aws_inspector2_enabler: "Vulnerabilities are no longer reported.",
  aws_inspector2_member_association: "Vulnerabilities in the account are no longer reported.",
  aws_internetmonitor_monitor: "Failures in the network are no longer noticed.",
  aws_iot_topic_rule: "Messages no longer start its actions.",
  aws_kms_alias: "Programs that name the key by this alias fail.",
  aws_lambda_event_source_mapping: "The function does not get messages anymore.",
  aws_lb_trust_store_revocation: "Revoked certificates of clients are accepted.",
  aws_macie2_account: "Sensitive data in buckets is no longer reported.",
  aws_macie2_classification_job: "Sensitive data in buckets is no longer reported.",
  aws_macie2_member: "Findings in the account are no longer reported to the administrator.",
  aws_neptune_event_subscription: "No one is notified of events of the database.",
  aws_neptune_global_cluster: "Data is no longer copied to other regions.",
  aws_network_acl_association: "The subnet gets the rules of the default network ACL.",
  aws_networkfirewall_logging_configuration: "Traffic through the firewall can no longer be traced afterwards.",
  aws_networkfirewall_tls_inspection_configuration: "Encrypted traffic through the firewall is no longer inspected.",
  aws_networkmonitor_monitor: "Failures in the network are no longer noticed.",
  aws_notifications_channel_association: "The channel no longer gets notifications.",
  aws_notifications_event_rule: "No one is notified of its events.",
  aws_oam_link: "Metrics and logs no longer reach the other account.",
  aws_organizations_policy_attachment: "The policy no longer restricts the accounts below its target.",
  aws_prometheus_alert_manager_definition: "No one is notified when its metrics go wrong.",
  aws_prometheus_rule_group_namespace: "No one is notified when its metrics go wrong.",
  aws_rbin_rule: "What is deleted by mistake can no longer be restored.",
  aws_rds_cluster_activity_stream: "Activity in the database can no longer be traced afterwards.",
  aws_rds_global_cluster: "Data is no longer copied to other regions.",
  aws_redshift_event_subscription: "No one is notified of events of the database.",
  aws_redshift_logging: "Connections and queries can no longer be traced afterwards.",
  aws_redshift_snapshot_copy: "Snapshots are no longer copied to another region.",
  aws_redshift_snapshot_schedule: "No more snapshots are made on its schedule.",
  aws_redshift_snapshot_schedule_association: "No more snapshots are made on its schedule.",
  aws_route53_health_check: "Failures are no longer noticed, and traffic does not move away from them.",
  aws_route53_hosted_zone_dnssec: "Answers for the zone are no longer signed.",
  aws_route53_key_signing_key: "Answers for the zone are no longer signed.",
  aws_route53_query_log: "Queries can no longer be traced afterwards.",
  aws_route53_resolver_dnssec_config: "Answers for signed zones are no longer validated.",
  aws_route53_resolver_firewall_rule_group_association: "Names that its rules block resolve again.",
  aws_route53_resolver_query_log_config_association: "Queries can no longer be traced afterwards.",
  aws_route53domains_delegation_signer_record: "Answers for signed zones are no longer validated.",
  aws_s3_bucket_logging: "Access to the bucket can no longer be traced afterwards.",
  aws_s3_bucket_notification: "Events of the bucket no longer reach anything.",
  aws_s3_bucket_object_lock_configuration: "New objects can be deleted at any time.",
  aws_s3_bucket_replication_configuration: "New objects are no longer copied to the other bucket.",
  aws_s3_bucket_server_side_encryption_configuration: AWS_KEY,
  aws_s3_bucket_versioning: "Overwritten or deleted objects can no longer be restored.",
  aws_scheduler_schedule: "Its target is not started anymore.",
  aws_secretsmanager_secret_rotation: "The secret is no longer rotated.",
  aws_securityhub_account: "Findings of security services are no longer collected.",
  aws_securityhub_account_v2: "Findings of security services are no longer collected.",
  aws_securityhub_finding_aggregator: "Findings of other regions are no longer collected.",
  aws_securityhub_member: "Findings in the account are no longer reported to the administrator.",
  aws_securityhub_product_subscription: "Findings of the product are no longer collected.",
  aws_securityhub_standards_subscription: "Violations of the standard are no longer reported.",
  aws_securitylake_aws_log_source: "Logs about security are no longer collected.",
  aws_securitylake_data_lake: "Logs about security are no longer collected.",
  aws_ses_event_destination: "Bounces and complaints are no longer reported.",
  aws_sesv2_configuration_set_event_destination: "Bounces and complaints are no longer reported.",
  aws_shield_application_layer_automatic_response: "Attacks are no longer blocked automatically.",
  aws_shield_protection: "Attacks on the resource are no longer mitigated by Shield Advanced.",
  aws_sns_topic_data_protection_policy: "Sensitive data in messages is no longer masked.",
  aws_sns_topic_subscription: "The subscriber no longer gets messages.",
  aws_sqs_queue_redrive_policy: "Messages that fail are no longer kept in a dead-letter queue.",
  aws_ssm_maintenance_window: "Its tasks are not started anymore.",
  aws_ssmcontacts_plan: "No one is called when an incident begins.",
  aws_ssmincidents_response_plan: "No one is called when an incident begins.",
  aws_ssoadmin_permissions_boundary_attachment: "The policies of the permission set alone decide what it allows.",
  aws_synthetics_canary: "Failures that it looks for are no longer noticed.",
  aws_verifiedaccess_instance_logging_configuration: "Requests can no longer be traced afterwards.",
  aws_vpc_block_public_access_options: "Internet gateways may open networks.",
  aws_vpc_endpoint_policy: "The default policy of the endpoint allows everything.",
  aws_vpclattice_access_log_subscription: "Requests can no longer be traced afterwards.",
  aws_waf_web_acl: "Requests are not filtered.",
  aws_wafregional_web_acl: "Requests are not filtered.",
  aws_wafregional_web_acl_association: "Requests are not filtered.",
  aws_wafv2_web_acl: "Requests are not filtered.",
  aws_wafv2_web_acl_association: "Requests are not filtered.",
  aws_wafv2_web_acl_rule_group_association: "Requests are no longer filtered by the rule group.",
  aws_wafv2_web_acl_logging_configuration: "Filtered requests can no longer be traced afterwards.",
  azurerm_management_lock: "Everything in its scope can be changed or deleted.",
  azurerm_monitor_diagnostic_setting: "Activity can no longer be traced afterwards.",
  azurerm_monitor_metric_alert: "No one is notified when the metric goes wrong.",
  azurerm_monitor_activity_log_alert: "No one is notified of the activity.",
  azurerm_monitor_scheduled_query_rules_alert_v2: "No one is notified of what the query finds.",
  azurerm_backup_protected_vm: "No backups of the machine are made.",
  azurerm_network_interface_security_group_association: "The rules of the group no longer restrict its traffic.",
  azurerm_subnet_network_security_group_association: "The rules of the group no longer restrict its traffic.",
  azurerm_web_application_firewall_policy: "Requests are not filtered.",
  cloudflare_firewall_rule: "Requests are not filtered by it.",
  cloudflare_ruleset: "Requests are not filtered or changed by it.",
  datadog_monitor: "No one is notified when the metric goes wrong.",
  datadog_monitor_json: "No one is notified when the metric goes wrong.",
  datadog_synthetics_test: "No one is notified when the test fails.",
  google_compute_security_policy: "Requests are not filtered.",
  google_logging_billing_account_sink: "Log entries no longer reach its destination.",
  google_logging_folder_sink: "Log entries no longer reach its destination.",
  google_logging_organization_sink: "Log entries no longer reach its destination.",
  google_logging_project_sink: "Log entries no longer reach its destination.",
  google_folder_iam_audit_config: "Access to data can no longer be traced afterwards.",
  google_organization_iam_audit_config: "Access to data can no longer be traced afterwards.",
  google_project_iam_audit_config: "Access to data can no longer be traced afterwards.",
  google_monitoring_alert_policy: "No one is notified when the metric goes wrong.",
  grafana_rule_group: "No one is notified when its metrics go wrong.",
  newrelic_nrql_alert_condition: "No one is notified when the metric goes wrong.",
  opsgenie_escalation: "No one is notified if an alert is not answered.",
  pagerduty_escalation_policy: "No one is notified if an incident is not answered.",
  pagerduty_schedule: "No one is on call by it.",
  pagerduty_service: "Its incidents reach no one.",
  github_branch_protection: "Everyone with write access can push to the branch, without a review.",
  github_branch_protection_v3: "Everyone with write access can push to the branch, without a review.",
  github_organization_ruleset: "Its rules no longer restrict changes to repositories.",
  github_repository_ruleset: "Its rules no longer restrict changes to the repository.",
  kubernetes_network_policy: "Its pods' traffic is no longer restricted.",
  kubernetes_network_policy_v1: "Its pods' traffic is no longer restricted.",
};

/** Guards whose replacement leaves a gap; a replaced alarm or filter starts at once. */
const GAPS: ReadonlySet<string> = new Set([
  "aws_cloudtrail",
  "aws_config_configuration_recorder",
  "aws_flow_log",
  "aws_guardduty_detector",
  "aws_securityhub_account",
  "aws_wafv2_web_acl_association",
]);

/** The finding for a guard that is destroyed while an equal one is created: Terraform does both in no certain order. */
export function readdedGuard({ type }: Subject): Finding {
  const opening = text`${type} is destroyed, and an equal one is created at another address.`;
  const effect = GAPS.has(type) ? entryOf(GUARDS, type) : undefined;
  return effect === undefined
    ? { severity: "caution", text: [...opening, " Terraform may destroy it last, and then neither is left."] }
    : { severity: "danger", text: [...opening, " Until the new one works: ", lowerFirst(effect)] };
}

/** Guards that are destroyed, or replaced with a gap. */
export function lostGuards(subject: Subject, context: PlanContext): readonly Finding[] {
  const { type, action, order } = subject;
  const effect = entryOf(GUARDS, type);
  if (at(subject.before, "skip_destroy") === true && action === "destroy") {
    return [];
  }
  if (effect !== undefined && action === "destroy" && !isProtectedDestroyed(subject, context)) {
    return [{ severity: "danger", text: [...text`${type} is destroyed.`, ` ${effect}`] }];
  }
  if (effect !== undefined && leavesBucket(subject, context)) {
    const bucket = at(subject.before, "bucket") ?? null;
    return [{ severity: "danger", text: [...text`${type} leaves the bucket ${bucket}.`, ` ${effect}`] }];
  }
  if (effect === undefined || action !== "replace" || !GAPS.has(type) || order === "create, then forget") {
    return [];
  }
  return order === "create, then destroy"
    ? [{ severity: "note", text: text`${type} is replaced; the new one is created first.` }]
    : [
        {
          severity: "danger",
          text: [...text`${type} is replaced. Until the new one works: `, lowerFirst(effect)],
        },
      ];
}
