import { at, isNothing, listOf, type Value } from "../values/value.ts";
import { kubernetesTypes } from "./kubernetes.ts";
import {
  becomes,
  changed,
  created,
  either,
  existing,
  fewer,
  gone,
  leaves,
  more,
  newly,
  off,
  on,
  type Row,
  rows,
  type Side,
  smaller,
  weaker,
} from "./table.ts";
import { OLD_TLS } from "./tls.ts";

// Arguments of Kubernetes, code hosting, databases, and monitoring, by providers other than those of clouds.

const ADMINISTRATION = "It may administer everything in its scope, and grant access to others.";
const ANYONE_IN_THE_CLUSTER = "Everyone who can reach the API of the cluster gets the permissions of the role.";

const places = (kinds: readonly string[], path: string) =>
  Object.fromEntries(kinds.flatMap(kubernetesTypes).map((type) => [type, path]));

/** Verbs with which the holder of a role gains others. Source: "Role Based Access Control Good Practices" of Kubernetes. */
const ESCALATING = ["bind", "escalate", "impersonate"];

const BINDINGS = ["cluster_role_binding", "role_binding"];
const ANYONE = ["system:authenticated", "system:unauthenticated", "system:anonymous"];

const gainsSudo = newly((policy) => /"(sudo|root)"/.test(String(policy)));

export const ACCESS_OF_SERVICES: readonly Row[] = [
  ...rows("danger", ADMINISTRATION, becomes("cluster-admin"), {
    ...places(BINDINGS, "role_ref.0.name"),
    kubernetes_manifest: "manifest.roleRef.name",
  }),
  ...rows("danger", ANYONE_IN_THE_CLUSTER, becomes(...ANYONE), {
    ...places(BINDINGS, "subject.*.name"),
    kubernetes_manifest: "manifest.subjects.*.name",
  }),
  ...rows("danger", ADMINISTRATION, newly(allowsEverything), {
    ...places(["cluster_role", "role"], "rule"),
    kubernetes_manifest: "manifest.rules",
  }),
  ...rows("danger", "Its holders may gain the permissions of others.", newly(escalates), {
    ...places(["cluster_role", "role"], "rule"),
    kubernetes_manifest: "manifest.rules",
  }),
  ...rows(
    "caution",
    "Its holders may read every secret in the cluster.",
    (before, after) => newly(readsSecrets)(before, after) && !allowsEverything(after),
    places(["cluster_role"], "rule"),
  ),
  ...rows("danger", "Anyone can open the application without signing in.", becomes("bypass"), {
    cloudflare_access_policy: "decision",
    cloudflare_zero_trust_access_policy: "decision",
  }),
  ...rows(
    "danger",
    "Everyone who can sign in may open the application.",
    (before, after, { after: policy }) => newly(includesEveryone)(before, after) && at(policy, "decision") !== "deny",
    { cloudflare_access_policy: "include", cloudflare_zero_trust_access_policy: "include" },
  ),
  ...rows("danger", ADMINISTRATION, (before, after) => mastersIn(after) > mastersIn(before), {
    ...places(["config_map"], "data"),
    kubernetes_config_map_v1_data: "data",
  }),
  ...rows("danger", ADMINISTRATION, becomes("admin"), {
    github_membership: "role",
    github_repository_collaborator: "permission",
    github_team_repository: "permission",
  }),
  ...rows("danger", ADMINISTRATION, becomes("owner"), { gitlab_group_membership: "access_level" }),
  ...rows("caution", "It may push to the repository.", becomes("push", "maintain"), {
    github_repository_collaborator: "permission",
    github_team_repository: "permission",
  }),
  ...rows("caution", "The holder of the key may push to the repository.", either(off, created(becomes(false))), {
    github_repository_deploy_key: "read_only",
  }),
  ...rows("caution", "The user gets the permissions of more roles.", existing(more), { datadog_user: "roles" }),
  ...rows("danger", ADMINISTRATION, on, { postgresql_role: "superuser" }),
  ...rows("danger", ADMINISTRATION, becomes("SECURITYADMIN", "ACCOUNTADMIN", "ORGADMIN"), {
    snowflake_grant_account_role: "role_name",
  }),
  ...rows("danger", "Its holders may use paths of the system that need root.", gainsSudo, { vault_policy: "policy" }),
  ...rows(
    "caution",
    "Its holders may do something else than before.",
    existing((before, after) => !isNothing(before) && !gainsSudo(before, after)),
    { vault_policy: "policy" },
  ),
];

export const PUBLIC_OF_SERVICES: readonly Row[] = [
  ...rows("danger", "Anyone on the internet can read the repository.", off, { github_repository: "private" }),
  ...rows("danger", "Anyone on the internet can read the repository.", existing(becomes("public")), {
    gitlab_project: "visibility_level",
  }),
  ...rows("caution", "Anyone can read its code.", created(becomes("public")), { gitlab_project: "visibility_level" }),
  ...rows(
    "danger",
    "Anyone on the internet who knows a password can connect.",
    either(becomes("0.0.0.0/0"), becomes("::/0")),
    {
      mongodbatlas_project_ip_access_list: "cidr_block",
    },
  ),
];

const ORIGIN = "Requests to the origin may be sent unencrypted, or to another server.";

const PROTECTED_BRANCHES = ["github_branch_protection", "github_branch_protection_v3"];

const ofBranches = (path: string) => Object.fromEntries(PROTECTED_BRANCHES.map((type) => [type, path]));

