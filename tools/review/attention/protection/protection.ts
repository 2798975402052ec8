import type { Finding } from "../../model.ts";
import type { Subject } from "../../subject.ts";
import { at, isNothing, listOf } from "../../values/value.ts";
import type { PlanContext } from "../context.ts";
import { PROTECTION_ELSEWHERE } from "../other-clouds.ts";
import { PROTECTION_OF_SERVICES } from "../other-services.ts";
import {
  becomes,
  changed,
  created,
  either,
  evaluateRows,
  existing,
  fewer,
  gone,
  isOn,
  lacks,
  larger,
  leaves,
  more,
  newly,
  off,
  offAtCreation,
  on,
  type Row,
  rows,
  type Side,
  shorter,
  shorterList,
  smaller,
  switchedOff,
  tableOf,
  tighter,
  weaker,
} from "../table.ts";
import { ALARMS, silentAlarm } from "./alarms.ts";
import { certificateChecks } from "./certificate-checks.ts";
import { COMPUTE, containers } from "./compute.ts";
import { STORED_DATA } from "./data.ts";
import { ENCRYPTION } from "./encryption.ts";
import { FIREWALLS, ipSets, webAclRules } from "./firewalls.ts";
import { lostGuards } from "./guards.ts";
import { expirations } from "./lifecycle.ts";
import { LOGGING } from "./logging.ts";
import { PIPELINES } from "./pipelines.ts";
import { plainText } from "./plain-text.ts";
import { TRANSPORT } from "./transport.ts";

// Safeguards that are switched off, weakened, or missing from the start.

function isAdmin(policy: Side): boolean {
  return /:iam::aws:policy\/AdministratorAccess$/.test(String(policy));
}

const PASSWORD_CHARACTERS = [
  "require_lowercase_characters",
  "require_numbers",
  "require_symbols",
  "require_uppercase_characters",
];

/** NIST SP 800-63B requires 8 characters. */
function isShort(_before: Side, after: Side): boolean {
  return typeof after === "number" && after < 8;
}

function leavesOwnership(_before: Side, after: Side): boolean {
  return after === "BucketOwnerPreferred" || after === "ObjectWriter";
}

/** An action that refused a user, or asked for a second factor. */
function leavesBlock(before: Side, after: Side): boolean {
  return !isNothing(before) && before !== "NO_ACTION" && (isNothing(after) || after === "NO_ACTION");
}

