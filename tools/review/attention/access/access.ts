import type { Finding } from "../../model.ts";
import type { Subject } from "../../subject.ts";
import { entryOf } from "../../values/entry.ts";
import { at, equal, isList, isNothing, listOf, type Value } from "../../values/value.ts";
import type { PlanContext } from "../context.ts";
import { everyone } from "../everyone.ts";
import { ACCESS_ELSEWHERE } from "../other-clouds.ts";
import { ACCESS_OF_SERVICES } from "../other-services.ts";
import {
  becomes,
  changed,
  created,
  emptied,
  evaluateRows,
  existing,
  fewer,
  gone,
  larger,
  leaves,
  more,
  on,
  rows,
  type Side,
  tableOf,
  weaker,
} from "../table.ts";
import { text } from "../text.ts";
import { attachments, detachedDenials } from "./attachments.ts";
import { allowing } from "./grants.ts";
import { combinedPermissions } from "./holders.ts";
import { matches } from "./patterns.ts";
import { policiesOf } from "./policy.ts";
import { changedPolicies, isPolicyType, newPolicies, unknownPolicies } from "./policy-changes.ts";
import { extendsExisting } from "./policy-holders.ts";

/** Permissions that exist after the change and did not before. */
export function access(subject: Subject, context: PlanContext): readonly Finding[] {
  const { type, action, before, after } = subject;
  const isNew = before === undefined && !extendsExisting(subject, context);
  return [
    ...(isNew ? newPolicies(subject, context) : changedPolicies(subject, context)),
    ...(action === "update" || action === "replace" || (action === "create" && isPolicyType(type))
      ? unknownPolicies(subject, context, isNew)
      : []),
    ...attachments(subject, context),
    ...detachedDenials(subject, context),
    ...combinedPermissions(subject, context),
    ...(action === "create" ? ofNewResource(type, after) : []),
    ...evaluateRows(ACCESS, subject),
  ];
}

/** Permissions of a data access policy of OpenSearch Serverless as principal, resource, and permission. */
function indexGrants(policy: Value | undefined): readonly (readonly string[])[] {
  return listOf(policy).flatMap((statement) =>
    listOf(at(statement, "Principal")).flatMap((principal) =>
      listOf(at(statement, "Rules")).flatMap((rule) =>
        listOf(at(rule, "Resource")).flatMap((resource) =>
          listOf(at(rule, "Permission")).map((permission) => [principal, resource, permission].map(String)),
        ),
      ),
    ),
  );
}

function newIndexGrants(before: Value | undefined, after: Value | undefined): readonly (readonly string[])[] {
  const had = indexGrants(before);
  const covers = (old: readonly string[], grant: readonly string[]) =>
    old.every((pattern, index) => matches(pattern, grant[index] ?? ""));
  return indexGrants(after).filter((grant) => !had.some((old) => covers(old, grant)));
}

function isForAnyone([principal]: readonly string[]): boolean {
  return principal === "*";
}

/** Lists of all inline policies that a holder may have; Terraform removes the others. */
const EXCLUSIVE_INLINE = {
  aws_iam_group_policies_exclusive: "policy_names",
  aws_iam_role_policies_exclusive: "policy_names",
  aws_iam_user_policies_exclusive: "policy_names",
};

const EXCLUSIVE = {
  ...EXCLUSIVE_INLINE,
  aws_iam_group_policy_attachments_exclusive: "policy_arns",
  aws_iam_role_policy_attachments_exclusive: "policy_arns",
  aws_iam_user_policy_attachments_exclusive: "policy_arns",
};

/** Policies of an organization that are neither permissions nor about names and costs. */
const SETTINGS_POLICY = /^(AISERVICES_OPT_OUT|BACKUP|DECLARATIVE|SECURITYHUB)_/;

const CREATOR = "The identity that creates the cluster administers it, without an access entry in the code.";

/** Tokens that agents and their gateways accept. */
const AGENT_TOKENS = "authorizer_configuration.0.custom_jwt_authorizer.0";

