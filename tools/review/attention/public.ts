import { entryOf } from "../entry.ts";
import type { Finding } from "../model.ts";
import type { Subject } from "../subject.ts";
import { at, equal, isFields, isNothing, listOf, type Value } from "../value.ts";
import { isBucketDestroyed, leavesBucket } from "./bucket.ts";
import { isArnOfAnyone } from "./conditions.ts";
import type { PlanContext } from "./context.ts";
import { everyone } from "./everyone.ts";
import { PUBLIC_ELSEWHERE } from "./other-clouds.ts";
import { PUBLIC_OF_SERVICES } from "./other-services.ts";
import { matches } from "./patterns.ts";
import { covers, isVast } from "./ranges.ts";
import {
  becomes,
  created,
  either,
  evaluateRows,
  existing,
  fewer,
  gains,
  gone,
  isOn,
  larger,
  leaves,
  missingAtCreation,
  more,
  newly,
  off,
  offAtCreation,
  on,
  type Row,
  rows,
  type Side,
  shorter,
  tableOf,
} from "./table.ts";
import { list, text } from "./text.ts";

// Resources that become public.

const ANYONE = "Anyone on the internet can reach it.";
const ANY_CALLER = "Any AWS account can call the function.";
const ANY_LAYER_USER = "Any AWS account can use the layer.";
const TASK_ADDRESSES = "Tasks get addresses that the internet can reach where security groups allow it.";
const CONFUSED_DEPUTY = "The principal may call the function on behalf of any account.";
const BLOCK = "Nothing prevents a policy or ACL that makes a bucket public.";
const ANY_SITE = "Scripts on any website can call it from a browser and read its responses.";

const PRIVACY = ["admin_privacy", "billing_privacy", "registrant_privacy", "tech_privacy"];

