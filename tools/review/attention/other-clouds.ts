import { at, equal, isFields, listOf } from "../values/value.ts";
import { addressNumber, isVast } from "./ranges.ts";
import {
  becomes,
  changed,
  created,
  either,
  existing,
  gains,
  gone,
  leaves,
  missingFrom,
  newly,
  off,
  offAtCreation,
  on,
  type Row,
  rows,
  type Side,
  sameNamed,
  smaller,
  weaker,
} from "./table.ts";
import { OLD_TLS } from "./tls.ts";

// Arguments of other clouds. Their firewall rules are in network/network-rules.ts.

const EVERYONE = "Anyone on the internet gets this role.";
const ANY_CLIENT = "Anyone on the internet who knows a password can connect.";
const MADE_PUBLIC = "Its content can be made public.";
const OLD_VERSIONS = ["TLS1_0", "TLS1_1", "TLS_1_0", "TLS_1_1", "1.0", "1.1"];
const NEW_VERSIONS = ["TLS1_2", "TLS1_3", "TLS_1_2", "1.2", "1.3"];
const PUBLIC_ADDRESS = "It gets an address that the internet can reach where firewalls allow it.";
const FROM_INTERNET = "Requests from the internet reach it.";
const UNENCRYPTED = "Requests may be sent unencrypted.";

const FIREWALL_RULE = /^azurerm_\w*firewall_rule$/;

