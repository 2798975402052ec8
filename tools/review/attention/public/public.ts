import type { Finding } from "../../model.ts";
import type { Subject } from "../../subject.ts";
import { entryOf } from "../../values/entry.ts";
import { at, isNothing, listOf, type Value } from "../../values/value.ts";
import type { PlanContext } from "../context.ts";
import { PUBLIC_ELSEWHERE } from "../other-clouds.ts";
import { PUBLIC_OF_SERVICES } from "../other-services.ts";
import { covers, isVast } from "../ranges.ts";
import {
  becomes,
  created,
  either,
  evaluateRows,
  existing,
  gone,
  isOn,
  leaves,
  missingAtCreation,
  newly,
  off,
  offAtCreation,
  on,
  type Row,
  rows,
  type Side,
  tableOf,
} from "../table.ts";
import { text } from "../text.ts";
import { CALLERS } from "./callers.ts";
import { PUBLIC_DATA, publicGrants, unblockedBucket } from "./public-data.ts";
import { SHARING, shares } from "./sharing.ts";
import { SIGN_IN } from "./sign-in.ts";

// Resources that become public.

const ANYONE = "Anyone on the internet can reach it.";
const TASK_ADDRESSES = "Tasks get addresses that the internet can reach where security groups allow it.";

/** Addresses and endpoints. */
const ENDPOINTS: readonly Row[] = [
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
  ...rows("caution", "Rules of security groups may open more ports to everyone.", existing(opensMorePorts), {
    aws_emr_block_public_access_configuration: "permitted_public_security_group_rule_range",
  }),
  ...rows("caution", "Streaming instances reach the internet past the network of the account.", existing(on), {
    aws_appstream_fleet: "enable_default_internet_access",
    aws_appstream_image_builder: "enable_default_internet_access",
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
  ...rows("caution", "It is not in a network of the account.", becomes("PUBLIC"), {
    aws_bedrockagentcore_agent_runtime: "network_configuration.0.network_mode",
    aws_bedrockagentcore_browser: "network_configuration.0.network_mode",
    aws_bedrockagentcore_code_interpreter: "network_configuration.0.network_mode",
  }),
  ...rows("caution", "People can take data out of their sessions.", existing(becomes("Enabled")), {
    aws_workspacesweb_user_settings: ["copy_allowed", "download_allowed", "print_allowed"],
  }),
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
  ...rows("danger", "Anyone who reaches the network can call it.", existing(becomes("NONE")), {
    aws_vpclattice_service: "auth_type",
    aws_vpclattice_service_network: "auth_type",
  }),
  ...rows("caution", "Anyone who reaches the network can call it.", created(becomes("NONE")), {
    aws_vpclattice_service: "auth_type",
    aws_vpclattice_service_network: "auth_type",
  }),
  ...rows("danger", "Internet gateways may open the network.", becomes("allow-bidirectional"), {
    aws_vpc_block_public_access_exclusion: "internet_gateway_exclusion_mode",
  }),
  ...rows("caution", "New interfaces in the subnet get addresses that the internet can route to.", existing(on), {
    aws_subnet: "assign_ipv6_address_on_creation",
  }),
  ...rows("caution", "People with permission for it reach instances without a network path.", on, {
    aws_ec2_serial_console_access: "enabled",
  }),
  ...rows("caution", "More addresses can reach the cluster's API.", existing(moreKnownRanges), {
    aws_eks_cluster: "vpc_config.0.public_access_cidrs",
  }),
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
    "danger",
    "The cluster's API can be reached from the internet.",
    (before, after, { after: cluster }) =>
      gone(before, after) && isOn(at(cluster, "vpc_config", 0, "endpoint_public_access")),
    { aws_eks_cluster: "vpc_config.0.public_access_cidrs" },
  ),
  ...rows("danger", "Everyone on the internet who can sign in reaches it.", gone, {
    aws_grafana_workspace: "network_access_control",
  }),
  ...rows("danger", ANYONE, on, { aws_neptunegraph_graph: "public_connectivity" }),
  ...rows("danger", ANYONE, existing(on), {
    aws_apprunner_service: "network_configuration.0.ingress_configuration.0.is_publicly_accessible",
  }),
  ...rows("danger", ANYONE, existing(becomes("PUBLIC")), { aws_transfer_server: "endpoint_type" }),
  ...rows("caution", ANYONE, created(becomes("PUBLIC")), { aws_transfer_server: "endpoint_type" }),
  ...rows("danger", "The notebook reaches the internet past the network of the account.", becomes("Enabled"), {
    aws_sagemaker_notebook_instance: "direct_internet_access",
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
  {
    types: ["aws_ec2_instance_connect_endpoint"],
    path: ["preserve_client_ip"],
    worse: off,
    severity: "caution",
    meaning: "Security groups see the endpoint instead of the client.",
  },
];

export const PUBLIC = tableOf([
  ...ENDPOINTS,
  ...CALLERS,
  ...SIGN_IN,
  ...PUBLIC_DATA,
  ...SHARING,
  ...PUBLIC_ELSEWHERE,
  ...PUBLIC_OF_SERVICES,
]);

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

/** Ranges that belong to someone; others are a danger. */
function moreKnownRanges(before: Side, after: Side): boolean {
  const ranges = (side: Side) => listOf(side).filter((range) => typeof range === "string");
  return ranges(after).some((range) => !isVast(range) && !ranges(before).some((wide) => covers(wide, range)));
}

function allowsPublic(policy: Side): boolean {
  return listOf(policy).some((rule) => at(rule, "AllowFromPublic") === true);
}

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

export function publicAccess(subject: Subject, context: PlanContext): readonly Finding[] {
  return (
    unblockedBucket(subject, context) ?? [
      ...evaluateRows(PUBLIC, subject),
      ...shares(subject),
      ...worldRanges(subject),
      ...publicGrants(subject),
    ]
  );
}

function worldRanges({ type, before, after }: Subject): readonly Finding[] {
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