const ROWS: readonly Row[] = [
  { path: ["publicly_accessible"], worse: on, severity: "danger", meaning: ANYONE },
  ...[
    ["associate_public_ip_address"],
    ["associate_public_ip"],
    ["network_interfaces", "*", "associate_public_ip_address"],
    ["network_interface", "*", "associate_public_ip_address"],
    ["launch_specification", "*", "associate_public_ip_address"],
  ].map(
    (path): Row => ({
      path,
      worse: on,
      severity: "danger",
      meaning: "It gets an address that the internet can reach where security groups allow it.",
    }),
  ),
  {
    path: ["map_public_ip_on_launch"],
    worse: (before, after) => before !== undefined && on(before, after),
    severity: "danger",
    meaning: "New instances in the subnet get addresses that the internet can reach where security groups allow it.",
  },
  {
    path: ["map_public_ip_on_launch"],
    worse: (before, after) => before === undefined && isOn(after),
    severity: "note",
    meaning: "New instances in the subnet get public addresses.",
  },
  ...["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"].map(
    (argument): Row => ({
      types: ["aws_s3_bucket_public_access_block", "aws_s3_account_public_access_block"],
      path: [argument],
      worse: either(off, missingAtCreation),
      severity: "danger",
      meaning: BLOCK,
    }),
  ),
  ...rows("danger", BLOCK, either(off, offAtCreation), {
    aws_s3_access_point: [
      "public_access_block_configuration.0.block_public_acls",
      "public_access_block_configuration.0.block_public_policy",
      "public_access_block_configuration.0.ignore_public_acls",
      "public_access_block_configuration.0.restrict_public_buckets",
    ],
    aws_s3control_multi_region_access_point: [
      "details.0.public_access_block.0.block_public_acls",
      "details.0.public_access_block.0.block_public_policy",
      "details.0.public_access_block.0.ignore_public_acls",
      "details.0.public_access_block.0.restrict_public_buckets",
    ],
  }),
  ...rows("danger", "Anyone can read the object.", becomes("authenticated-read", "public-read", "public-read-write"), {
    aws_s3_object: "acl",
    aws_s3_object_copy: "acl",
  }),
  ...rows("danger", "Anyone can read the objects that it writes.", becomes("public-read", "public-read-write"), {
    aws_storagegateway_nfs_file_share: "object_acl",
    aws_storagegateway_smb_file_share: "object_acl",
  }),
  ...rows("caution", "Everyone who knows the password for guests can use the share.", becomes("GuestAccess"), {
    aws_storagegateway_smb_file_share: "authentication",
  }),
  ...rows("danger", "Anyone can start instances from its images and read their content.", gains("all"), {
    aws_imagebuilder_distribution_configuration:
      "distribution.*.ami_distribution_configuration.0.launch_permission.0.user_groups",
  }),
  ...rows("caution", "Its images are shared with more accounts.", more, {
    aws_imagebuilder_distribution_configuration: [
      "distribution.*.ami_distribution_configuration.0.launch_permission.0.user_ids",
      "distribution.*.ami_distribution_configuration.0.target_account_ids",
    ],
  }),
  ...rows("caution", "Snapshots are shared with more accounts.", more, {
    aws_dlm_lifecycle_policy: "policy_details.0.schedule.*.share_rule.0.target_accounts",
  }),
  ...rows("caution", "Rules of security groups may open more ports to everyone.", existing(opensMorePorts), {
    aws_emr_block_public_access_configuration: "permitted_public_security_group_rule_range",
  }),
  ...rows("caution", "Streaming instances reach the internet past the network of the account.", existing(on), {
    aws_appstream_fleet: "enable_default_internet_access",
    aws_appstream_image_builder: "enable_default_internet_access",
  }),
  ...rows("caution", "Contact details of the owner become public.", off, {
    aws_route53domains_domain: PRIVACY,
    aws_route53domains_registered_domain: PRIVACY,
  }),
  ...rows("caution", "Tokens of users who have signed out are accepted.", off, {
    aws_cognito_identity_pool: "cognito_identity_providers.*.server_side_token_check",
  }),
  ...rows(
    "caution",
    "A password alone is enough to sign in.",
    existing(newly((methods) => methods === "PASSWORD" || methods === "PUBLIC_KEY_OR_PASSWORD")),
    {
      aws_transfer_server: "sftp_authentication_methods",
    },
  ),
  ...rows("caution", "Users can see more than their own folder.", leaves("LOGICAL"), {
    aws_transfer_access: "home_directory_type",
    aws_transfer_user: "home_directory_type",
  }),
  ...rows("caution", "Expired certificates of clients are accepted.", on, {
    aws_lb_listener: "mutual_authentication.0.ignore_client_certificate_expiry",
  }),
  ...rows("danger", "Snapshots can be shared with everyone.", becomes("unblocked"), {
    aws_ebs_snapshot_block_public_access: "state",
  }),
  ...rows(
    "danger",
    "Snapshots that were shared with everyone before can be read again.",
    (before, after) => before === "block-all-sharing" && after === "block-new-sharing",
    { aws_ebs_snapshot_block_public_access: "state" },
  ),
  ...rows("danger", "Images can be shared with everyone.", becomes("unblocked"), {
    aws_ec2_image_block_public_access: "state",
  }),
  ...rows("danger", "Clusters can get security groups that are open to everyone.", either(off, offAtCreation), {
    aws_emr_block_public_access_configuration: "block_public_security_group_rules",
  }),
  ...rows("danger", "Internet gateways may open networks.", becomes("off"), {
    aws_vpc_block_public_access_options: "internet_gateway_block_mode",
  }),
  ...rows(
    "caution",
    "Networks may send packets to the internet.",
    (before, after) => before === "block-bidirectional" && after === "block-ingress",
    { aws_vpc_block_public_access_options: "internet_gateway_block_mode" },
  ),
  ...rows("caution", "Desktops reach the internet past the network of the account.", existing(on), {
    aws_workspaces_directory: "workspace_creation_properties.0.enable_internet_access",
  }),
  ...rows("caution", "Users can change everything on their desktops.", existing(on), {
    aws_workspaces_directory: "workspace_creation_properties.0.user_enabled_as_local_administrator",
  }),
  {
    types: ["aws_ssm_service_setting"],
    path: ["setting_value"],
    worse: (_before, after, { after: whole }) =>
      after === "Enable" && /\/public-sharing-permission$/.test(String(at(whole, "setting_id"))),
    severity: "danger",
    meaning: "Documents can be shared with everyone.",
  },
  ...rows("caution", ANY_SITE, gains("*"), {
    aws_apigatewayv2_api: "cors_configuration.0.allow_origins",
    aws_cloudfront_response_headers_policy: "cors_config.0.access_control_allow_origins.0.items",
    aws_s3_bucket: "cors_rule.*.allowed_origins",
    aws_s3_bucket_cors_configuration: "cors_rule.*.allowed_origins",
  }),
  ...rows("caution", ANY_SITE, newly(allowsAnyOrigin), {
    aws_api_gateway_gateway_response: "response_parameters",
    aws_api_gateway_integration_response: "response_parameters",
  }),
  ...rows("caution", ANY_SITE, becomes("*"), {
    aws_alb_listener: "routing_http_response_access_control_allow_origin_header_value",
    aws_lb_listener: "routing_http_response_access_control_allow_origin_header_value",
  }),
  ...rows("caution", ANY_SITE, newly(hasAnyOrigin), {
    aws_cloudfront_response_headers_policy: "custom_headers_config.0.items",
  }),
  ...rows(
    "caution",
    "Fewer conditions hold for requests: only those of the other policy, of its group or its endpoints.",
    (before, after) => gone(before, after) && !permitsAll(before),
    { aws_verifiedaccess_endpoint: "policy_document", aws_verifiedaccess_group: "policy_document" },
  ),
  ...rows("danger", "Anyone who reaches it can call it.", becomes("NONE"), {
    aws_bedrockagentcore_gateway: "authorizer_type",
  }),
  ...rows("caution", "It is not in a network of the account.", becomes("PUBLIC"), {
    aws_bedrockagentcore_agent_runtime: "network_configuration.0.network_mode",
    aws_bedrockagentcore_browser: "network_configuration.0.network_mode",
    aws_bedrockagentcore_code_interpreter: "network_configuration.0.network_mode",
  }),
  ...rows("caution", "People can take data out of their sessions.", existing(becomes("Enabled")), {
    aws_workspacesweb_user_settings: ["copy_allowed", "download_allowed", "print_allowed"],
  }),
  ...rows("danger", "It allows every request.", newly(permitsAll), {
    aws_verifiedpermissions_policy: "definition.0.static.0.statement",
    aws_verifiedaccess_endpoint: "policy_document",
    aws_verifiedaccess_group: "policy_document",
  }),
  ...rows("caution", "It may allow other requests.", existing(isOtherPolicy), {
    aws_verifiedpermissions_policy: "definition.0.static.0.statement",
    aws_verifiedaccess_endpoint: "policy_document",
    aws_verifiedaccess_group: "policy_document",
  }),
  {
    types: ["aws_lambda_function_url"],
    path: ["cors", 0, "allow_origins"],
    worse: (before, after, { after: url }) => gains("*")(before, after) && !sendsCredentials(url),
    severity: "caution",
    meaning: ANY_SITE,
  },
  {
    types: ["aws_lambda_function_url"],
    path: ["cors", 0, "allow_origins"],
    worse: (before, after, { after: url }) => gains("*")(before, after) && sendsCredentials(url),
    severity: "danger",
    meaning: "Scripts on any website can call it as the user who is signed in.",
  },
  {
    types: ["aws_s3_bucket", "aws_s3_bucket_acl"],
    path: ["acl"],
    worse: (before, after) =>
      before !== "public-read-write" && becomes("authenticated-read", "public-read")(before, after),
    severity: "danger",
    meaning: "Anyone can read the objects in the bucket.",
  },
  {
    types: ["aws_s3_bucket", "aws_s3_bucket_acl"],
    path: ["acl"],
    worse: becomes("public-read-write"),
    severity: "danger",
    meaning: "Anyone can read, overwrite, and delete the objects in the bucket.",
  },
  {
    types: ["aws_lb", "aws_alb", "aws_elb"],
    path: ["internal"],
    worse: (before, after) => before === true && after === false,
    severity: "danger",
    meaning: ANYONE,
  },
  ...rows("danger", TASK_ADDRESSES, on, {
    aws_cloudwatch_event_target: "ecs_target.0.network_configuration.0.assign_public_ip",
    aws_ecs_service: "network_configuration.0.assign_public_ip",
    aws_ecs_task_set: "network_configuration.0.assign_public_ip",
    aws_scheduler_schedule: "target.0.ecs_parameters.0.network_configuration.0.assign_public_ip",
  }),
  ...rows("danger", TASK_ADDRESSES, becomes("ENABLED"), {
    aws_batch_job_definition: "container_properties.networkConfiguration.assignPublicIp",
  }),
  ...rows("danger", "Its web server can be reached from the internet.", becomes("PUBLIC_ONLY"), {
    aws_mwaa_environment: "webserver_access_mode",
  }),
  ...rows("caution", "Its notebooks reach the internet past the network of the account.", leaves("VpcOnly"), {
    aws_sagemaker_domain: "app_network_access_type",
  }),
  { path: ["visibility"], worse: existing(becomes("global", "public")), severity: "danger", meaning: ANYONE },
  ...rows("caution", "Anyone can read its code.", created(becomes("public")), { github_repository: "visibility" }),
  ...rows("danger", "Anyone who reaches the network can call it.", existing(becomes("NONE")), {
    aws_vpclattice_service: "auth_type",
    aws_vpclattice_service_network: "auth_type",
  }),
  ...rows("caution", "Anyone who reaches the network can call it.", created(becomes("NONE")), {
    aws_vpclattice_service: "auth_type",
    aws_vpclattice_service_network: "auth_type",
  }),
  ...rows("danger", "It can be used from outside of the network.", gone, { aws_s3_access_point: "vpc_configuration" }),
  ...rows("danger", "Internet gateways may open the network.", becomes("allow-bidirectional"), {
    aws_vpc_block_public_access_exclusion: "internet_gateway_exclusion_mode",
  }),
  ...rows("caution", "New interfaces in the subnet get addresses that the internet can route to.", existing(on), {
    aws_subnet: "assign_ipv6_address_on_creation",
  }),
  ...rows("caution", "People with permission for it reach instances without a network path.", on, {
    aws_ec2_serial_console_access: "enabled",
  }),
  ...rows("caution", "Callers can list everything that the API offers.", existing(becomes("ENABLED")), {
    aws_appsync_graphql_api: "introspection_config",
  }),
  ...rows("caution", "Callers may send more expensive queries.", (before, after) => shorter(after, before), {
    aws_appsync_graphql_api: ["query_depth_limit", "resolver_count_limit"],
  }),
  ...rows("caution", "Logs contain whole requests and responses, with the secrets in them.", on, {
    aws_api_gateway_method_settings: "settings.0.data_trace_enabled",
    aws_apigatewayv2_stage: "default_route_settings.0.data_trace_enabled",
  }),
  ...rows("caution", "More addresses can reach the cluster's API.", existing(moreKnownRanges), {
    aws_eks_cluster: "vpc_config.0.public_access_cidrs",
  }),
  ...rows("caution", "Stolen tokens work for longer.", larger, {
    aws_cognito_user_pool_client: ["access_token_validity", "id_token_validity", "refresh_token_validity"],
  }),
  ...rows("caution", "Tokens of the client allow more.", existing(more), {
    aws_cognito_user_pool_client: "allowed_oauth_scopes",
  }),
  ...rows("caution", "Users can change more of their own attributes.", existing(more), {
    aws_cognito_user_pool_client: "write_attributes",
  }),
  {
    types: ["aws_lambda_function_url"],
    path: ["authorization_type"],
    worse: becomes("NONE"),
    severity: "danger",
    meaning: "Anyone on the internet can call the function.",
  },
  ...everyone(
    "aws_lambda_permission",
    "principal_org_id",
    ANY_CALLER,
    "Every account of the organization can call the function.",
  ),
  ...rows("caution", "Other resources can call the function.", widened, { aws_lambda_permission: "source_arn" }),
  {
    types: ["aws_lambda_permission"],
    path: ["source_arn"],
    worse: (before, after, { after: whole }) => gone(before, after) && isNothing(at(whole, "source_account")),
    severity: "danger",
    meaning: CONFUSED_DEPUTY,
  },
  {
    types: ["aws_lambda_permission"],
    path: ["source_account"],
    worse: (before, after, { before: old, after: whole }) =>
      gone(before, after) && isNothing(at(old, "source_arn")) && isNothing(at(whole, "source_arn")),
    severity: "danger",
    meaning: CONFUSED_DEPUTY,
  },
  {
    types: ["aws_api_gateway_rest_api"],
    path: ["endpoint_configuration", 0, "types"],
    worse: (before, after) => listOf(before).includes("PRIVATE") && !listOf(after).includes("PRIVATE"),
    severity: "danger",
    meaning: ANYONE,
  },
  {
    types: ["aws_msk_cluster"],
    path: ["broker_node_group_info", 0, "connectivity_info", 0, "public_access", 0, "type"],
    worse: becomes("SERVICE_PROVIDED_EIPS"),
    severity: "danger",
    meaning: ANYONE,
  },
  {
    types: ["aws_opensearch_domain", "aws_elasticsearch_domain"],
    path: ["advanced_security_options", 0, "anonymous_auth_enabled"],
    worse: on,
    severity: "danger",
    meaning: "Requests without a user are accepted.",
  },
  {
    types: ["aws_cognito_identity_pool"],
    path: ["allow_unauthenticated_identities"],
    worse: on,
    severity: "danger",
    meaning: "People who have not signed in get credentials of the account.",
  },
  {
    types: ["aws_cognito_user_pool"],
    path: ["admin_create_user_config", 0, "allow_admin_create_user_only"],
    worse: off,
    severity: "danger",
    meaning: "Anyone can sign up.",
  },
  {
    types: ["aws_cognito_user_pool"],
    path: ["mfa_configuration"],
    worse: leaves("ON"),
    severity: "danger",
    meaning: "A password alone is enough to sign in.",
  },
  {
    types: ["aws_eks_cluster"],
    path: ["vpc_config", 0, "endpoint_public_access"],
    worse: (before, after, { after: cluster }) => on(before, after) && !hasNarrowRanges(cluster),
    severity: "danger",
    meaning: "The cluster's API can be reached from the internet.",
  },
  {
    types: ["aws_eks_cluster"],
    path: ["vpc_config", 0, "endpoint_public_access"],
    worse: (before, after, { after: cluster }) => on(before, after) && hasNarrowRanges(cluster),
    severity: "caution",
    meaning: "The cluster's API can be reached from some addresses on the internet.",
  },
  ...rows(
    "note",
    "Its public objects are served as a website, without TLS.",
    newly((side) => !isNothing(side)),
    {
      aws_s3_bucket: "website.0.index_document",
      aws_s3_bucket_website_configuration: "index_document",
    },
  ),
  {
    types: ["aws_api_gateway_method"],
    path: ["authorization"],
    worse: (before, after, { after: method }) =>
      becomes("NONE")(before, after) && at(method, "http_method") !== "OPTIONS",
    severity: "danger",
    meaning: "Anyone on the internet can call the method.",
  },
  {
    types: ["aws_api_gateway_method", "aws_apigatewayv2_route"],
    path: ["api_key_required"],
    worse: (before, after, { after: whole }) => off(before, after) && isOpen(whole),
    severity: "danger",
    meaning: "Anyone on the internet can call it.",
  },
  {
    types: ["aws_api_gateway_method", "aws_apigatewayv2_route"],
    path: ["api_key_required"],
    worse: (before, after, { after: whole }) => off(before, after) && !isOpen(whole),
    severity: "caution",
    meaning: "Callers no longer need an API key.",
  },
  ...rows("danger", "Anyone on the internet can call an operation that required authorization.", opensOperation, {
    aws_api_gateway_rest_api: "body",
    aws_apigatewayv2_api: "body",
  }),
  ...rows("caution", "Tokens without this scope are accepted.", fewer, {
    aws_api_gateway_method: "authorization_scopes",
    aws_apigatewayv2_route: "authorization_scopes",
  }),
  ...rows(
    "caution",
    "The API can also be reached without its own domain name, past the protection of that name.",
    off,
    {
      aws_api_gateway_rest_api: "disable_execute_api_endpoint",
      aws_apigatewayv2_api: "disable_execute_api_endpoint",
    },
  ),
  ...rows("caution", "Callers may send more requests.", raisesThrottle, {
    aws_api_gateway_method_settings: ["settings.0.throttling_rate_limit", "settings.0.throttling_burst_limit"],
    aws_apigatewayv2_stage: [
      "default_route_settings.0.throttling_rate_limit",
      "default_route_settings.0.throttling_burst_limit",
    ],
  }),
  ...rows("caution", "Callers may send more requests.", existing(liftsLimit), {
    aws_api_gateway_usage_plan: [
      "quota_settings.0.limit",
      "throttle_settings.0.burst_limit",
      "throttle_settings.0.rate_limit",
    ],
  }),
  ...rows("caution", "Everyone who has the API key can call the API.", gainsApiKey, {
    aws_appsync_graphql_api: "additional_authentication_provider",
  }),
  ...rows("danger", ANY_CALLER, gone, { aws_lambda_permission: "principal_org_id" }),
  ...rows("danger", "Anyone on the internet can call the function through its URL.", becomes("NONE"), {
    aws_lambda_permission: "function_url_auth_type",
  }),
  {
    types: ["aws_lambda_permission"],
    path: ["principal"],
    worse: created(
      (_before, after, { after: whole }) =>
        String(after).endsWith(".amazonaws.com") &&
        ["source_account", "principal_org_id"].every((name) => isNothing(at(whole, name))) &&
        (isNothing(at(whole, "source_arn")) || isArnOfAnyone(String(at(whole, "source_arn")))),
    ),
    severity: "caution",
    meaning: CONFUSED_DEPUTY,
  },
  ...rows(
    "caution",
    "Another account can call the function.",
    (_before, after) => /^(\d{12}$|arn:)/.test(String(after)),
    {
      aws_lambda_permission: "principal",
    },
  ),
  ...everyone(
    "aws_lambda_layer_version_permission",
    "organization_id",
    ANY_LAYER_USER,
    "Every account of the organization can use the layer.",
  ),
  ...rows("caution", "Another account can use the layer.", (_before, after) => /^\d{12}$/.test(String(after)), {
    aws_lambda_layer_version_permission: "principal",
  }),
  ...rows(
    "danger",
    "The cluster's API can be reached from the internet.",
    (before, after, { after: cluster }) =>
      gone(before, after) && isOn(at(cluster, "vpc_config", 0, "endpoint_public_access")),
    { aws_eks_cluster: "vpc_config.0.public_access_cidrs" },
  ),
  ...rows("danger", "Everyone on the internet who can sign in reaches it.", gone, {
    aws_grafana_workspace: "network_access_control",
  }),
  ...rows("danger", ANY_LAYER_USER, existing(gone), {
    aws_lambda_layer_version_permission: "organization_id",
  }),
  ...rows("danger", "Other accounts can connect without an approval.", off, {
    aws_vpc_endpoint_service: "acceptance_required",
  }),
  ...rows("caution", "Principals that may use the service connect without an approval.", offAtCreation, {
    aws_vpc_endpoint_service: "acceptance_required",
  }),
  ...rows("danger", "Any AWS account can connect to the service.", gains("*"), {
    aws_vpc_endpoint_service: "allowed_principals",
  }),
  ...rows("danger", "Any AWS account can connect to the service.", becomes("*"), {
    aws_vpc_endpoint_service_allowed_principal: "principal_arn",
  }),
  ...rows(
    "caution",
    "More accounts can connect to the service.",
    (before, after) => more(before, after) && !listOf(after).includes("*"),
    {
      aws_vpc_endpoint_service: "allowed_principals",
    },
  ),
  ...rows(
    "caution",
    "More accounts can connect to the service.",
    (_before, after) => after !== "*" && !isNothing(after),
    {
      aws_vpc_endpoint_service_allowed_principal: "principal_arn",
    },
  ),
  ...rows("danger", ANYONE, on, { aws_neptunegraph_graph: "public_connectivity" }),
  ...rows("danger", ANYONE, existing(on), {
    aws_apprunner_service: "network_configuration.0.ingress_configuration.0.is_publicly_accessible",
  }),
  ...rows("danger", ANYONE, existing(becomes("PUBLIC")), { aws_transfer_server: "endpoint_type" }),
  ...rows("caution", ANYONE, created(becomes("PUBLIC")), { aws_transfer_server: "endpoint_type" }),
  ...rows("danger", "The notebook reaches the internet past the network of the account.", becomes("Enabled"), {
    aws_sagemaker_notebook_instance: "direct_internet_access",
  }),
  ...rows("danger", "It can be shared with accounts outside of the organization.", on, {
    aws_ram_resource_share: "allow_external_principals",
  }),
  ...rows(
    "note",
    "Its endpoint is on the internet; only its access policy and sign-in protect it.",
    missingAtCreation,
    {
      aws_elasticsearch_domain: "vpc_options",
      aws_opensearch_domain: "vpc_options",
    },
  ),
  ...rows("danger", "Its endpoint is on the internet.", gone, {
    aws_elasticsearch_domain: "vpc_options",
    aws_opensearch_domain: "vpc_options",
  }),
  ...rows("danger", "Anyone on the internet can read the results and logs of builds.", becomes("PUBLIC_READ"), {
    aws_codebuild_project: "project_visibility",
  }),
  {
    types: ["aws_opensearchserverless_security_policy"],
    path: ["policy"],
    worse: newly(allowsPublic),
    severity: "danger",
    meaning: "Its collections can be reached from the internet.",
  },
  {
    types: ["aws_eks_node_group"],
    path: ["remote_access", 0, "source_security_group_ids"],
    // Source: "RemoteAccessConfig" in the EKS API reference: without groups, port 22 is open to 0.0.0.0/0.
    worse: (_before, after, { after: whole }) =>
      isNothing(after) && !isNothing(at(whole, "remote_access", 0, "ec2_ssh_key")),
    severity: "danger",
    meaning: "Anyone on the internet can connect to the nodes with SSH.",
  },
  ...rows(
    "caution",
    "It gets an address that the internet can reach where security groups allow it.",
    (before, after) => isNothing(before) && !isNothing(after),
    {
      aws_eip: ["instance", "network_interface"],
      aws_eip_association: ["instance_id", "network_interface_id"],
    },
  ),
  ...rows("caution", "Anyone can sign up.", offAtCreation, {
    aws_cognito_user_pool: "admin_create_user_config.0.allow_admin_create_user_only",
  }),
  ...rows("note", "A password alone is enough to sign in.", created(becomes("OFF")), {
    aws_cognito_user_pool: "mfa_configuration",
  }),
  ...rows("caution", "Tokens and codes may be sent to more addresses.", existing(more), {
    aws_cognito_user_pool_client: "callback_urls",
  }),
  ...rows("caution", "Tokens appear in addresses, which browsers and servers keep.", gains("implicit"), {
    aws_cognito_user_pool_client: "allowed_oauth_flows",
  }),
  ...rows("caution", "Clients may send passwords themselves.", gainsPasswordFlow, {
    aws_cognito_user_pool_client: "explicit_auth_flows",
  }),
  ...rows("caution", "Attackers can find out which users exist.", leaves("ENABLED"), {
    aws_cognito_user_pool_client: "prevent_user_existence_errors",
  }),
  ...rows("caution", "Stolen tokens can no longer be revoked.", off, {
    aws_cognito_user_pool_client: "enable_token_revocation",
  }),
  {
    types: ["aws_apigatewayv2_route"],
    path: ["authorization_type"],
    worse: either(becomes("NONE"), (before, after) => before !== "NONE" && gone(before, after)),
    severity: "danger",
    meaning: "Anyone on the internet can call the route.",
  },
  {
    types: ["aws_appsync_graphql_api"],
    path: ["authentication_type"],
    worse: becomes("API_KEY"),
    severity: "caution",
    meaning: "Everyone who has the API key can call the API.",
  },
  {
    types: ["aws_ami_launch_permission"],
    path: ["group"],
    worse: becomes("all"),
    severity: "danger",
    meaning: "Anyone can start instances from the image and read its content.",
  },
  {
    types: ["aws_ecrpublic_repository"],
    path: ["repository_name"],
    worse: (before) => before === undefined,
    severity: "caution",
    meaning: "Anyone can pull its images.",
  },
  {
    types: ["aws_ec2_instance_connect_endpoint"],
    path: ["preserve_client_ip"],
    worse: off,
    severity: "caution",
    meaning: "Security groups see the endpoint instead of the client.",
  },
];