export const PUBLIC_ELSEWHERE: readonly Row[] = [
  { path: ["member"], worse: becomes("allAuthenticatedUsers", "allUsers"), severity: "danger", meaning: EVERYONE },
  {
    path: ["members"],
    worse: either(gains("allUsers"), gains("allAuthenticatedUsers")),
    severity: "danger",
    meaning: EVERYONE,
  },
  {
    path: ["public_network_access_enabled"],
    worse: existing(on),
    severity: "danger",
    meaning: "Anyone on the internet can reach it.",
  },
  {
    path: ["public_network_access_enabled"],
    worse: created(on),
    severity: "note",
    meaning: "It can be reached from the internet.",
  },
  ...["allow_nested_items_to_be_public", "allow_blob_public_access"].flatMap((argument): Row[] => [
    { path: [argument], worse: existing(on), severity: "danger", meaning: MADE_PUBLIC },
    { path: [argument], worse: created(on), severity: "caution", meaning: MADE_PUBLIC },
  ]),
  ...["network_acls", "network_rule_set", "network_rules", "network_rulesets"].map(
    (block): Row => ({
      path: [block, 0, "default_action"],
      worse: existing(becomes("Allow")),
      severity: "danger",
      meaning: "Everyone on the internet who may sign in to it, or has a key, can reach it.",
    }),
  ),
  ...rows("caution", "Everyone on the internet who may sign in to it, or has a key, can reach it.", becomes("Allow"), {
    azurerm_storage_account_network_rules: "default_action",
  }),
  ...rows("caution", "It can be reached from other networks.", off, {
    azurerm_cosmosdb_account: "is_virtual_network_filter_enabled",
  }),
  ...rows("danger", "Anyone can read the objects.", becomes("authenticated-read", "public-read", "public-read-write"), {
    alicloud_oss_bucket: "acl",
    alicloud_oss_bucket_acl: "acl",
    digitalocean_spaces_bucket: "acl",
    digitalocean_spaces_bucket_object: "acl",
    linode_object_storage_bucket: "acl",
    scaleway_object_bucket_acl: "acl",
  }),
  ...rows("danger", PUBLIC_ADDRESS, newly(isAddress), {
    azurerm_network_interface: "ip_configuration.*.public_ip_address_id",
  }),
  ...rows("caution", "Everyone who has its password can use it.", on, { azurerm_container_registry: "admin_enabled" }),
  ...rows("danger", EVERYONE, becomes("allAuthenticatedUsers", "allUsers"), {
    google_storage_bucket_access_control: "entity",
    google_storage_default_object_access_control: "entity",
    google_storage_object_access_control: "entity",
  }),
  ...rows("danger", "Anyone can read the objects.", becomes("authenticatedRead", "publicRead", "publicReadWrite"), {
    google_storage_bucket_acl: ["predefined_acl", "default_acl"],
    google_storage_default_object_acl: "predefined_acl",
    google_storage_object_acl: "predefined_acl",
  }),
  ...rows("danger", "Anyone can read the objects.", newly(namesAllUsers), {
    google_storage_bucket_acl: "role_entity",
    google_storage_default_object_acl: "role_entity",
    google_storage_object_acl: "role_entity",
  }),
  ...rows(
    "danger",
    "Anyone on the internet can connect.",
    (before, after, { after: rule }) => isInbound(rule) && newly((range) => isVast(String(range)))(before, after),
    { alicloud_security_group_rule: "cidr_ip", ibm_is_security_group_rule: "remote" },
  ),
  ...rows("danger", "The cluster's API can be reached from the internet.", gone, {
    azurerm_kubernetes_cluster: ["api_server_access_profile.0.authorized_ip_ranges", "api_server_authorized_ip_ranges"],
  }),
  ...rows("danger", FROM_INTERNET, existing(becomes("Public")), { azurerm_container_group: "ip_address_type" }),
  ...rows("danger", FROM_INTERNET, existing(on), { azurerm_container_app: "ingress.0.external_enabled" }),
  ...rows("caution", FROM_INTERNET, created(on), { azurerm_container_app: "ingress.0.external_enabled" }),
  ...rows("danger", PUBLIC_ADDRESS, newly(isSetBlock), {
    google_compute_instance: "network_interface.*.access_config",
    google_compute_instance_template: "network_interface.*.access_config",
  }),
  ...rows("danger", "It gets an address on the internet.", existing(on), {
    google_sql_database_instance: "settings.0.ip_configuration.0.ipv4_enabled",
  }),
  ...rows("danger", FROM_INTERNET, existing(becomes("INGRESS_TRAFFIC_ALL")), {
    google_cloud_run_v2_service: "ingress",
  }),
  ...rows("danger", FROM_INTERNET, existing(becomes("ALLOW_ALL")), {
    google_cloudfunctions2_function: "service_config.0.ingress_settings",
    google_cloudfunctions_function: "ingress_settings",
  }),
  ...rows("danger", FROM_INTERNET, existing(newly(isExternal)), {
    google_compute_forwarding_rule: "load_balancing_scheme",
    google_compute_global_forwarding_rule: "load_balancing_scheme",
  }),
  ...rows("danger", "The cluster's API can be reached from the internet.", off, {
    google_container_cluster: "private_cluster_config.0.enable_private_endpoint",
  }),
  ...rows("danger", "Its nodes get addresses on the internet.", off, {
    google_container_cluster: "private_cluster_config.0.enable_private_nodes",
  }),
  ...rows("danger", "The cluster's API can be reached from the internet.", newly(hasVastRange), {
    google_container_cluster: "master_authorized_networks_config.0.cidr_blocks",
  }),
  {
    path: ["start_ip_address"],
    worse: (_before, after, { type, after: rule }) =>
      FIREWALL_RULE.test(type) && isWideRange(after, at(rule, "end_ip_address")),
    severity: "danger",
    meaning: ANY_CLIENT,
  },
  {
    path: ["end_ip_address"],
    worse: existing(
      (before, after, { type, before: old, after: rule }) =>
        FIREWALL_RULE.test(type) &&
        equal(at(old, "start_ip_address"), at(rule, "start_ip_address")) &&
        isWideRange(at(rule, "start_ip_address"), after) &&
        !isWideRange(at(old, "start_ip_address"), before),
    ),
    severity: "danger",
    meaning: ANY_CLIENT,
  },
  // Source: "Azure SQL Database server-level IP firewall rules": 0.0.0.0 means every service of Azure.
  {
    path: ["start_ip_address"],
    worse: (before, after, { type, after: rule }) =>
      FIREWALL_RULE.test(type) && becomes("0.0.0.0")(before, after) && at(rule, "end_ip_address") === "0.0.0.0",
    severity: "caution",
    meaning: "Azure services can connect, including those of other customers.",
  },
  ...rows("danger", EVERYONE, becomes("allAuthenticatedUsers", "allUsers"), {
    google_bigquery_dataset: ["access.*.iam_member", "access.*.special_group"],
    google_bigquery_dataset_access: ["iam_member", "special_group"],
  }),
  ...rows("danger", "Anyone can read the objects in the bucket.", becomes("ObjectReadWithoutList", "ObjectRead"), {
    oci_objectstorage_bucket: "access_type",
  }),
  ...rows("danger", MADE_PUBLIC, leaves("enforced"), { google_storage_bucket: "public_access_prevention" }),
  ...rows("danger", "Anyone can read the blobs in the container.", becomes("blob", "container"), {
    azurerm_storage_container: "container_access_type",
  }),
  ...rows("danger", "Anyone on the internet who knows a password can connect.", becomes("0.0.0.0/0"), {
    google_sql_database_instance: "settings.0.ip_configuration.0.authorized_networks.*.value",
  }),
  ...rows("danger", "The cluster's API can be reached from more of the internet.", gone, {
    google_container_cluster: "master_authorized_networks_config",
  }),
  ...rows(
    "caution",
    "The service gets a load balancer, which the internet may reach.",
    (before, after, { after: service }) =>
      becomes("LoadBalancer")(before, after) && !isInternal(at(service, "metadata", 0, "annotations")),
    { kubernetes_service: "spec.0.type", kubernetes_service_v1: "spec.0.type" },
  ),
];

