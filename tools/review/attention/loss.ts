import { entryOf } from "../entry.ts";
import type { Finding, Text } from "../model.ts";
import type { Subject } from "../subject.ts";
import { at, isNothing } from "../value.ts";
import type { PlanContext } from "./context.ts";
import { isContinuedRoute } from "./routes.ts";
import { isOn } from "./table.ts";
import { list, text } from "./text.ts";

// Losses caused by a replacement or destruction.

/** Losses of types that hold data: the same when they are destroyed and when they are replaced by an empty one. */
const DATA: Readonly<Record<string, string>> = {
  aws_ami: "New instances cannot start from the image anymore.",
  aws_backup_logically_air_gapped_vault: "Every backup in the vault is lost.",
  aws_backup_vault: "Every backup in the vault is lost.",
  aws_codeartifact_repository: "Every package in the repository is lost.",
  aws_codecommit_repository: "The code and its history are lost.",
  aws_cloudwatch_event_archive: "Every event in the archive is lost.",
  aws_cloudwatch_log_group: "Every log line in the group is lost.",
  aws_cognito_user_pool: "Every user is lost and cannot sign in anymore.",
  aws_db_cluster_snapshot: "The snapshot is lost.",
  aws_db_instance: "The database is lost",
  aws_db_snapshot: "The snapshot is lost.",
  aws_docdb_cluster: "The database is lost",
  aws_docdbelastic_cluster: "The database is lost.",
  aws_dsql_cluster: "The database is lost.",
  aws_dynamodb_table: "Every item is lost; with point-in-time recovery, a backup remains for 35 days.",
  aws_ebs_snapshot: "The snapshot is lost.",
  aws_ebs_volume: "All data on the volume is lost.",
  aws_ecr_repository: "Every image is lost: tasks cannot start, and no release can be rolled back.",
  aws_efs_file_system: "Every file is lost.",
  aws_elasticache_cluster: "All data in the cache is lost.",
  aws_elasticache_replication_group: "All data in the cache is lost.",
  aws_elasticache_serverless_cache: "All data in the cache is lost.",
  aws_elasticsearch_domain: "Every index is lost.",
  aws_fsx_lustre_file_system: "Every file is lost.",
  aws_fsx_ontap_file_system: "Every file is lost.",
  aws_fsx_openzfs_file_system: "Every file is lost.",
  aws_fsx_windows_file_system: "Every file is lost.",
  aws_glacier_vault: "Every archive in the vault is lost.",
  aws_glue_catalog_database: "Every table definition in the catalog database is lost.",
  aws_keyspaces_table: "Every row is lost.",
  aws_kinesis_stream: "Every record in the stream is lost.",
  aws_kms_key: "Data encrypted with the key cannot be decrypted after the waiting period.",
  aws_memorydb_cluster: "All data in the cluster is lost.",
  aws_mq_broker: "Every message in the broker is lost.",
  aws_msk_cluster: "Every record in the cluster is lost.",
  aws_msk_serverless_cluster: "Every record in the cluster is lost.",
  aws_neptunegraph_graph: "The graph is lost.",
  aws_neptune_cluster: "The database is lost",
  aws_opensearch_domain: "Every index is lost.",
  aws_opensearchserverless_collection: "Every index is lost.",
  aws_odb_cloud_autonomous_vm_cluster: "Every database in the cluster is lost.",
  aws_odb_cloud_exadata_infrastructure: "Every database on it is lost.",
  aws_odb_cloud_vm_cluster: "Every database in the cluster is lost.",
  aws_organizations_account: "The account leaves the organization, whose policies no longer restrict it, or is closed.",
  aws_qldb_ledger: "The ledger is lost.",
  aws_rds_cluster: "The database is lost",
  aws_redshift_cluster: "The warehouse is lost",
  aws_redshiftserverless_namespace: "The warehouse is lost.",
  aws_s3_bucket: "Every object is lost.",
  aws_s3_directory_bucket: "Every object is lost.",
  aws_s3tables_table: "Every row is lost.",
  aws_s3tables_table_bucket: "Every table is lost.",
  aws_s3vectors_index: "Every vector is lost.",
  aws_s3vectors_vector_bucket: "Every vector is lost.",
  aws_secretsmanager_secret: "The secret's value is lost",
  aws_sqs_queue: "Every message in the queue is lost.",
  aws_timestreaminfluxdb_db_cluster: "The database is lost.",
  aws_timestreaminfluxdb_db_instance: "The database is lost.",
  aws_timestreamwrite_table: "Every record is lost.",
};