export const PUBLIC = tableOf([...ROWS, ...PUBLIC_ELSEWHERE, ...PUBLIC_OF_SERVICES]);

/** True for a range of ports that no range before contains. */
function opensMorePorts(before: Side, after: Side): boolean {
  const port = (range: Value, end: "min_range" | "max_range") => Number(at(range, end) ?? at(range, "min_range"));
  return listOf(after).some(
    (is) =>
      !listOf(before).some(
        (was) => port(was, "min_range") <= port(is, "min_range") && port(was, "max_range") >= port(is, "max_range"),
      ),
  );
}

/** A larger number, or none anymore. */
function liftsLimit(before: Side, after: Side): boolean {
  return larger(before, after) || gone(before, after);
}

/** Ranges that belong to someone; others are a danger. */
function moreKnownRanges(before: Side, after: Side): boolean {
  const ranges = (side: Side) => listOf(side).filter((range) => typeof range === "string");
  return ranges(after).some((range) => !isVast(range) && !ranges(before).some((wide) => covers(wide, range)));
}

function sendsCredentials(url: Side): boolean {
  return isOn(at(url, "cors", 0, "allow_credentials"));
}

function isOpen(method: Side): boolean {
  const authorization = at(method, "authorization") ?? at(method, "authorization_type");
  return isNothing(authorization) || authorization === "NONE";
}