function isAddress(id: Side): boolean {
  return typeof id === "string" && id !== "";
}

function isExternal(scheme: Side): boolean {
  return scheme === "EXTERNAL" || scheme === "EXTERNAL_MANAGED";
}

/** Entities of an access control list, such as `READER:allUsers`. */
function namesAllUsers(entities: Side): boolean {
  return listOf(entities).some((entity) => /:all(Authenticated)?Users$/.test(String(entity)));
}

function isInbound(rule: Side): boolean {
  return ["ingress", "inbound"].includes(String(at(rule, "type") ?? at(rule, "direction")));
}

/** A block counts even if everything in it is left to Google Cloud. */
function isSetBlock(blocks: Side): boolean {
  return listOf(blocks).length > 0;
}

function hasVastRange(blocks: Side): boolean {
  return listOf(blocks).some((block) => isVast(String(at(block, "cidr_block"))));
}

/** Annotations of AWS, Azure, and Google Cloud that keep a load balancer off the internet. */
function isInternal(annotations: Side): boolean {
  return (
    isFields(annotations) &&
    Object.entries(annotations).some(
      ([name, value]) =>
        /load-balancer-(internal|scheme|type)$/.test(name) && /^(0\.0\.0\.0\/0|internal|true)$/i.test(String(value)),
    )
  );
}

/** True from 2^24 addresses on, like a range of AWS. */
function isWideRange(first: Side, last: Side): boolean {
  return addressNumber(String(last)) - addressNumber(String(first)) >= 2 ** 24 - 1;
}

const OWNERS = ["roles/editor", "roles/iam.securityAdmin", "roles/resourcemanager.organizationAdmin", "roles/owner"];

function bindsEveryone(policy: Side): boolean {
  return listOf(at(policy, "bindings")).some((binding) =>
    listOf(at(binding, "members")).some((member) => member === "allUsers" || member === "allAuthenticatedUsers"),
  );
}

function bindsOwner(policy: Side): boolean {
  return listOf(at(policy, "bindings")).some((binding) => OWNERS.includes(String(at(binding, "role"))));
}

/** Roles that gain the permissions of every service account in their scope. */
const IMPERSONATION = [
  "roles/iam.serviceAccountAdmin",
  "roles/iam.serviceAccountKeyAdmin",
  "roles/iam.serviceAccountTokenCreator",
  "roles/iam.serviceAccountUser",
  "roles/resourcemanager.folderIamAdmin",
  "roles/resourcemanager.projectIamAdmin",
];

const ADMINISTRATION = "It may administer everything in its scope, and grant access to others.";

/** True for permissions that include roles. Source: "Azure custom roles", actions with wildcards. */
function managesAccess(permissions: Side): boolean {
  return listOf(permissions).some((permission) =>
    listOf(at(permission, "actions")).some((action) =>
      /^(\*|\*\/write|Microsoft\.Authorization\/(\*|(roleAssignments|roleDefinitions)\/(\*|write)))$/i.test(
        String(action),
      ),
    ),
  );
}

