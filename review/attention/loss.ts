import type { Subject } from "../subject.ts";
import { at } from "../value.ts";
import { type Judgement, type Text, text } from "./finding.ts";

// What a replacement or a destruction takes away.

/** What goes with a resource that holds data. */
const DATA: Readonly<Record<string, string>> = {
  aws_backup_vault: "Every backup in the vault goes with it.",
  aws_codecommit_repository: "The code and its history go with it.",
  aws_cloudwatch_log_group: "Every log line in the group goes with it.",
  aws_cognito_user_pool: "Every user goes with it, and nobody of them can sign in any more.",
  aws_db_instance: "The database goes with it; what is left is the last snapshot, if there is one.",
  aws_docdb_cluster: "The database goes with it; what is left is the last snapshot, if there is one.",
  aws_dynamodb_table: "Every item goes with it; point-in-time recovery keeps a backup for 35 days where it is on.",
  aws_ebs_volume: "Everything on the volume goes with it.",
  aws_ecr_repository: "Every image goes with it: running tasks cannot be started again, and no release can go back.",
  aws_efs_file_system: "Every file goes with it.",
  aws_elasticache_replication_group: "Everything in the cache goes with it.",
  aws_kinesis_stream: "Every record in the stream goes with it.",
  aws_kms_key: "What is encrypted with it can never be read again once its waiting period is over.",
  aws_opensearch_domain: "Every index goes with it.",
  aws_rds_cluster: "The database goes with it; what is left is the last snapshot, if there is one.",
  aws_redshift_cluster: "The warehouse goes with it; what is left is the last snapshot, if there is one.",
  aws_s3_bucket: "Every object goes with it.",
  aws_secretsmanager_secret: "The secret's value goes with it once its waiting period is over.",
  aws_sqs_queue: "Every message that waits in the queue goes with it.",
};

/** What stops with a resource that traffic runs through. */
const TRAFFIC: Readonly<Record<string, string>> = {
  aws_api_gateway_rest_api: "Its address changes, and every call fails until clients know the new one.",
  aws_apigatewayv2_api: "Its address changes, and every call fails until clients know the new one.",
  aws_autoscaling_group: "Every instance of the group ends.",
  aws_cloudfront_distribution: "Nobody reaches the site through it any more, and its address changes.",
  aws_cognito_user_pool_domain: "Nobody can sign in until the new address works.",
  aws_ecs_cluster: "Every task in the cluster ends.",
  aws_ecs_service: "Its tasks end, and requests fail until others are healthy.",
  aws_eip: "Its address is given back; whoever allows or knows it is cut off.",
  aws_instance: "It ends, and what is on its own disks goes with it.",
  aws_internet_gateway: "The network is cut off from the internet.",
  aws_lambda_function: "Calls fail until the new function is there.",
  aws_lb: "Open connections break and its address changes; requests fail until the new one is healthy.",
  aws_lb_listener: "Nothing listens on its port until the new one is there, and its rules go with it.",
  aws_lb_listener_rule: "Requests that it matches go elsewhere until the new one is there.",
  aws_lb_target_group: "Its targets get no requests until the new one has healthy ones.",
  aws_nat_gateway: "Connections from the private subnets to the internet break.",
  aws_route: "Packets to its destination are dropped until the new one is there.",
  aws_route53_record: "The name resolves to nothing until the new record is there, and caches keep the old one.",
  aws_route53_zone: "Every name in the zone stops resolving.",
  aws_route_table: "Its subnets lose their routes.",
  aws_route_table_association: "The subnet falls back to the network's main routes until the new one is there.",
  aws_service_discovery_private_dns_namespace: "Services do not find each other by name any more.",
  aws_service_discovery_service: "Callers do not find the service by its name until its tasks are registered again.",
  aws_subnet: "Whatever runs in it has to go first, and its addresses change.",
  aws_vpc: "The whole network goes, and everything that runs in it has to go first.",
  aws_vpc_endpoint: "Calls to the service behind it go another way, or fail, until the new one is there.",
};

export function loss(subject: Subject): readonly Judgement[] {
  const { action, type } = subject;
  if (action !== "destroy" && action !== "replace") {
    return [];
  }
  if (Object.hasOwn(DATA, type)) {
    return [{ severity: "danger", text: [...opening(subject), ` ${DATA[type]}`, ...emptiness(subject)] }];
  }
  if (Object.hasOwn(TRAFFIC, type)) {
    return [{ severity: "danger", text: [...opening(subject), ` ${TRAFFIC[type]}`] }];
  }
  return [];
}

function opening({ action, type, replacedBy }: Subject): Text {
  const [cause] = replacedBy;
  if (action === "destroy") {
    return text`${type} is destroyed.`;
  }
  return cause === undefined
    ? text`${type} is replaced.`
    : text`${type} is replaced, because ${cause} cannot change in place.`;
}

/** S3 itself refuses to delete a bucket with something in it, unless Terraform may empty it first. */
function emptiness({ type, before }: Subject): Text {
  if (type !== "aws_s3_bucket" || at(before, "force_destroy") === true) {
    return [];
  }
  return text` (Its ${"force_destroy"} is off, so this fails while anything is in it.)`;
}