/** True for an OpenAPI document in which an operation no longer requires authorization. */
function opensOperation(before: Side, after: Side): boolean {
  const open = openOperations(after);
  const guarded = openOperations(before);
  return [...open].some(([operation, isOpen]) => isOpen && guarded.get(operation) === false);
}

/** The operations of an OpenAPI document, and whether anyone may call them; requests with OPTIONS come before signing in. */
function openOperations(document: Side): ReadonlyMap<string, boolean> {
  const paths = at(document, "paths");
  return new Map(
    Object.entries(isFields(paths) ? paths : {}).flatMap(([path, methods]) =>
      Object.entries(isFields(methods) ? methods : {})
        .filter(([method]) => /^(get|put|post|delete|head|patch|x-amazon-apigateway-any-method)$/i.test(method))
        .map(([method, operation]): [string, boolean] => [
          `${method} ${path}`,
          listOf(at(operation, "security") ?? at(document, "security")).every(isNothing) &&
            /^(undefined|none)$/i.test(String(at(operation, "x-amazon-apigateway-auth", "type"))),
        ]),
    ),
  );
}

/** True for another source, such as every topic in place of one; the first source only limits who calls. */
function widened(before: Side, after: Side): boolean {
  return typeof before === "string" && typeof after === "string" && !matches(before, after);
}