export const ACCESS_ELSEWHERE: readonly Row[] = [
  {
    path: ["role"],
    worse: (before, after, { type }) =>
      /^google_\w+_iam_(member|binding)$/.test(type) && becomes(...OWNERS)(before, after),
    severity: "danger",
    meaning: ADMINISTRATION,
  },
  ...rows(
    "danger",
    "It may act as every service account in its scope, or change who may.",
    becomes(...IMPERSONATION),
    Object.fromEntries(
      ["folder", "organization", "project"].flatMap((scope) =>
        ["binding", "member"].map((form) => [`google_${scope}_iam_${form}`, "role"]),
      ),
    ),
  ),
  ...rows(
    "danger",
    ADMINISTRATION,
    becomes("Contributor", "Role Based Access Control Administrator", "User Access Administrator", "Owner"),
    { azurerm_role_assignment: "role_definition_name" },
  ),
  ...rows("danger", ADMINISTRATION, newly(managesAccess), { azurerm_role_definition: "permissions" }),
  ...rows("danger", "Every subject of the provider is accepted.", existing(gone), {
    google_iam_workload_identity_pool_provider: "attribute_condition",
  }),
  ...rows("caution", "Other subjects of the provider may be accepted.", changed, {
    google_iam_workload_identity_pool_provider: "attribute_condition",
  }),
  { path: ["policy_data"], worse: newly(bindsEveryone), severity: "danger", meaning: EVERYONE },
  { path: ["policy_data"], worse: newly(bindsOwner), severity: "danger", meaning: ADMINISTRATION },
];