const RESOLVERS = "Resolvers keep the old answer for its TTL.";

/** Effects on traffic: until the replacement is ready if the old object is destroyed first, permanent without a replacement. */
const TRAFFIC: Readonly<Record<string, { readonly effect: string; readonly always?: string }>> = {
  aws_acmpca_certificate_authority: { effect: "It issues and revokes no certificates" },
  aws_alb: { effect: "Open connections break and requests fail", always: "Its address changes." },
  aws_alb_listener: { effect: "No listener accepts connections on its port" },
  aws_alb_target_group: { effect: "Its targets get no requests" },
  aws_api_gateway_rest_api: { effect: "Calls fail", always: "Its address changes." },
  aws_apigatewayv2_api: { effect: "Calls fail", always: "Its address changes." },
  aws_apprunner_service: { effect: "Requests fail", always: "Its address changes." },
  aws_autoscaling_group: { effect: "Every instance of the group is terminated" },
  aws_cloudfront_distribution: { effect: "The site cannot be reached through it", always: "Its address changes." },
  aws_cognito_user_pool_domain: { effect: "Users cannot sign in" },
  aws_customer_gateway: { effect: "Its VPN connections end" },
  aws_dx_connection: { effect: "Traffic over the connection stops" },
  aws_ecs_cluster: { effect: "Every task in the cluster stops" },
  aws_ecs_service: { effect: "Its tasks stop and requests fail" },
  aws_eip: {
    effect: "The address is released",
    always: "Clients and allow lists that use the address must change.",
  },
  aws_eks_cluster: { effect: "Every workload in the cluster stops" },
  aws_eks_node_group: { effect: "The pods on its nodes stop" },
  aws_elastic_beanstalk_environment: { effect: "Requests fail", always: "Its address changes." },
  aws_elb: { effect: "Open connections break and requests fail", always: "Its address changes." },
  aws_iam_access_key: { effect: "Programs that use the key cannot call AWS" },
  aws_instance: { effect: "The instance is terminated", always: "Data on its own disks is lost." },
  aws_internet_gateway: { effect: "The network is cut off from the internet" },
  aws_lambda_alias: { effect: "Calls to the alias fail" },
  aws_lambda_function: { effect: "Calls fail" },
  aws_lb: { effect: "Open connections break and requests fail", always: "Its address changes." },
  aws_lb_listener: { effect: "No listener accepts connections on its port" },
  aws_lb_listener_certificate: { effect: "Clients that use its names cannot connect securely" },
  aws_lb_listener_rule: { effect: "Requests that it matches go elsewhere" },
  aws_lb_target_group_attachment: { effect: "The target gets no requests" },
  aws_lb_target_group: { effect: "Its targets get no requests" },
  aws_nat_gateway: { effect: "Private subnets cannot reach the internet" },
  aws_networkfirewall_firewall: { effect: "Traffic through the firewall stops or is not filtered" },
  aws_odb_network_peering_connection: { effect: "Traffic between both networks stops" },
  aws_rds_cluster_instance: { effect: "Connections to the instance break" },
  aws_route: { effect: "Packets to its destination are dropped" },
  ...Object.fromEntries(
    [
      ...["cloudflare_dns_record", "cloudflare_record", "digitalocean_record", "google_dns_record_set"],
      ...["a", "aaaa", "cname", "mx", "txt"].map((kind) => `azurerm_dns_${kind}_record`),
    ].map((type) => [type, { effect: "The name does not resolve", always: RESOLVERS }]),
  ),
  aws_route53_record: { effect: "The name does not resolve", always: RESOLVERS },
  aws_route53_zone: { effect: "No name in the zone resolves" },
  aws_route_table: { effect: "Its subnets lose their routes" },
  aws_route_table_association: { effect: "The subnet uses the main route table" },
  aws_service_discovery_private_dns_namespace: { effect: "Services cannot find each other by name" },
  aws_service_discovery_service: { effect: "Callers cannot find the service by name" },
  aws_sfn_state_machine: { effect: "Its executions stop" },
  aws_subnet: { effect: "Everything in the subnet must be destroyed first", always: "Addresses in it change." },
  aws_transit_gateway: { effect: "Traffic between the attached networks stops" },
  aws_vpc: { effect: "The network and everything in it must be destroyed first" },
  aws_vpc_endpoint: { effect: "Calls to its service take another path or fail" },
  aws_vpc_peering_connection: { effect: "Traffic between both networks stops" },
  aws_vpc_route_server: { effect: "Routes that its peers announced end" },
  aws_vpc_route_server_endpoint: { effect: "Routes that its peers announced end" },
  aws_vpc_route_server_peer: { effect: "Routes that it announced end" },
  aws_vpc_route_server_propagation: { effect: "Routes that other routers announced end" },
  aws_vpn_connection: { effect: "Traffic over the VPN stops" },
};