function gainsPasswordFlow(before: Side, after: Side): boolean {
  return ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH"].some((flow) => gains(flow)(before, after));
}

function gainsApiKey(before: Side, after: Side): boolean {
  const has = (providers: Side) =>
    listOf(providers).some((provider) => at(provider, "authentication_type") === "API_KEY");
  return has(after) && !has(before);
}

/** A throttle of -1 is none. */
function raisesThrottle(before: Side, after: Side): boolean {
  const limit = (side: Side) => (side === -1 ? Number.MAX_VALUE : side);
  return larger(limit(before), limit(after));
}

const ALLOW_ORIGIN = /(^|\.)access-control-allow-origin$/i;

/** True for parameters such as `gatewayresponse.header.Access-Control-Allow-Origin`, whose constants are in quotes. */
function allowsAnyOrigin(parameters: Side): boolean {
  return (
    isFields(parameters) &&
    Object.entries(parameters).some(([name, value]) => ALLOW_ORIGIN.test(name) && /^'?\*'?$/.test(String(value)))
  );
}

function hasAnyOrigin(headers: Side): boolean {
  return listOf(headers).some(
    (header) => ALLOW_ORIGIN.test(String(at(header, "header"))) && at(header, "value") === "*",
  );
}

/** True for a policy in Cedar that permits something without a condition. */
function permitsAll(policy: Side): boolean {
  return /\bpermit\s*\(\s*principal\s*,\s*action\s*,\s*resource\s*\)\s*(when\s*\{\s*true\s*\}\s*)?;/.test(
    String(policy),
  );
}