const ANY_SENDER = "Anyone, in any account, can send events to the bus.";

export const ACCESS = tableOf([
  ...ACCESS_ELSEWHERE,
  ...ACCESS_OF_SERVICES,
  {
    types: ["aws_iam_group_membership"],
    path: ["users"],
    worse: more,
    severity: "caution",
    meaning: "Users get the permissions of the group.",
  },
  {
    types: ["aws_iam_user_group_membership"],
    path: ["groups"],
    worse: more,
    severity: "caution",
    meaning: "The user gets the permissions of the groups.",
  },
  {
    types: ["aws_iam_openid_connect_provider"],
    path: ["client_id_list"],
    worse: (before, after) => before !== undefined && more(before, after),
    severity: "caution",
    meaning: "Tokens for other audiences are accepted.",
  },
  {
    types: ["aws_iam_access_key"],
    path: ["status"],
    worse: leaves("Inactive"),
    severity: "caution",
    meaning: "The key works again.",
  },
  {
    types: ["aws_kms_grant"],
    path: ["grantee_principal"],
    worse: (_before, after) => !isNothing(after),
    severity: "caution",
    meaning: "It may use the key as the grant allows, even beyond the policy of the key.",
  },
  ...rows("caution", "The grant allows more uses of the key.", existing(more), { aws_kms_grant: "operations" }),
  ...rows("caution", "More queues may use it as their dead-letter queue.", weaker("allowAll", "byQueue", "denyAll"), {
    aws_sqs_queue: "redrive_allow_policy.redrivePermission",
    aws_sqs_queue_redrive_allow_policy: "redrive_allow_policy.redrivePermission",
  }),
  ...rows("caution", "More queues may use it as their dead-letter queue.", joins, {
    aws_sqs_queue: "redrive_allow_policy.sourceQueueArns",
    aws_sqs_queue_redrive_allow_policy: "redrive_allow_policy.sourceQueueArns",
  }),
  ...rows(
    "caution",
    "Its holders get the permissions of the policy with this name.",
    (_before, after) => !isNothing(after),
    {
      aws_ssoadmin_customer_managed_policy_attachment: "customer_managed_policy_reference.0.name",
    },
  ),
  ...everyone(
    "aws_cloudwatch_event_permission",
    "condition",
    ANY_SENDER,
    "Every account of the organization can send events to the bus.",
  ),
  ...rows(
    "caution",
    "Another account can send events to the bus.",
    (before, after) => before !== "*" && /^\d{12}$/.test(String(after)),
    {
      aws_cloudwatch_event_permission: "principal",
    },
  ),
  ...rows("caution", "The policy applies to the whole cluster.", existing(becomes("cluster")), {
    aws_eks_access_policy_association: "access_scope.0.type",
  }),
  ...rows(
    "caution",
    "The policy applies to more namespaces.",
    (before, after) => !isNothing(before) && more(before, after),
    {
      aws_eks_access_policy_association: "access_scope.0.namespaces",
    },
  ),
  ...rows("caution", "Tokens for other audiences are accepted.", existing(more), {
    aws_apigatewayv2_authorizer: "jwt_configuration.0.audience",
    aws_bedrockagentcore_agent_runtime: [`${AGENT_TOKENS}.allowed_audience`, `${AGENT_TOKENS}.allowed_clients`],
    aws_bedrockagentcore_gateway: [`${AGENT_TOKENS}.allowed_audience`, `${AGENT_TOKENS}.allowed_clients`],
  }),
  ...rows("danger", "Tokens from another issuer are accepted.", changed, {
    aws_apigatewayv2_authorizer: "jwt_configuration.0.issuer",
    aws_bedrockagentcore_agent_runtime: `${AGENT_TOKENS}.discovery_url`,
    aws_bedrockagentcore_gateway: `${AGENT_TOKENS}.discovery_url`,
    aws_opensearch_domain: "advanced_security_options.0.jwt_options.0.public_key",
  }),
  ...rows("caution", "Users of other user pools are accepted.", existing(more), {
    aws_api_gateway_authorizer: "provider_arns",
  }),
  ...rows("caution", "Another authorizer decides which requests are accepted.", existing(changed), {
    aws_api_gateway_method: "authorizer_id",
    aws_apigatewayv2_route: "authorizer_id",
  }),
  ...rows("caution", "Another function decides which requests are accepted.", changed, {
    aws_api_gateway_authorizer: "authorizer_uri",
    aws_apigatewayv2_authorizer: "authorizer_uri",
  }),
  ...rows(
    "danger",
    "Anyone whose requests reach the collections gets the permissions of the policy.",
    (before, after) => newIndexGrants(before, after).some(isForAnyone),
    { aws_opensearchserverless_access_policy: "policy" },
  ),
  ...rows(
    "caution",
    "Someone gets more permissions for collections or indexes.",
    existing((before, after) => {
      const added = newIndexGrants(before, after);
      return before !== undefined && added.length > 0 && !added.some(isForAnyone);
    }),
    { aws_opensearchserverless_access_policy: "policy" },
  ),
  ...rows(
    "caution",
    "Its other policies are removed from it.",
    created((_before, after) => isList(after)),
    EXCLUSIVE,
  ),
  ...rows(
    "caution",
    "It loses policies; what a denial in them held back may be allowed.",
    existing(fewer),
    EXCLUSIVE_INLINE,
  ),
  ...rows("danger", "Every account can sign code with the profile.", becomes("*"), {
    aws_signer_signing_profile_permission: "principal",
  }),
  ...rows(
    "caution",
    "Another account can sign code with the profile.",
    (_before, after) => /^\d{12}$/.test(String(after)),
    {
      aws_signer_signing_profile_permission: "principal",
    },
  ),
  ...rows(
    "caution",
    "Settings that accounts of the organization must have change.",
    existing((_before, _after, { after }) => SETTINGS_POLICY.test(String(at(after, "type")))),
    { aws_organizations_policy: "content" },
  ),
  ...rows("caution", "Accounts with which something is shared may do something else.", existing(changed), {
    aws_ram_permission: "policy_template",
  }),
  ...rows("danger", ANY_SENDER, existing(gone), {
    aws_cloudwatch_event_permission: "condition",
  }),
  ...rows("danger", "Everyone whom its methods let in can call it.", existing(losesLimit), {
    aws_api_gateway_rest_api: "policy",
  }),
  ...rows("danger", "The default policy of the endpoint allows everything.", existing(losesLimit), {
    aws_vpc_endpoint: "policy",
  }),
  ...rows("danger", "The user gets every permission of the role.", existing(losesLimit), {
    aws_transfer_access: "policy",
    aws_transfer_user: "policy",
  }),
  ...rows("danger", "Certificates give every permission of the roles.", existing(losesLimit), {
    aws_rolesanywhere_profile: "session_policy",
  }),
  ...rows("danger", "Certificates give every permission of the roles.", emptied, {
    aws_rolesanywhere_profile: "managed_policy_arns",
  }),
  ...rows("danger", "People who have not signed in get the permissions of this role.", grantsAnother, {
    aws_cognito_identity_pool_roles_attachment: "roles.unauthenticated",
  }),
  ...rows("caution", "Everyone whose policies in IAM allow it can read the data.", becomes("IAM_ALLOWED_PRINCIPALS"), {
    aws_lakeformation_permissions: "principal",
  }),
  ...rows(
    "caution",
    "It gets the permissions of another role.",
    existing((before, after) => !isNothing(after) && before !== undefined),
    {
      aws_apprunner_service: "instance_configuration.0.instance_role_arn",
      aws_autoscaling_group: "service_linked_role_arn",
      aws_bedrockagentcore_agent_runtime: "role_arn",
      aws_bedrockagentcore_gateway: "role_arn",
      aws_cloudwatch_event_target: "role_arn",
      aws_codebuild_project: "service_role",
      aws_codepipeline: "role_arn",
      aws_ecs_express_gateway_service: ["task_role_arn", "execution_role_arn"],
      aws_ecs_task_definition: ["task_role_arn", "execution_role_arn"],
      aws_eks_capability: "role_arn",
      aws_eks_pod_identity_association: "role_arn",
      aws_glue_job: "role_arn",
      aws_iam_instance_profile: "role",
      aws_instance: "iam_instance_profile",
      aws_lambda_function: "role",
      aws_launch_template: ["iam_instance_profile.0.arn", "iam_instance_profile.0.name"],
      aws_pipes_pipe: "role_arn",
      aws_scheduler_schedule: "target.0.role_arn",
      aws_sfn_state_machine: "role_arn",
      aws_transfer_access: "role",
      aws_transfer_user: "role",
    },
  ),
  ...rows("caution", "Callers whose access ended are let in for longer.", larger, {
    aws_api_gateway_authorizer: "authorizer_result_ttl_in_seconds",
    aws_apigatewayv2_authorizer: "authorizer_result_ttl_in_seconds",
    aws_appsync_graphql_api: [
      "lambda_authorizer_config.0.authorizer_result_ttl_in_seconds",
      "additional_authentication_provider.*.lambda_authorizer_config.0.authorizer_result_ttl_in_seconds",
    ],
  }),
  ...rows("caution", "Stolen credentials of the role work for longer.", larger, {
    aws_iam_role: "max_session_duration",
    aws_iot_role_alias: "credential_duration",
    aws_rolesanywhere_profile: "duration_seconds",
  }),
  ...rows("caution", "Stolen credentials work for longer.", (before, after) => minutes(after) > minutes(before), {
    aws_ssoadmin_permission_set: "session_duration",
  }),
  ...rows("caution", "Certificates give the permissions of more roles.", existing(more), {
    aws_rolesanywhere_profile: "role_arns",
  }),
  ...rows("danger", "They can give anyone access to the data lake.", existing(more), {
    aws_lakeformation_data_lake_settings: "admins",
  }),
  ...rows("caution", "The user may use other commands and keys.", changed, {
    aws_elasticache_user: "access_string",
    aws_memorydb_user: "access_string",
  }),
  ...rows("danger", "Another identity provider may decide who signs in.", changed, {
    aws_cognito_identity_provider: ["MetadataFile", "MetadataURL", "jwks_uri", "oidc_issuer", "token_url"].map(
      (detail) => `provider_details.${detail}`,
    ),
    aws_iam_saml_provider: "saml_metadata_document",
  }),
  ...rows("caution", "Certificates of another authority give the permissions.", changed, {
    aws_rolesanywhere_trust_anchor: "source",
  }),
  ...rows("caution", "Another server may sign tokens that are accepted.", existing(acceptsAnother), {
    aws_iam_openid_connect_provider: "thumbprint_list",
  }),
  ...rows("caution", "People who may tag the bucket may change who has access to it.", becomes("Enabled"), {
    aws_s3_bucket_abac: "abac_status.0.status",
  }),
  ...rows("caution", "The other account may write, too.", on, {
    aws_redshift_data_share_authorization: "allow_writes",
    aws_redshift_data_share_consumer_association: "allow_writes",
  }),
  ...rows("caution", "Policies in IAM give access to the data, too.", on, {
    aws_lakeformation_resource: "hybrid_access_enabled",
  }),
  ...rows("caution", "Commands from the channel may do something else.", existing(changed), {
    aws_chatbot_slack_channel_configuration: "guardrail_policy_arns",
    aws_chatbot_teams_channel_configuration: "guardrail_policy_arns",
  }),
  ...rows("caution", "The service no longer acts in the accounts of the organization.", fewer, {
    aws_organizations_organization: "aws_service_access_principals",
  }),
  ...rows("caution", "The user may manage users, data, and settings.", becomes("ADMIN_PRO", "ADMIN"), {
    aws_quicksight_user: "user_role",
  }),
  ...rows("caution", "The service may act in every account of the organization.", existing(more), {
    aws_organizations_organization: "aws_service_access_principals",
  }),
  ...rows("caution", "Engines outside of Lake Formation can read whole tables.", existing(on), {
    aws_lakeformation_data_lake_settings: ["allow_external_data_filtering", "allow_full_table_external_data_access"],
  }),
  ...rows("caution", "Devices with certificates of the authority register themselves.", on, {
    aws_iot_ca_certificate: "allow_auto_registration",
  }),
  ...rows("caution", "The certificate works again.", existing(on), {
    aws_iot_ca_certificate: "active",
    aws_iot_certificate: "active",
  }),
  ...rows("caution", "Users of the ledger may do everything in it.", leaves("STANDARD"), {
    aws_qldb_ledger: "permissions_mode",
  }),
  ...rows("caution", "The policy of the file system no longer decides what tasks may do.", leaves("ENABLED"), {
    aws_ecs_task_definition: "volume.*.efs_volume_configuration.0.authorization_config.0.iam",
  }),
  ...rows("caution", "It gets the permissions of these groups in the cluster.", more, {
    aws_eks_access_entry: "kubernetes_groups",
  }),
  ...rows("caution", "Anyone who may create access entries can give access to it.", leaves("CONFIG_MAP"), {
    aws_eks_cluster: "access_config.0.authentication_mode",
  }),
  ...rows(
    "caution",
    "Identities that only the ConfigMap aws-auth names lose access to it.",
    (before, after) => before === "API_AND_CONFIG_MAP" && after === "API",
    { aws_eks_cluster: "access_config.0.authentication_mode" },
  ),
  ...rows("note", "Anyone who can change a ConfigMap in it administers it.", created(becomes("CONFIG_MAP")), {
    aws_eks_cluster: "access_config.0.authentication_mode",
  }),
  ...rows("caution", CREATOR, existing(on), {
    aws_eks_cluster: "access_config.0.bootstrap_cluster_creator_admin_permissions",
  }),
  ...rows("note", CREATOR, created(on), {
    aws_eks_cluster: "access_config.0.bootstrap_cluster_creator_admin_permissions",
  }),
  ...rows("caution", "People in more groups can connect to more of the network.", becomes(true), {
    aws_ec2_client_vpn_authorization_rule: "authorize_all_groups",
  }),
]);