export const PROTECTION_ELSEWHERE: readonly Row[] = [
  ...["https_traffic_only_enabled", "enable_https_traffic_only", "https_only"].map(
    (argument): Row => ({ path: [argument], worse: off, severity: "danger", meaning: UNENCRYPTED }),
  ),
  ...["https_traffic_only_enabled", "enable_https_traffic_only"].map(
    (argument): Row => ({ path: [argument], worse: offAtCreation, severity: "caution", meaning: UNENCRYPTED }),
  ),
  ...["min_tls_version", "minimum_tls_version", "ssl_minimal_tls_version_enforced"].flatMap((argument): Row[] => [
    { path: [argument], worse: created(becomes(...OLD_VERSIONS)), severity: "caution", meaning: OLD_TLS },
    { path: [argument], worse: leaves(...NEW_VERSIONS), severity: "danger", meaning: OLD_TLS },
  ]),
  ...rows("danger", UNENCRYPTED, leaves("SECURE_ALWAYS"), {
    google_cloudfunctions_function: "https_trigger_security_level",
  }),
  ...rows(
    "caution",
    "Less of the data survives, or can be read, when a zone or a region fails.",
    weaker("LRS", "ZRS", "GRS", "RAGRS", "GZRS", "RAGZRS"),
    { azurerm_storage_account: "account_replication_type" },
  ),
  ...rows("danger", "Connections to the database may be unencrypted.", off, {
    google_sql_database_instance: "settings.0.ip_configuration.0.require_ssl",
  }),
  ...rows(
    "danger",
    "Connections to the database may be unencrypted.",
    leaves("ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"),
    { google_sql_database_instance: "settings.0.ip_configuration.0.ssl_mode" },
  ),
  ...rows("danger", "The database can no longer be restored to an earlier time.", off, {
    google_sql_database_instance: [
      "settings.0.backup_configuration.0.binary_log_enabled",
      "settings.0.backup_configuration.0.point_in_time_recovery_enabled",
    ],
  }),
  ...rows("danger", "Older backups are deleted.", smaller, {
    google_sql_database_instance: [
      "settings.0.backup_configuration.0.backup_retention_settings.0.retained_backups",
      "settings.0.backup_configuration.0.transaction_log_retention_days",
    ],
  }),
  ...rows("danger", "From then on, one wrong command can delete it.", off, {
    google_sql_database_instance: "settings.0.deletion_protection_enabled",
  }),
  ...rows("danger", "From then on, one wrong command can delete it.", leaves("PREVENT"), {
    google_project: "deletion_policy",
  }),
  ...rows("danger", "Answers for the zone are no longer signed.", leaves("on"), {
    google_dns_managed_zone: "dnssec_config.0.state",
  }),
  ...rows(
    "danger",
    "Log entries no longer reach its destination.",
    existing(on),
    Object.fromEntries(
      ["billing_account", "folder", "organization", "project"].map((scope) => [
        `google_logging_${scope}_sink`,
        "disabled",
      ]),
    ),
  ),
  ...rows("danger", "The alarm no longer notifies anyone.", off, {
    azurerm_monitor_activity_log_alert: "enabled",
    azurerm_monitor_metric_alert: "enabled",
    azurerm_monitor_scheduled_query_rules_alert_v2: "enabled",
    google_monitoring_alert_policy: "enabled",
  }),
  ...rows("danger", "The alarm no longer notifies anyone.", gone, {
    azurerm_monitor_activity_log_alert: "action",
    azurerm_monitor_metric_alert: "action",
    google_monitoring_alert_policy: "notification_channels",
  }),
  ...rows("danger", "Objects can be deleted at any time.", gone, { google_storage_bucket: "retention_policy" }),
  ...rows("caution", "The new rule deletes objects.", existing(newly(deletesObjects)), {
    google_storage_bucket: "lifecycle_rule",
  }),
  ...rows("danger", "Requests are not filtered.", gone, {
    google_compute_backend_service: "security_policy",
    google_compute_region_backend_service: "security_policy",
  }),
  ...rows("danger", "Requests that a rule denied are allowed.", deniesLess, {
    google_compute_security_policy: "rule",
  }),
  ...rows("caution", "Keys in its metadata decide who can sign in, instead of permissions.", leaves("TRUE"), {
    google_compute_instance: "metadata.enable-oslogin",
    google_compute_project_metadata: "metadata.enable-oslogin",
  }),
  ...rows("caution", "Keys of the whole project can sign in.", leaves("TRUE"), {
    google_compute_instance: "metadata.block-project-ssh-keys",
  }),
  ...rows("caution", "Someone with its key can use the serial console from anywhere.", becomes("TRUE"), {
    google_compute_instance: "metadata.serial-port-enable",
  }),
  ...rows("danger", "Threats are no longer detected.", leaves("Standard"), {
    azurerm_security_center_subscription_pricing: "tier",
  }),
  ...rows("caution", "Users may sign in with a password.", either(off, offAtCreation), {
    azurerm_linux_virtual_machine: "disable_password_authentication",
    azurerm_linux_virtual_machine_scale_set: "disable_password_authentication",
  }),
  ...rows(
    "caution",
    "Files and passwords may be sent unencrypted.",
    becomes("AllAllowed"),
    Object.fromEntries(
      ["linux", "windows"].flatMap((system) =>
        ["function_app", "web_app"].map((kind) => [`azurerm_${system}_${kind}`, "site_config.0.ftps_state"]),
      ),
    ),
  ),
  {
    path: ["purge_protection_enabled"],
    worse: off,
    severity: "danger",
    meaning: "Deleted keys and secrets can be lost at once.",
  },
  ...rows("danger", "No backups are made.", off, {
    google_sql_database_instance: "settings.0.backup_configuration.0.enabled",
  }),
];

/** Rules of Cloud Armor are named by their priority; a denial may move to another one. */
function deniesLess(before: Side, after: Side): boolean {
  const isDenial = (rule: Side) => String(at(rule, "action")).startsWith("deny");
  const denials = listOf(after).filter(isDenial);
  const isLost = (rule: Side) =>
    isDenial(rule) && !denials.some((denial) => equal(at(denial, "match"), at(rule, "match")));
  return (
    missingFrom(after, before, "priority").some(isLost) ||
    sameNamed(before, after, "priority").some(([was, is]) => isLost(was) && !isDenial(is))
  );
}

function deletesObjects(rules: Side): boolean {
  return listOf(rules).some((rule) => at(rule, "action", 0, "type") === "Delete");
}