function isOtherPolicy(before: Side, after: Side): boolean {
  return !isNothing(before) && !isNothing(after) && !permitsAll(before) && !permitsAll(after);
}

function allowsPublic(policy: Side): boolean {
  return listOf(policy).some((rule) => at(rule, "AllowFromPublic") === true);
}

/** Arguments that share something with other accounts, by type; `all` means every account. */
const SHARED: Readonly<Record<string, readonly (readonly string[])[]>> = {
  aws_ami_launch_permission: [["account_id"], ["organization_arn"], ["organizational_unit_arn"]],
  aws_db_cluster_snapshot: [["shared_accounts"]],
  aws_db_snapshot: [["shared_accounts"]],
  aws_db_snapshot_copy: [["shared_accounts"]],
  aws_auditmanager_framework_share: [["destination_account"]],
  aws_globalaccelerator_cross_account_attachment: [["principals"]],
  aws_opensearch_authorize_vpc_endpoint_access: [["account"]],
  aws_ram_principal_association: [["principal"]],
  aws_rds_cluster_snapshot_copy: [["shared_accounts"]],
  aws_redshift_data_share_authorization: [["consumer_identifier"]],
  aws_redshift_endpoint_authorization: [["account"]],
  aws_servicecatalog_portfolio_share: [["principal_id"]],
  aws_snapshot_create_volume_permission: [["account_id"]],
  aws_ssm_document: [["permissions", "account_ids"]],
};

