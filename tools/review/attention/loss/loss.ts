import type { Finding, Text } from "../../model.ts";
import type { Subject } from "../../subject.ts";
import { entryOf } from "../../values/entry.ts";
import { at, isNothing } from "../../values/value.ts";
import type { PlanContext } from "../context.ts";
import { isContinuedRoute } from "../network/routes.ts";
import { isOn } from "../table.ts";
import { list, text } from "../text.ts";
import { DATA, PLACES, TRAFFIC } from "./losses.ts";

// Losses caused by a replacement or destruction. losses.ts has them by type.

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
  const moved = replacedBy.find((argument) => entryOf(PLACES, type)?.includes(argument) && isOther(subject, argument));
  const isGapless = order === "create, then destroy" && moved === undefined && always === undefined;
  return effect === undefined
    ? []
    : [
        {
          severity: isGapless ? "caution" : "danger",
          text: [
            ...opening(subject),
            ...(action === "destroy"
              ? [` ${effect}.`]
              : moved !== undefined
                ? [` ${effect}, because the replacement has another `, ...text`${moved}.`]
                : order === "create, then destroy"
                  ? [" The replacement is created first."]
                  : [` ${effect} until the replacement is ready.`]),
            ...(always === undefined || action === "destroy" ? [] : [` ${always}`]),
          ],
        },
      ];
}

/** True for an argument with another known value. A value that is known only after apply belongs to something that is replaced, too. */
function isOther({ before, after }: Subject, argument: string): boolean {
  const value = at(after, argument);
  return typeof value === "string" && value !== at(before, argument);
}

/** Words in the names of types that are likely to hold data, of any provider. */
const LIKELY_DATA =
  /(database|dataset|datastore|db_|_db$|sql|spanner|firestore|redis|cache|schema|storage|bucket|disk|volume|table|snapshot|backup|vault|filesystem|file_system|file_share|_queue|^_mount$|eventhub|registry|repository|cluster|namespace|resource_group|^_project$|virtual_machine|compute_instance|droplet|_secret|_key$|persistent)/;

/** Types that only connect, share, or configure what holds the data. */
const WITHOUT_DATA =
  /_(acl|(api|plan|public)_key|access|alias|association|attachment|binding|capacity_providers|configuration|connection|endpoint|engine_version|environment|export|extension|grant|insights|manager|match_set|member|notification|optimizer|(option|parameter|security|subnet|user)_group|permission|policy(_\w+)?|proxy|restore|roles?|rotation|selection|rules?|scope|settings?|subscription|tag|target|template|user|webhook)$|datasync_location_/;

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

/** Types that each network or account has from the start. Source: "aws_default_vpc" and its siblings in the provider's documentation. */
const DEFAULTS = /^aws_default_(network_acl|route_table|security_group|vpc_dhcp_options)$/;

/** Certificates, which AWS deletes only if nothing uses them. Sources: DeleteCertificate, DeleteServerCertificate in the API references. */
const CERTIFICATES = /^aws_(acm_certificate|iam_server_certificate)$/;

/** Values of a secret: a replacement is a change of the value, of which the service keeps the old one for a while. */
const REVISIONS = /_secret_version$/;

/** Types whose value exists only in the state. */
const GENERATED = /^(random_\w+|tls_private_key)$/;

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
  if (action === "destroy" && DEFAULTS.test(type)) {
    return [{ severity: "note", text: [...opening(subject), " AWS keeps it, and Terraform no longer manages it."] }];
  }
  if (type === "aws_dynamodb_table_item") {
    return action === "replace"
      ? [{ severity: "note", text: [...opening(subject), " The item is written again."] }]
      : [{ severity: "caution", text: [...opening(subject), " The item is deleted from its table."] }];
  }
  if (REVISIONS.test(type)) {
    return [{ severity: "caution", text: [...opening(subject), " The secret loses this value."] }];
  }
  if (GENERATED.test(type)) {
    const effect = action === "replace" ? " Another value is generated." : " Its value is lost.";
    return [{ severity: "note", text: [...opening(subject), effect] }];
  }
  const lost = action === "destroy" ? namedLoss(subject) : undefined;
  if (lost !== undefined) {
    return [{ severity: "note", text: [...opening(subject), ...lost] }];
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

/** The name of a parameter or object; the provider deletes every version of an object that has a version. */
function namedLoss({ type, before }: Subject): Text | undefined {
  const [name, key] = [at(before, "name"), at(before, "key")];
  if (type === "aws_ssm_parameter" && typeof name === "string") {
    return text` The parameter ${name} and its earlier values are lost.`;
  }
  if (/^aws_s3_(bucket_)?object(_copy)?$/.test(type) && typeof key === "string") {
    const versions = isNothing(at(before, "version_id")) ? "." : " with all its versions.";
    return [...text` The object ${key} in ${at(before, "bucket") ?? null} is deleted`, versions];
  }
  return undefined;
}

/** The argument because of which a provider leaves an object where it is. */
function keptBy({ type, before }: Subject): string | undefined {
  if (at(before, "skip_destroy") === true && !EVALUATED_ELSEWHERE.test(type)) {
    return "skip_destroy";
  }
  if (type === "github_repository" && isOn(at(before, "archive_on_destroy"))) {
    return "archive_on_destroy";
  }
  if (type === "aws_eks_addon" && at(before, "preserve") === true) {
    return "preserve";
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
