import { becomes, either, existing, gains, gone, leaves, off, on, type Row, rows } from "./table.ts";

// Arguments of other clouds. Their firewall rules are in network-rules.ts.

const EVERYONE = "Anyone on the internet gets this role.";
const MADE_PUBLIC = "Its content can be made public.";
const UNENCRYPTED = "Requests may be sent unencrypted.";

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
  { path: ["allow_nested_items_to_be_public"], worse: existing(on), severity: "danger", meaning: MADE_PUBLIC },
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

export const PROTECTION_ELSEWHERE: readonly Row[] = [
  ...["https_traffic_only_enabled", "enable_https_traffic_only", "https_only"].map(
    (argument): Row => ({ path: [argument], worse: off, severity: "danger", meaning: UNENCRYPTED }),
  ),
  {
    path: ["min_tls_version"],
    worse: leaves("TLS1_2", "TLS1_3", "1.2", "1.3"),
    severity: "danger",
    meaning: "Clients may connect with older, weaker versions of TLS.",
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