/** Ranges that may reach something without a security group, by type. */
const ACCESS_RANGES: Readonly<Record<string, readonly (string | number)[]>> = {
  aws_eks_cluster: ["vpc_config", 0, "public_access_cidrs"],
  aws_workspaces_ip_group: ["rules"],
};

/** True for a cluster whose API only some addresses reach; without a list, everyone does. */
function hasNarrowRanges(cluster: Value | undefined): boolean {
  const ranges = listOf(at(cluster, "vpc_config", 0, "public_access_cidrs"));
  return ranges.length > 0 && ranges.every((range) => typeof range === "string" && !isVast(range));
}

const ALL_USERS = /\/global\/(AllUsers|AuthenticatedUsers)$/;

export function publicAccess(subject: Subject, context: PlanContext): readonly Finding[] {
  const { type, action, before, after } = subject;
  if (
    action === "destroy" &&
    (type === "aws_s3_account_public_access_block" ||
      (type === "aws_s3_bucket_public_access_block" && !isBucketDestroyed(subject, context)))
  ) {
    return [{ severity: "danger", text: [...text`${type} is destroyed.`, ` ${BLOCK}`] }];
  }
  if (type === "aws_s3_bucket_public_access_block" && leavesBucket(subject, context)) {
    return [
      { severity: "danger", text: [...text`${type} leaves the bucket ${at(before, "bucket") ?? null}. `, BLOCK] },
    ];
  }
  return [
    ...evaluateRows(PUBLIC, subject),
    ...shares(type, before, after),
    ...worldRanges(type, before, after),
    ...publicGrants(type, before, after),
  ];
}