const GUARDRAILS: readonly Row[] = [
  {
    path: ["permissions_boundary"],
    worse: gone,
    severity: "danger",
    meaning: "From then on, its policies alone decide what it may do.",
  },
  {
    types: ["aws_guardduty_detector"],
    path: ["enable"],
    worse: off,
    severity: "danger",
    meaning: "Threats in the account are no longer detected.",
  },
  ...rows("danger", "Threats are no longer detected from this data.", off, {
    aws_guardduty_detector: [
      "datasources.0.kubernetes.0.audit_logs.0.enable",
      "datasources.0.malware_protection.0.scan_ec2_instance_with_findings.0.ebs_volumes.0.enable",
      "datasources.0.s3_logs.0.enable",
    ],
  }),
  {
    types: ["aws_guardduty_detector_feature"],
    path: ["status"],
    worse: leaves("ENABLED"),
    severity: "danger",
    meaning: "Threats are no longer detected from this data.",
  },
  {
    types: ["aws_config_configuration_recorder_status"],
    path: ["is_enabled"],
    worse: off,
    severity: "danger",
    meaning: "Changes to resources are no longer recorded.",
  },
  {
    types: ["aws_config_configuration_recorder"],
    path: ["recording_group", 0, "all_supported"],
    worse: off,
    severity: "danger",
    meaning: "Changes to fewer resources are recorded.",
  },
  ...rows("danger", "Changes to fewer resources are recorded.", off, {
    aws_config_configuration_recorder: "recording_group.0.include_global_resource_types",
  }),
  {
    types: ["aws_sqs_queue", "aws_sns_topic_subscription", "aws_sqs_queue_redrive_policy"],
    path: ["redrive_policy"],
    worse: gone,
    severity: "danger",
    meaning: "Messages that fail are no longer kept in a dead-letter queue.",
  },
  ...rows("caution", "Messages are given up after fewer attempts.", smaller, {
    aws_sqs_queue: "redrive_policy.maxReceiveCount",
    aws_sqs_queue_redrive_policy: "redrive_policy.maxReceiveCount",
  }),
  {
    types: ["aws_lambda_function"],
    path: ["dead_letter_config"],
    worse: gone,
    severity: "danger",
    meaning: "Events that fail are no longer kept in a dead-letter queue.",
  },
  {
    types: ["aws_lambda_event_source_mapping"],
    path: ["destination_config"],
    worse: gone,
    severity: "caution",
    meaning: "Records that fail are dropped.",
  },
  ...rows("caution", "Records that fail are dropped earlier.", tighter, {
    aws_cloudwatch_event_target: "retry_policy.0.maximum_event_age_in_seconds",
    aws_lambda_event_source_mapping: ["maximum_record_age_in_seconds", "maximum_retry_attempts"],
    aws_lambda_function_event_invoke_config: "maximum_event_age_in_seconds",
    aws_scheduler_schedule: "target.0.retry_policy.0.maximum_event_age_in_seconds",
  }),
  ...rows("caution", "One message that fails makes a whole batch be handled again.", fewer, {
    aws_lambda_event_source_mapping: "function_response_types",
  }),
  ...rows("caution", "Messages that fail go to another queue.", changed, {
    aws_sqs_queue: "redrive_policy.deadLetterTargetArn",
    aws_sqs_queue_redrive_policy: "redrive_policy.deadLetterTargetArn",
  }),
  ...rows("caution", "Images are copied to fewer registries.", fewer, {
    aws_ecr_replication_configuration: "replication_configuration.0.rule.*.destination",
  }),
  ...rows("caution", "Images are copied to fewer registries.", shorterList, {
    aws_ecr_replication_configuration: "replication_configuration.0.rule",
  }),
  ...rows(
    "caution",
    "The function gets no security updates of its runtime until someone chooses them.",
    leaves("Auto"),
    {
      aws_lambda_runtime_management_config: "update_runtime_on",
    },
  ),
  ...rows("caution", "Failures may be noticed later.", changed, { aws_synthetics_canary: "schedule.0.expression" }),
  ...[
    ["default_cache_behavior", 0],
    ["ordered_cache_behavior", "*"],
    ["cache_behavior", "*"],
  ].flatMap((behavior) =>
    ["trusted_key_groups", "trusted_signers"].map(
      (argument): Row => ({
        types: ["aws_cloudfront_distribution"],
        path: [...behavior, argument],
        worse: gone,
        severity: "danger",
        meaning: "Anyone can get the content without a signed URL or cookie.",
      }),
    ),
  ),
  {
    types: ["aws_opensearch_domain", "aws_elasticsearch_domain"],
    path: ["advanced_security_options", 0, "enabled"],
    worse: off,
    severity: "danger",
    meaning: "Access to indices is no longer controlled by user.",
  },
  {
    types: ["aws_iam_account_password_policy"],
    path: ["minimum_password_length"],
    worse: smaller,
    severity: "danger",
    meaning: "Users may choose weaker passwords.",
  },
  {
    types: ["aws_s3_bucket_ownership_controls"],
    path: ["rule", 0, "object_ownership"],
    worse: leaves("BucketOwnerEnforced"),
    severity: "caution",
    meaning: "ACLs of the bucket and its objects take effect.",
  },
  ...rows("note", "ACLs of the bucket and its objects take effect.", created(leavesOwnership), {
    aws_s3_bucket_ownership_controls: "rule.0.object_ownership",
  }),
  ...rows("caution", "Vulnerabilities in new accounts are not reported.", off, {
    aws_inspector2_organization_configuration: ["ec2", "ecr", "lambda", "lambda_code"].map(
      (name) => `auto_enable.0.${name}`,
    ),
  }),
  ...rows("danger", "The boundary restricts nothing.", newly(isAdmin), {
    aws_iam_role: "permissions_boundary",
    aws_iam_user: "permissions_boundary",
  }),
  ...rows(
    "caution",
    "Another policy limits what it may do.",
    (before, after) => changed(before, after) && !isAdmin(after),
    {
      aws_iam_role: "permissions_boundary",
      aws_iam_user: "permissions_boundary",
    },
  ),
  ...rows("danger", "Policies of this type no longer restrict any account.", fewer, {
    aws_organizations_organization: "enabled_policy_types",
  }),
  ...rows("danger", "Policies no longer restrict any account.", leaves("ALL"), {
    aws_organizations_organization: "feature_set",
  }),
  ...rows("caution", "The policies of another unit restrict the account.", changed, {
    aws_organizations_account: "parent_id",
  }),
  ...rows("caution", "Root users of other accounts are managed in each of them.", fewer, {
    aws_iam_organizations_features: "enabled_features",
  }),
  ...rows("danger", "Stolen passwords and unusual attempts to sign in are no longer blocked.", leavesBlock, {
    aws_cognito_risk_configuration: [
      "compromised_credentials_risk_configuration.0.actions.0.event_action",
      ...["high", "low", "medium"].map(
        (risk) => `account_takeover_risk_configuration.0.actions.0.${risk}_action.0.event_action`,
      ),
    ],
  }),
  ...rows("danger", "Sensitive data in buckets is not reported.", becomes("USER_PAUSED", "CANCELLED"), {
    aws_macie2_classification_job: "job_status",
  }),
  ...rows("caution", "The rule checks different resources than before.", existing(changed), {
    aws_config_config_rule: ["input_parameters", "scope"],
  }),
  ...rows("danger", "Changes to fewer resources are recorded.", existing(more), {
    aws_config_configuration_recorder: "recording_group.0.exclusion_by_resource_types.0.resource_types",
  }),
  ...rows("caution", "Only higher costs are reported.", (before, after) => Number(after) > Number(before), {
    aws_budgets_budget: ["limit_amount", "notification.*.threshold"],
  }),
  ...rows("caution", "Fewer people are notified of costs.", fewer, {
    aws_budgets_budget: ["subscriber_email_addresses", "subscriber_sns_topic_arns"].map(
      (subscribers) => `notification.*.${subscribers}`,
    ),
    aws_ce_anomaly_subscription: "subscriber",
  }),
  ...rows("caution", "High costs stop nothing until someone approves it.", becomes("MANUAL"), {
    aws_budgets_budget_action: "approval_model",
  }),
  ...rows("caution", "A change of settings reaches everything sooner.", smaller, {
    aws_appconfig_deployment_strategy: "deployment_duration_in_minutes",
  }),
  ...rows("caution", "Alarms can roll a change of settings back for a shorter time.", smaller, {
    aws_appconfig_deployment_strategy: "final_bake_time_in_minutes",
  }),
  ...rows("caution", "Settings are used without a check.", fewer, {
    aws_appconfig_configuration_profile: "validator",
  }),
  ...rows("caution", "Patches are installed later.", larger, {
    aws_ssm_patch_baseline: "approval_rule.*.approve_after_days",
  }),
  ...rows("caution", "More patches are never installed.", existing(more), {
    aws_ssm_patch_baseline: "rejected_patches",
  }),
  ...rows(
    "caution",
    "Resources are checked less often.",
    weaker("TwentyFour_Hours", "Twelve_Hours", "Six_Hours", "Three_Hours", "One_Hour"),
    { aws_config_config_rule: "maximum_execution_frequency" },
  ),
  ...rows("caution", "AWS reports problems of the account to someone else.", existing(changed), {
    aws_account_alternate_contact: ["email_address", "phone_number"],
  }),
  ...rows("caution", "Signatures of mail are weaker.", weaker("RSA_1024_BIT", "RSA_2048_BIT"), {
    aws_sesv2_email_identity: "dkim_signing_attributes.0.next_signing_key_length",
  }),
  ...rows("caution", "Addresses of new users are no longer verified.", fewer, {
    aws_cognito_user_pool: "auto_verified_attributes",
  }),
  ...rows("caution", "People get back into their accounts in another way.", existing(changed), {
    aws_cognito_user_pool: "account_recovery_setting",
  }),
  ...rows("caution", "Unusual costs are reported later.", weaker("WEEKLY", "DAILY", "IMMEDIATE"), {
    aws_ce_anomaly_subscription: "frequency",
  }),
  ...rows("caution", "What the option did for the databases ends.", lacks("option_name"), {
    aws_db_option_group: "option",
  }),
  ...rows("danger", "Threats from these addresses are no longer reported.", off, {
    aws_guardduty_threatintelset: "activate",
  }),
  ...rows("danger", "Findings of security services are no longer collected.", off, {
    aws_securityhub_configuration_policy: "configuration_policy.0.service_enabled",
  }),
  ...rows("caution", "Changes in fewer accounts and regions are collected.", either(off, fewer), {
    aws_config_configuration_aggregator: [
      "account_aggregation_source.0.all_regions",
      "account_aggregation_source.0.account_ids",
      "organization_aggregation_source.0.all_regions",
      "organization_aggregation_source.0.regions",
    ],
  }),
  ...rows("caution", "Violations in these accounts are not reported.", existing(more), {
    aws_config_organization_conformance_pack: "excluded_accounts",
    aws_config_organization_custom_policy_rule: "excluded_accounts",
    aws_config_organization_custom_rule: "excluded_accounts",
    aws_config_organization_managed_rule: "excluded_accounts",
  }),
  ...rows("caution", "Sign-ins from these addresses are not blocked.", existing(more), {
    aws_cognito_risk_configuration: "risk_exception_configuration.0.skipped_ip_range_list",
  }),
  ...rows("caution", "Sign-ins from removed addresses are accepted.", fewer, {
    aws_cognito_risk_configuration: "risk_exception_configuration.0.blocked_ip_range_list",
  }),
  ...rows("caution", "Code that others signed can be deployed.", existing(more), {
    aws_lambda_code_signing_config: "allowed_publishers.0.signing_profile_version_arns",
  }),
  ...rows("danger", "Failures that it looks for are no longer noticed.", off, {
    aws_synthetics_canary: "start_canary",
  }),
  ...rows("danger", "From then on, removing it from the code closes the account.", existing(on), {
    aws_organizations_account: "close_on_deletion",
  }),
  ...rows("caution", "Revoked certificates are still accepted.", off, {
    aws_acmpca_certificate_authority: [
      "revocation_configuration.0.crl_configuration.0.enabled",
      "revocation_configuration.0.ocsp_configuration.0.enabled",
    ],
  }),
  ...rows("caution", "Clients connect without the check of the function.", off, {
    aws_ec2_client_vpn_endpoint: "client_connect_options.0.enabled",
  }),
  ...rows("danger", "Threats in the account are not detected.", offAtCreation, { aws_guardduty_detector: "enable" }),
  ...rows("danger", "Changes to resources are not recorded.", offAtCreation, {
    aws_config_configuration_recorder_status: "is_enabled",
  }),
  ...rows("caution", "Threats are reported later.", weaker("SIX_HOURS", "ONE_HOUR", "FIFTEEN_MINUTES"), {
    aws_guardduty_detector: "finding_publishing_frequency",
  }),
  ...rows("caution", "Threats are not detected in new accounts of the organization.", becomes("NONE"), {
    aws_guardduty_organization_configuration: "auto_enable_organization_members",
  }),
  ...rows(
    "caution",
    "Threats are not detected in every account of the organization.",
    (before, after) => after === "NEW" && before !== "NONE",
    { aws_guardduty_organization_configuration: "auto_enable_organization_members" },
  ),
  ...rows("caution", "Threats are not detected from this data in some accounts.", weaker("NONE", "NEW", "ALL"), {
    aws_guardduty_organization_configuration_feature: "auto_enable",
  }),
  ...rows(
    "danger",
    "Changes to fewer resources are recorded.",
    (before, after, { after: recorder }) =>
      fewer(before, after) && !isOn(at(recorder, "recording_group", 0, "all_supported")),
    { aws_config_configuration_recorder: "recording_group.0.resource_types" },
  ),
  ...rows("caution", "Changes to resources are recorded only once a day.", becomes("DAILY"), {
    aws_config_configuration_recorder: "recording_mode.0.recording_frequency",
  }),
  ...rows("caution", "Findings that match the filter are archived, so that no one sees them.", becomes("ARCHIVE"), {
    aws_guardduty_filter: "action",
    aws_macie2_findings_filter: "action",
  }),
  ...rows("caution", "Threats from these addresses are not reported.", on, { aws_guardduty_ipset: "activate" }),
  ...rows("danger", "Violations of the control are no longer reported.", leaves("ENABLED"), {
    aws_securityhub_standards_control: "control_status",
    aws_securityhub_standards_control_association: "association_status",
  }),
  ...rows("caution", "New controls of a standard are not checked.", off, {
    aws_securityhub_account: "auto_enable_controls",
  }),
  ...rows("danger", "Vulnerabilities of fewer resources are reported.", fewer, {
    aws_inspector2_enabler: "resource_types",
  }),
  ...rows("danger", "Sensitive data in buckets is no longer reported.", leaves("ENABLED"), {
    aws_macie2_account: "status",
  }),
  ...rows("danger", "Users may choose weaker passwords.", off, {
    aws_iam_account_password_policy: PASSWORD_CHARACTERS,
    aws_cognito_user_pool: PASSWORD_CHARACTERS.map((rule) => `password_policy.0.${rule.replace(/_characters$/, "")}`),
  }),
  ...rows("caution", "Users may choose weak passwords.", created(isShort), {
    aws_cognito_user_pool: "password_policy.0.minimum_length",
    aws_iam_account_password_policy: "minimum_password_length",
  }),
  ...rows("danger", "Users may choose weaker passwords.", smaller, {
    aws_cognito_user_pool: ["password_policy.0.minimum_length", "password_policy.0.password_history_size"],
    aws_iam_account_password_policy: "password_reuse_prevention",
  }),
  ...rows("caution", "Passwords are used for longer.", (before, after) => shorter(after, before), {
    aws_iam_account_password_policy: "max_password_age",
  }),
  ...rows("danger", "Stolen passwords and unusual attempts to sign in are no longer blocked.", leaves("ENFORCED"), {
    aws_cognito_user_pool: "user_pool_add_ons.0.advanced_security_mode",
  }),
  ...rows("danger", "No more snapshots are made.", leaves("ENABLED"), { aws_dlm_lifecycle_policy: "state" }),
  ...rows("danger", "The domain can be transferred to someone else.", off, {
    aws_route53domains_registered_domain: "transfer_lock",
  }),
  ...rows("caution", "The domain expires unless someone renews it.", off, {
    aws_route53domains_registered_domain: "auto_renew",
  }),
  ...rows("caution", "No one is notified of high costs.", gone, { aws_budgets_budget: "notification" }),
  ...rows("danger", "New volumes may be unencrypted.", either(off, offAtCreation), {
    aws_ebs_encryption_by_default: "enabled",
  }),
  ...rows("danger", "Nothing prevents a policy that lets everyone read the secret.", either(off, offAtCreation), {
    aws_secretsmanager_secret_policy: "block_public_policy",
  }),
  ...rows("caution", "Harmful prompts and answers are no longer filtered.", gone, {
    aws_bedrock_guardrail: ["content", "sensitive_information", "topic", "word"].map((kind) => `${kind}_policy_config`),
    aws_bedrockagent_agent: "guardrail_configuration",
  }),
  ...rows("caution", "Fewer harmful prompts and answers are filtered.", weaker("NONE", "LOW", "MEDIUM", "HIGH"), {
    aws_bedrock_guardrail: ["input", "output"].map((end) => `content_policy_config.0.filters_config.*.${end}_strength`),
  }),
  ...rows("danger", "Instances may start from any image.", leaves("enabled"), {
    aws_ec2_allowed_images_settings: "state",
  }),
  ...rows("caution", "The private key of the certificate can be exported.", existing(becomes("ENABLED")), {
    aws_acm_certificate: "options.0.export",
  }),
  ...rows("caution", "No alarm stops the experiment.", existing(losesStop), {
    aws_fis_experiment_template: "stop_condition",
  }),
  ...rows("caution", "The secret is rotated less often.", larger, {
    aws_secretsmanager_secret_rotation: "rotation_rules.0.automatically_after_days",
  }),
  ...rows("danger", "Code without a trusted signature can be deployed.", gone, {
    aws_lambda_function: "code_signing_config_arn",
  }),
  ...rows("danger", "Code without a trusted signature can be deployed.", becomes("Warn"), {
    aws_lambda_code_signing_config: "policies.0.untrusted_artifact_on_deployment",
  }),
  ...rows(
    "caution",
    "Vulnerabilities in pushed images are not reported unless the registry scans them.",
    either(off, gone),
    {
      aws_ecr_repository: ["image_scanning_configuration.0.scan_on_push"],
    },
  ),
  ...rows("note", "Vulnerabilities in pushed images are not reported unless the registry scans them.", offAtCreation, {
    aws_ecr_repository: "image_scanning_configuration.0.scan_on_push",
  }),
  ...rows("note", "A pushed image may replace another one under the same tag.", created(becomes("MUTABLE")), {
    aws_ecr_repository: "image_tag_mutability",
  }),
  ...rows(
    "danger",
    "Vulnerabilities are found in fewer packages, and only when an image is pushed.",
    leaves("ENHANCED"),
    {
      aws_ecr_registry_scanning_configuration: "scan_type",
    },
  ),
  ...rows("danger", "Fewer images are scanned.", fewer, { aws_ecr_registry_scanning_configuration: "rule" }),
  ...rows("danger", "Queries may write results elsewhere and unencrypted.", either(switchedOff, offAtCreation), {
    aws_athena_workgroup: "configuration.0.enforce_workgroup_configuration",
  }),
];

/** Alarms stopped an experiment, and none does. */
function losesStop(before: Side, after: Side): boolean {
  const stops = (side: Side) => listOf(side).some((condition) => at(condition, "source") === "aws:cloudwatch:alarm");
  return stops(before) && !stops(after);
}

export const PROTECTION = tableOf([
  ...ENCRYPTION,
  ...TRANSPORT,
  ...STORED_DATA,
  ...LOGGING,
  ...ALARMS,
  ...FIREWALLS,
  ...COMPUTE,
  ...PIPELINES,
  ...GUARDRAILS,
  ...PROTECTION_OF_SERVICES,
  ...PROTECTION_ELSEWHERE,
]);

export function protection(subject: Subject, context: PlanContext): readonly Finding[] {
  return [
    ...lostGuards(subject, context),
    ...evaluateRows(PROTECTION, subject),
    ...expirations(subject, context),
    ...silentAlarm(subject, context),
    ...webAclRules(subject),
    ...ipSets(subject, context),
    ...containers(subject),
    ...plainText(subject),
    ...certificateChecks(subject),
  ];
}