/** A list that already had elements gets more. */
function joins(before: Value | undefined, after: Value | undefined): boolean {
  return !isNothing(before) && more(before, after);
}

/** A policy without which everything is allowed, unless it allows that, too. */
/** A further certificate of an issuer that AWS does not verify through public authorities anyway. */
function acceptsAnother(before: Side, after: Side, { after: provider }: Subject): boolean {
  return more(before, after) && !PUBLICLY_TRUSTED.test(String(at(provider, "url")));
}

/** Source: "Obtain the thumbprint for an OpenID Connect identity provider" in the IAM user guide. */
const PUBLICLY_TRUSTED =
  /^(https:\/\/)?(accounts\.google\.com|app\.terraform\.io|gitlab\.com|oidc\.eks\.[\w-]+\.amazonaws\.com|token\.actions\.githubusercontent\.com|[\w.-]+\.auth0\.com)(\/|$)/;

function losesLimit(before: Value | undefined, after: Value | undefined): boolean {
  const allowsEverything = policiesOf("", before)
    .flatMap(({ statements }) => allowing(statements))
    .some(
      ({ actions, resources, conditions }) =>
        actions.includes("*") && resources.includes("*") && conditions.length === 0,
    );
  return gone(before, after) && !allowsEverything;
}

function grantsAnother(before: Value | undefined, after: Value | undefined): boolean {
  return !isNothing(after) && !equal(before, after);
}