function shares(type: string, before: Value | undefined, after: Value | undefined): readonly Finding[] {
  const paths = entryOf(SHARED, type) ?? [];
  return paths.flatMap((path): readonly Finding[] => {
    const accounts = (side: Value | undefined) =>
      listOf(at(side, ...path)).flatMap((account) => (typeof account === "string" ? account.split(",") : []));
    const had = accounts(before);
    const added = accounts(after).filter((account) => account !== "" && !had.includes(account));
    if (added.some((account) => account.toLowerCase() === "all")) {
      return [{ severity: "danger", text: text`It is shared with every AWS account.` }];
    }
    return added.length === 0
      ? []
      : [{ severity: "caution", text: [...text`It is shared with `, ...list(added), "."] }];
  });
}

function worldRanges(type: string, before: Value | undefined, after: Value | undefined): readonly Finding[] {
  const path = entryOf(ACCESS_RANGES, type);
  if (path === undefined) {
    return [];
  }
  const ranges = (side: Value | undefined) =>
    listOf(at(side, ...path))
      .map((range) => at(range, "source") ?? range)
      .filter((range) => typeof range === "string");
  const isPublic = type !== "aws_eks_cluster" || isOn(at(after, "vpc_config", 0, "endpoint_public_access"));
  const had = ranges(before);
  return ranges(after)
    .filter((range) => isPublic && isVast(range) && !had.includes(range))
    .map((range): Finding => ({ severity: "danger", text: [...text`Allows ${range}. `, ANYONE] }));
}

/** Objects that an ACL grants access to, by type. */
const WITH_GRANTS: Readonly<Record<string, string>> = {
  aws_s3_bucket: "the bucket",
  aws_s3_bucket_acl: "the bucket",
  aws_s3_bucket_logging: "the log files",
  aws_s3_object_copy: "the object",
};

/** ACL grants of a bucket, inline or in a separate resource, and those of its logs and of a copied object. */
function publicGrants(type: string, before: Value | undefined, after: Value | undefined): readonly Finding[] {
  const what = entryOf(WITH_GRANTS, type);
  if (what === undefined) {
    return [];
  }
  const grants = (side: Value | undefined) => [
    ...listOf(at(side, "grant")),
    ...listOf(at(side, "target_grant")),
    ...listOf(at(side, "access_control_policy", 0, "grant")),
  ];
  const had = grants(before);
  const added = grants(after).filter((grant) => !had.some((other) => equal(other, grant)));
  const grantee = (grant: Value, name: string) => at(grant, name) ?? at(grant, "grantee", 0, name);
  const owner = at(after, "access_control_policy", 0, "owner", 0, "id");
  const others = added
    .map((grant) => grantee(grant, "id") || grantee(grant, "email_address"))
    .filter((id) => typeof id === "string" && id !== owner && had.length > 0) as string[];
  return [
    ...(added.some((grant) => ALL_USERS.test(String(grantee(grant, "uri"))))
      ? [{ severity: "danger" as const, text: [`An ACL grants access to everyone: anyone can use ${what}.`] }]
      : []),
    ...(others.length === 0
      ? []
      : [
          { severity: "caution" as const, text: [...text`An ACL grants access to the account `, ...list(others), "."] },
        ]),
  ];
}
