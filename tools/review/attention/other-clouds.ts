import { at, equal, listOf } from "../value.ts";
import { OLD_TLS } from "./encryption.ts";
import { addressNumber } from "./ranges.ts";
import {
  becomes,
  created,
  either,
  existing,
  gains,
  gone,
  leaves,
  newly,
  off,
  offAtCreation,
  on,
  type Row,
  rows,
  type Side,
} from "./table.ts";

// Arguments of other clouds. Their firewall rules are in network-rules.ts.

const EVERYONE = "Anyone on the internet gets this role.";
const ANY_CLIENT = "Anyone on the internet who knows a password can connect.";
const MADE_PUBLIC = "Its content can be made public.";
const OLD_VERSIONS = ["TLS1_0", "TLS1_1", "1.0", "1.1"];
const UNENCRYPTED = "Requests may be sent unencrypted.";

const FIREWALL_RULE = /^azurerm_\w*firewall_rule$/;

export const PUBLIC_ELSEWHERE: readonly Row[] = [
  { path: ["member"], worse: becomes("allUsers", "allAuthenticatedUsers"), severity: "danger", meaning: EVERYONE },
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
  { path: ["allow_nested_items_to_be_public"], worse: existing(on), severity: "danger", meaning: MADE_PUBLIC },
  { path: ["allow_nested_items_to_be_public"], worse: created(on), severity: "caution", meaning: MADE_PUBLIC },
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
  ...rows("danger", EVERYONE, becomes("allUsers", "allAuthenticatedUsers"), {
    google_bigquery_dataset: ["access.*.iam_member", "access.*.special_group"],
    google_bigquery_dataset_access: ["iam_member", "special_group"],
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
  ...rows("caution", "The service gets a load balancer, which the internet may reach.", becomes("LoadBalancer"), {
    kubernetes_service: "spec.0.type",
    kubernetes_service_v1: "spec.0.type",
  }),
];

/** True from 2^24 addresses on, like a range of AWS. */
function isWideRange(first: Side, last: Side): boolean {
  return addressNumber(String(last)) - addressNumber(String(first)) >= 2 ** 24 - 1;
}

/** Policies of Google Cloud as a whole. */
const IAM_POLICIES: Readonly<Record<string, string>> = Object.fromEntries(
  [
    "project",
    "folder",
    "organization",
    "service_account",
    "storage_bucket",
    "pubsub_topic",
    "secret_manager_secret",
  ].map((kind) => [`google_${kind}_iam_policy`, "policy_data"]),
);

const OWNERS = ["roles/owner", "roles/editor", "roles/iam.securityAdmin", "roles/resourcemanager.organizationAdmin"];

function bindsEveryone(policy: Side): boolean {
  return listOf(at(policy, "bindings")).some((binding) =>
    listOf(at(binding, "members")).some((member) => member === "allUsers" || member === "allAuthenticatedUsers"),
  );
}

function bindsOwner(policy: Side): boolean {
  return listOf(at(policy, "bindings")).some((binding) => OWNERS.includes(String(at(binding, "role"))));
}

const ADMINISTRATION = "It may administer everything in its scope, and grant access to others.";

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
    ADMINISTRATION,
    becomes("Owner", "Contributor", "User Access Administrator", "Role Based Access Control Administrator"),
    { azurerm_role_assignment: "role_definition_name" },
  ),
  ...rows("danger", EVERYONE, newly(bindsEveryone), IAM_POLICIES),
  ...rows("danger", ADMINISTRATION, newly(bindsOwner), IAM_POLICIES),
];

export const PROTECTION_ELSEWHERE: readonly Row[] = [
  ...["https_traffic_only_enabled", "enable_https_traffic_only", "https_only"].map(
    (argument): Row => ({ path: [argument], worse: off, severity: "danger", meaning: UNENCRYPTED }),
  ),
  ...["https_traffic_only_enabled", "enable_https_traffic_only"].map(
    (argument): Row => ({ path: [argument], worse: offAtCreation, severity: "caution", meaning: UNENCRYPTED }),
  ),
  { path: ["min_tls_version"], worse: created(becomes(...OLD_VERSIONS)), severity: "caution", meaning: OLD_TLS },
  {
    path: ["min_tls_version"],
    worse: leaves("TLS1_2", "TLS1_3", "1.2", "1.3"),
    severity: "danger",
    meaning: OLD_TLS,
  },
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