export const PROTECTION_OF_SERVICES: readonly Row[] = [
  ...rows("danger", "The history of the branch can be overwritten.", on, ofBranches("allows_force_pushes")),
  ...rows("danger", "The branch can be deleted.", on, ofBranches("allows_deletions")),
  ...rows(
    "danger",
    "Changes to the branch need fewer approvals.",
    either(smaller, gone),
    ofBranches("required_pull_request_reviews.0.required_approving_review_count"),
  ),
  ...rows("caution", "Workflows may use actions of anyone.", becomes("all"), {
    github_actions_organization_permissions: "allowed_actions",
    github_actions_repository_permissions: "allowed_actions",
  }),
  ...rows("caution", "Vulnerable dependencies are no longer reported.", off, {
    github_repository: "vulnerability_alerts",
  }),
  ...rows("caution", "Plans are applied without anyone's approval.", on, { tfe_workspace: "auto_apply" }),
  ...rows("caution", "The monitor goes off in other cases.", existing(changed), { datadog_monitor: "query" }),
  ...rows("caution", "No one is notified when data is missing.", off, { datadog_monitor: "notify_no_data" }),
  ...rows("danger", ORIGIN, leaves("full", "strict", "origin_pull"), {
    cloudflare_zone_settings_override: "settings.0.ssl",
  }),
  ...rows("danger", OLD_TLS, leaves("1.2", "1.3"), { cloudflare_zone_settings_override: "settings.0.min_tls_version" }),
  {
    types: ["cloudflare_zone_setting"],
    path: ["value"],
    worse: (before, after, { after: setting }) =>
      at(setting, "setting_id") === "ssl" && leaves("full", "strict", "origin_pull")(before, after),
    severity: "danger",
    meaning: ORIGIN,
  },
  ...rows("danger", "Deployments no longer wait for an approval.", gone, {
    github_repository_environment: "reviewers",
  }),
  ...rows(
    "caution",
    "Changes to the branch need fewer checks.",
    fewer,
    ofBranches("required_status_checks.0.contexts"),
  ),
  ...rows("caution", "More people can push to the branch.", weaker("developer", "maintainer", "no one"), {
    gitlab_branch_protection: "push_access_level",
  }),
  ...rows("danger", "No one is notified when the test fails.", existing(becomes("paused")), {
    datadog_synthetics_test: "status",
  }),
  ...rows("caution", "Other people are notified of its incidents.", changed, {
    pagerduty_service: "escalation_policy",
  }),
  {
    types: kubernetesTypes("namespace"),
    path: ["metadata", 0, "labels", "pod-security.kubernetes.io/enforce"],
    worse: either(gone, weaker("privileged", "baseline", "restricted")),
    severity: "caution",
    meaning: "Pods in it may do more to their nodes.",
  },
  ...rows("caution", "Another server may receive its events.", on, {
    github_organization_webhook: "configuration.0.insecure_ssl",
    github_repository_webhook: "configuration.0.insecure_ssl",
  }),
  ...rows("danger", "Traffic in a direction is no longer restricted.", fewer, {
    kubernetes_network_policy: "spec.0.policy_types",
    kubernetes_network_policy_v1: "spec.0.policy_types",
  }),
  ...rows("danger", "Fewer people or channels are notified.", losesMentions, {
    datadog_monitor: "message",
  }),
  ...rows("danger", "Permissions of Kubernetes do not restrict its users.", either(off, created(becomes(false))), {
    azurerm_kubernetes_cluster: "role_based_access_control_enabled",
  }),
  ...rows("danger", "Older rules, which ignore roles, allow more.", on, {
    google_container_cluster: "enable_legacy_abac",
  }),
  ...rows("danger", "Its containers can control their nodes.", on, {
    kubernetes_manifest: [
      "manifest.spec.containers.*.securityContext.privileged",
      "manifest.spec.template.spec.containers.*.securityContext.privileged",
    ],
  }),
  ...rows("caution", "The service gets a load balancer, which the internet may reach.", becomes("LoadBalancer"), {
    kubernetes_manifest: "manifest.spec.type",
  }),
  ...rows("danger", "The rules no longer restrict changes to the repository.", leaves("active"), {
    github_organization_ruleset: "enforcement",
    github_repository_ruleset: "enforcement",
  }),
];

/** True for rules with a wildcard for verbs and for resources. */
function allowsEverything(rules: Side): boolean {
  const has = (rule: Value, ...names: readonly string[]) => names.some((name) => listOf(at(rule, name)).includes("*"));
  return listOf(rules).some(
    (rule) => has(rule, "verbs") && has(rule, "resources") && has(rule, "api_groups", "apiGroups"),
  );
}

function escalates(rules: Side): boolean {
  return listOf(rules).some((rule) => listOf(at(rule, "verbs")).some((verb) => ESCALATING.includes(String(verb))));
}

/** True for a rule about secrets other than those that it names. */
function readsSecrets(rules: Side): boolean {
  const has = (rule: Value, name: string, ...values: readonly string[]) =>
    listOf(at(rule, name)).some((value) => values.includes(String(value)));
  return listOf(rules).some(
    (rule) =>
      has(rule, "resources", "*", "secrets") &&
      has(rule, "verbs", "*", "get", "list", "watch") &&
      isNothing(at(rule, "resource_names")),
  );
}

function includesEveryone(rules: Side): boolean {
  return listOf(rules).some((rule) => ![undefined, null, false].includes(at(rule, "everyone") as null | false));
}

/** Number of roles and users with all permissions in the map that EKS reads. */
function mastersIn(data: Side): number {
  const texts = ["mapRoles", "mapUsers"].map((name) => String(at(data, name) ?? ""));
  return texts.join("\n").split(/\bsystem:masters\b/).length;
}

/** Mentions such as `@pagerduty-shop`, which notify someone. */
function losesMentions(before: Side, after: Side): boolean {
  const mentionsIn = (message: Side): readonly string[] => String(message ?? "").match(/@[\w.@-]+/g) ?? [];
  return mentionsIn(before).some((mention) => !mentionsIn(after).includes(mention));
}