/** Minutes of an ISO 8601 duration such as `PT1H30M`. */
function minutes(duration: Value | undefined): number {
  const [, hours = "0", rest = "0"] = /^PT(?:(\d+)H)?(?:(\d+)M)?$/.exec(String(duration)) ?? [];
  return Number(hours) * 60 + Number(rest);
}

/** Consequences of new resources, each of which gives someone access or hides something. */
const CREATED: Readonly<Record<string, string>> = {
  aws_accessanalyzer_archive_rule: "Findings that match the rule are archived, so that no one sees them.",
  aws_cloudwatch_alarm_mute_rule: "While it is active, its alarms do not notify anyone.",
  aws_cloudtrail_organization_delegated_admin_account: "Another account may administer trails of the organization.",
  aws_ec2_traffic_mirror_session: "A copy of the packets of the network interface goes to another place.",
  aws_ec2_transit_gateway_route_table_propagation: "Networks that use the route table can reach the attached network.",
  aws_grafana_role_association: "Users or groups get a role in the workspace.",
  aws_iam_access_key: "A long-lived access key is created; its secret is stored in the Terraform state.",
  aws_iam_openid_connect_provider: "Its tokens are accepted where roles trust the provider.",
  aws_iam_outbound_web_identity_federation: "The account issues tokens for its roles that others may accept.",
  aws_iam_saml_provider: "Its users are accepted where roles trust the provider.",
  aws_iam_service_specific_credential: "Long-lived credentials are created; their secret is stored in the state.",
  aws_iam_signing_certificate: "A user gets long-lived credentials.",
  aws_iam_user_login_profile: "A user gets a password for the console.",
  aws_iam_user_ssh_key: "A user gets long-lived credentials.",
  aws_identitystore_group_membership: "A user gets the permissions of a group.",
  aws_lakeformation_permissions: "A principal gets permissions for data.",
  aws_organizations_delegated_administrator: "Another account may administer a service of the whole organization.",
  aws_quicksight_role_membership: "The members of a group get a role.",
  aws_ram_resource_association: "Everyone with whom the share is shared can use the resource.",
  aws_ram_sharing_with_organization: "Resources are shared in the organization without an invitation.",
  aws_rolesanywhere_trust_anchor: "Holders of its certificates can get credentials of the account.",
  aws_s3control_access_grant: "Someone gets access to data in buckets.",
  aws_securityhub_automation_rule: "Findings that match the rule change automatically, or are suppressed.",
  aws_securitylake_subscriber: "Someone gets access to logs about security.",
  aws_servicecatalog_principal_portfolio_association: "Someone may launch the products of the portfolio.",
  aws_ssoadmin_application_assignment: "A user or group gets access to an application.",
  aws_ssoadmin_trusted_token_issuer: "Applications of IAM Identity Center may accept its tokens.",
  aws_transfer_ssh_key: "The holder of another key can sign in.",
  azuread_directory_role_assignment: "Someone gets a role in the directory.",
  azuread_directory_role_member: "Someone gets a role in the directory.",
  azuread_application_password: "A long-lived password is created; it is stored in the Terraform state.",
  azuread_service_principal_password: "A long-lived password is created; it is stored in the Terraform state.",
  datadog_downtime: "Monitors in its scope do not notify anyone.",
  datadog_downtime_schedule: "Monitors in its scope do not notify anyone.",
  google_service_account_key: "A long-lived key is created; it is stored in the Terraform state.",
  google_storage_hmac_key: "A long-lived key is created; it is stored in the Terraform state.",
  aws_vpc_route_server_peer: "It announces routes, which join the route tables of its route server.",
  aws_vpc_route_server_propagation: "Routes that other routers announce join the route table.",
  aws_vpn_gateway_route_propagation: "Routes of the VPN join the route table.",
};

function ofNewResource(type: string, after: Value | undefined): readonly Finding[] {
  const consequence = entryOf(CREATED, type);
  if (consequence !== undefined) {
    return [{ severity: "caution", text: [consequence] }];
  }
  return type === "aws_ssoadmin_account_assignment" && !isNothing(at(after, "principal_id"))
    ? [
        {
          severity: "caution",
          text: text`A user or group gets access to the account ${at(after, "target_id") ?? null}.`,
        },
      ]
    : [];
}