export function loss(subject: Subject, context: PlanContext): readonly Finding[] {
  const { action, type, order, replacedBy } = subject;
  if (action === "forget") {
    return [{ severity: "note", text: text`${type} stays as it is, and Terraform no longer manages it.` }];
  }
  if ((action !== "destroy" && action !== "replace") || isContinuedRoute(subject, context)) {
    return [];
  }
  const keeping = keptBy(subject);
  if (keeping !== undefined) {
    return [
      { severity: "note", text: [...opening(subject), ...text` Because of ${keeping}, the object itself stays.`] },
    ];
  }
  if (order === "create, then forget") {
    return [
      { severity: "note", text: [...opening(subject), " The old object stays, and Terraform no longer manages it."] },
    ];
  }
  const lost = entryOf(DATA, type);
  if (lost !== undefined) {
    return [{ severity: "danger", text: [...opening(subject), ` ${lost}`, ...backups(subject)] }];
  }
  const { effect, always } = entryOf(TRAFFIC, type) ?? {};
  return effect === undefined
    ? []
    : [
        {
          severity: "danger",
          text: [
            ...opening(subject),
            action === "destroy"
              ? ` ${effect}.`
              : order === "create, then destroy"
                ? type === "aws_route53_record" && replacedBy.includes("name")
                  ? " The old name does not resolve anymore."
                  : " The replacement is created first."
                : ` ${effect} until the replacement is ready.`,
            ...(always === undefined || action === "destroy" ? [] : [` ${always}`]),
          ],
        },
      ];
}

/** Words in the names of types that are likely to hold data, of any provider. */
const LIKELY_DATA =
  /(database|dataset|datastore|db_|_db$|sql|spanner|firestore|redis|cache|schema|storage|bucket|disk|volume|table|snapshot|backup|vault|filesystem|file_system|file_share|_queue|^_mount$|eventhub|registry|repository|cluster|namespace|resource_group|^_project$|virtual_machine|compute_instance|droplet|_secret|_key$|persistent)/;

/** Types that only connect, share, or configure what holds the data. */
const WITHOUT_DATA =
  /_(acl|alias|association|attachment|binding|capacity_providers|configuration|connection|endpoint|extension|grant|manager|member|notification|(option|parameter|security|subnet)_group|permission|policy|proxy|role|rules?|settings?|subscription|template|user|webhook)$/;

/** A plan has few types, but many resources of some. */
const verdicts = new Map<string, boolean>();

/** True for a type that may hold data, judging by its name. */
function mayHoldData(type: string): boolean {
  const known = verdicts.get(type);
  if (known !== undefined) {
    return known;
  }
  const name = type.replace(/^[^_]+_/, "_"); // without the provider
  const verdict =
    (LIKELY_DATA.test(name) || type.includes("kafka_topic")) &&
    !WITHOUT_DATA.test(type) &&
    !EVALUATED_ELSEWHERE.test(type);
  verdicts.set(type, verdict);
  return verdict;
}

/** Types whose replacement or destruction other rules evaluate, or that only order other resources. */
const EVALUATED_ELSEWHERE =
  /^(aws_ecs_task_definition|aws_s3_bucket_\w+|aws_iam_\w*policy\w*|null_resource|terraform_data|time_\w+)$/;

/** Types that only allow or deny traffic; network.ts evaluates them. */
const NETWORK_RULES = /^aws_((vpc_)?security_group_\w*rule|network_acl_rule)$/;

/** Certificates, which AWS deletes only if nothing uses them. Sources: DeleteCertificate, DeleteServerCertificate in the API references. */
const CERTIFICATES = /^aws_(acm_certificate|iam_server_certificate)$/;

/** Values of a secret: a replacement is a change of the value, of which the service keeps the old one for a while. */
const REVISIONS = /_secret_version$/;

/** The finding for a destroyed or replaced resource about which no rule found anything. */
export function unlistedLoss(subject: Subject): readonly Finding[] {
  const { action, type, order } = subject;
  if (NETWORK_RULES.test(type) || (action === "replace" ? EVALUATED_ELSEWHERE.test(type) : action !== "destroy")) {
    return [];
  }
  if (CERTIFICATES.test(type)) {
    const isFirst = action === "replace" && order === "destroy, then create";
    return [
      {
        severity: isFirst ? "caution" : "note",
        text: [...opening(subject), " AWS refuses that while anything uses the certificate."],
      },
    ];
  }
  if (action === "replace" && REVISIONS.test(type)) {
    return [{ severity: "note", text: [...opening(subject), " The secret gets another value."] }];
  }
  if (type === "aws_dynamodb_table_item") {
    return action === "replace"
      ? [{ severity: "note", text: [...opening(subject), " The item is written again."] }]
      : [{ severity: "caution", text: [...opening(subject), " The item is deleted from its table."] }];
  }
  return mayHoldData(type)
    ? [
        {
          severity: "caution",
          text: [...opening(subject), " Judging by its type, it may hold data, which is lost then."],
        },
      ]
    : [{ severity: "note", text: opening(subject) }];
}

/** The argument because of which a provider leaves an object where it is. */
function keptBy({ type, before }: Subject): string | undefined {
  if (at(before, "skip_destroy") === true && !EVALUATED_ELSEWHERE.test(type)) {
    return "skip_destroy";
  }
  if (type === "github_repository" && isOn(at(before, "archive_on_destroy"))) {
    return "archive_on_destroy";
  }
  return type.startsWith("google_") && at(before, "deletion_policy") === "ABANDON" ? "deletion_policy" : undefined;
}

function opening({ action, type, replacedBy, reason, importedAs }: Subject): Text {
  const imported = importedAs === undefined ? [] : text` It is imported from ${importedAs} first.`;
  if (action === "destroy") {
    return [...text`${type} is destroyed`, ...because(reason), ".", ...imported];
  }
  return replacedBy.length === 0
    ? [...text`${type} is replaced`, ...because(reason), ".", ...imported]
    : [...text`${type} is replaced, because `, ...list(replacedBy), " cannot change in place.", ...imported];
}

function because(reason: string | undefined): Text {
  return reason === undefined ? [] : [`, because ${reason}`];
}

/** Describes backups that survive the destruction of a database or secret, and settings that block the destruction of a bucket. */
function backups({ type, before }: Subject): Text {
  if (/^aws_(db_instance|rds_cluster|docdb_cluster|neptune_cluster|redshift_cluster)$/.test(type)) {
    const hasSnapshot = at(before, "skip_final_snapshot") === false;
    const keepsBackups = at(before, "delete_automated_backups") === false;
    if (at(before, "skip_final_snapshot") === true) {
      return [
        keepsBackups
          ? "; no final snapshot is taken, only automated backups remain."
          : "; no final snapshot is taken and no automated backup remains.",
      ];
    }
    return [hasSnapshot ? "; a final snapshot remains." : "; a final snapshot remains if one is taken."];
  }
  if (type === "aws_secretsmanager_secret") {
    return [
      at(before, "recovery_window_in_days") === 0
        ? " at once, without a recovery window."
        : " after the recovery window.",
    ];
  }
  // S3 deletes only empty buckets, unless Terraform may empty them first.
  return type === "aws_s3_bucket" && !isOn(at(before, "force_destroy")) && !isNothing(before)
    ? text` (Its ${"force_destroy"} is off, so this fails while the bucket contains anything.)`
    : [];
}
