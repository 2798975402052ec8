import type { Finding } from "../../model.ts";
import type { Subject } from "../../subject.ts";
import { entryOf } from "../../values/entry.ts";
import { at, equal, isFields, isList, isNothing, listOf, type Value } from "../../values/value.ts";
import { hasNetworkRules } from "../network/network-rules.ts";
import { hasRoutes } from "../network/routes.ts";
import { isVast } from "../ranges.ts";
import { changeOf, elementPairs, fewer, isKnown, isOn, type Side, smaller } from "../table.ts";
import { text } from "../text.ts";
import { OLD_TLS } from "../tls.ts";
import { isKeyOfAws } from "./encryption.ts";

// Arguments without a rule of their own, of any provider, judged by their names.

/** A pattern for whole words of an argument's path, such as `tls` in `settings.tls_policy`. Spaces separate the words. */
function words(...lines: readonly string[]): RegExp {
  return new RegExp(`(^|[_.])(${lines.join(" ").replaceAll(" ", "|")})(?=[_.]|$)`);
}

/** Words of blocks, lists, and references that protect or record. */
const KEPT = [
  "alarms? audit\\w* authenti\\w* authori\\w* backups? boundary client_cert\\w* crl_config\\w* delete_retention_policy",
  "encrypt\\w* firewall network_policy",
  "logs? logging mfa protect\\w* redact\\w* required_\\w+ security_config\\w* revocation rotation_period signing",
  "sse tls_config tracing user_group_ids? waf",
] as const;

const SAFEGUARD_BLOCK = words(...KEPT);

/** Words of switches that protect or record while they are on. */
const SAFEGUARD = words(
  ...KEPT,
  "auth auto_\\w*(repair|updates?|upgrades?)\\w* auto_enable azure_policy\\w* block_\\w+ den(y|ies) enforce\\w*",
  "failover final_snapshot https integrity managed_virtual_network\\w*",
  "isolat\\w* kms lock metrics? monitor\\w* multi_(az|region) notifications? prevent\\w*",
  "private_(access|cluster|endpoint|network)\\w* proxied recover\\w* remediation replicat\\w* require\\w*",
  "restrict\\w* role_based\\w* rotat\\w* scan\\w* secure security(?!_groups?) shielded soft_delete snapshots_enabled",
  "ssl tls trac(e|es) uniform vtpm validat\\w* verif\\w* versioning xray",
);

/** Words of switches that let in or show more while they are on. */
const RISK = words(
  "anonymous\\w* api_stop api_termination basic_auth\\w* bypass classic_flow data_trace debug fail_open force_push insecure",
  "ip_forward\\w* local_accounts? local_auth\\w* no_password\\w* password_auth\\w* public\\w* shared_access_key skip_final_\\w+",
  "non_ssl non_tls unauthenticated unencrypted",
);

/** Words that turn the meaning of a switch around, as in `encryption_disabled`. */
const NEGATION = words("allow copy_tags disabled? exclude ignore no pause skip");

/** Words that make a switch with a risk a safeguard, as in `block_public_acls`. */
const AGAINST_RISK = words("block deny disabled? ignore prevent restrict");

const RETENTION = words("backups? keep recover\\w* retain\\w* retention");

const TLS = words("ssl tls");

/** Arguments with the ranges that requests may come from. */
const SOURCES = words(
  "allow\\w* authorized\\w* client_list ingress inbound remote_ip_prefix sources? source_\\w+ trusted whitelist",
);

/** Types whose arguments named `value` are sources. */
const FIREWALL = /_firewall$/;

/** Types whose ranges are sources. */
const INGRESS_RULE = /_ingress(_rule)?$/;

const DESTINATIONS = words("allowed_prefixes blocked den(y|ied) egress outbound");

/** Details of safeguards, which protect nothing themselves. */
const DETAIL = /_(description|format|prefix|time|version|window)$/;

/** Names that mean nothing on their own: the words of the block around them count, or those of the type. */
const BARE = /^(automatic|auto_\w+_enabled|days|enabled?|event_action|is_enabled|level|mode|state|status|type)$/;

/** Values for "off". */
const OFF = /^(disabled?|false|inactive|no_action|none|not_?enabled|not_?restricted|off|optional|suspended)$/i;

const REFUSING = /^(block|deny|drop|reject)$/i;
const ACCEPTING = /^(accept|allow|pass|permit)$/i;

/** Types whose arguments have no effect by themselves. */
const WITHOUT_EFFECT =
  /^(aws_ec2_traffic_mirror_filter_rule|null_resource|terraform_data|(local|random|time|tls)_\w+)$/;

/** Schemes of URLs, each after the one that encrypts. */
const SCHEMES: Readonly<Record<string, string>> = {
  amqps: "amqp",
  ftps: "ftp",
  https: "http",
  ldaps: "ldap",
  rediss: "redis",
  sftp: "ftp",
  wss: "ws",
};

/** Words of URLs that only people follow, and of checks. */
const WITHOUT_DATA = /(^|[._])(description|health_?check|home_?page|probe)/;

const PROTECTS_LESS = "Judging by its name, it protects or records less.";
const ALLOWS_MORE = "Judging by its name, it allows or shows more.";

/** Findings about arguments without a row in the tables; `ruled` are the paths with one. */
export function byName(subject: Subject, ruled: readonly string[]): readonly Finding[] {
  const { type, before, after, changed } = subject;
  if (after === undefined || WITHOUT_EFFECT.test(type) || hasNetworkRules(type) || hasRoutes(type)) {
    return [];
  }
  // The blocks of a new resource of AWS have rows.
  const isInteresting = (name: string) => before !== undefined || !type.startsWith("aws_") || mayBeUnsafe(name);
  const names = changed.filter((name) => !LABELS.test(name) && isInteresting(name));
  return names.flatMap((name) => compared(name, at(before, name), at(after, name), subject, ruled));
}

/** Maps whose keys are free. */
const LABELS = /(^|_)(annotations|labels|tags|tags_all)$/;

const worthALook = new Map<string, boolean>();

/** True for arguments of a new resource that may be unsafe. */
function mayBeUnsafe(argument: string): boolean {
  const known = worthALook.get(argument) ?? (SOURCES.test(argument) || RISK.test(argument));
  worthALook.set(argument, known);
  return known;
}

function compared(path: string, was: Side, is: Side, subject: Subject, ruled: readonly string[]): readonly Finding[] {
  if (equal(was, is) || !isKnown(was) || !isKnown(is)) {
    return [];
  }
  const found = judged(path, was, is, subject);
  if (found.length > 0 && !isRuled(path, ruled)) {
    return found;
  }
  return pairsIn(was, is).flatMap(([one, other]) => {
    const setting = settingOf(path, other ?? one, subject);
    return setting === undefined
      ? namesIn(one, other).flatMap((name) =>
          compared(`${path}.${name}`, at(one, name), at(other, name), subject, ruled),
        )
      : compared(`${path}.${setting}`, at(one, "value"), at(other, "value"), subject, ruled);
  });
}

/** The name of a block with a setting of a Helm chart, of Elastic Beanstalk, or of a database, such as `StreamLogs`. */
function settingOf(path: string, block: Side, { type }: Subject): string | undefined {
  const name = SETTINGS.get(type) === path ? at(block, "name") : undefined;
  return typeof name === "string" ? name : undefined;
}

const SETTINGS: ReadonlyMap<string, string> = new Map([
  ["aws_elastic_beanstalk_configuration_template", "setting"],
  ["aws_elastic_beanstalk_environment", "setting"],
  ["google_sql_database_instance", "settings.database_flags"],
  ["helm_release", "set"],
]);

/** True if a row is about the argument, a part of it, or the block around it. */
function isRuled(path: string, ruled: readonly string[]): boolean {
  return ruled.some((other) => other === path || other.startsWith(`${path}.`) || path.startsWith(`${other}.`));
}

/** Blocks on both sides; those of a removed list have no counterpart. */
function pairsIn(was: Side, is: Side): readonly (readonly [Side, Side])[] {
  if (isFields(was) || isFields(is)) {
    return [[was, is]];
  }
  if (![was, is].some((side) => isList(side) && side.some(isFields))) {
    return [];
  }
  return isNothing(is) ? listOf(was).map((one) => [one, undefined]) : elementPairs(listOf(was), listOf(is));
}

/** Arguments of blocks. Keys of maps and of JSON, which have other forms, are not arguments. */
function namesIn(one: Side, other: Side): readonly string[] {
  const names = [one, other].flatMap((side) => (isFields(side) ? Object.keys(side) : []));
  return [...new Set(names)].filter((name) => /^[a-z][a-z0-9_]*$/.test(name) && !LABELS.test(name));
}

function judged(path: string, was: Side, is: Side, subject: Subject): readonly Finding[] {
  const isSource =
    SOURCES.test(path) ||
    (FIREWALL.test(subject.type) && path.endsWith(".value")) ||
    (INGRESS_RULE.test(subject.type) && path.startsWith("cidr"));
  const range = isSource && !DESTINATIONS.test(path) ? newVastRange(was, is) : undefined;
  if (range !== undefined) {
    return [{ severity: "danger", text: text`${path} allows ${range}: anyone on the internet can reach it.` }];
  }
  const meaning = meaningOf(path, was, is, subject);
  return meaning === undefined
    ? []
    : [{ severity: "caution", text: [...changeOf(path, was, is, subject), ` ${meaning}`] }];
}

/** The last word of a path in the form of an argument, and the one before it if it means nothing on its own. */
function meaningful(path: string, type: string): string {
  const [last = "", around = type] = path
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .split(".")
    .reverse();
  return BARE.test(last) ? `${around}.${last}` : last;
}

function newVastRange(was: Side, is: Side): string | undefined {
  const isRange = (value: Value) => typeof value === "string" && isVast(value);
  return listOf(was).some(isRange) ? undefined : (listOf(is).find(isRange) as string | undefined);
}

function meaningOf(path: string, was: Side, is: Side, { type, before }: Subject): string | undefined {
  const { isGood, isBad, isKept, isKeptFor, isTls } = verdictOn(meaningful(path, type));
  if (isBad && isOn(is) && !isOn(was)) {
    return ALLOWS_MORE;
  }
  if (before === undefined) {
    return undefined;
  }
  if (isGood && (isOn(was) ? !isOn(is) && isSwitch(is) : isWord(was) && !isOff(was) && isWord(is) && isOff(is))) {
    return PROTECTS_LESS;
  }
  if (isGood && (isKept || /(^|[._])kms_\w+$/.test(path)) && loses(was, is)) {
    return PROTECTS_LESS;
  }
  if (REFUSING.test(String(was)) && ACCEPTING.test(String(is))) {
    return ALLOWS_MORE;
  }
  if (losesEncryption(was, is) && !WITHOUT_DATA.test(`${type}.${path}`)) {
    return "Data may be sent unencrypted.";
  }
  if (isKeptFor && smaller(was, is)) {
    return "What is older may be deleted.";
  }
  if (isTls && versionIn(is) < versionIn(was)) {
    return OLD_TLS;
  }
  return /^(enabled?|is_enabled)$/.test(path) && isOn(was) && !isOn(is) ? "It is switched off." : undefined;
}

interface Verdict {
  /** A switch that protects while it is on. */
  readonly isGood: boolean;
  /** A switch that lets in or shows more while it is on. */
  readonly isBad: boolean;
  /** A block, list, or reference that protects while it exists. */
  readonly isKept: boolean;
  /** A number of days or copies. */
  readonly isKeptFor: boolean;
  readonly isTls: boolean;
}

/** A plan has few arguments, but many resources with each of them. */
const verdicts = new Map<string, Verdict>();

function verdictOn(name: string): Verdict {
  const known = verdicts.get(name);
  if (known !== undefined) {
    return known;
  }
  const [isRisk, isSafeguard] = [RISK.test(name), SAFEGUARD.test(name)];
  const isNegated = (isRisk ? AGAINST_RISK : NEGATION).test(name);
  const verdict = {
    isGood: isRisk ? isNegated : isSafeguard && !isNegated,
    isBad: isRisk ? !isNegated : isSafeguard && isNegated,
    isKept: SAFEGUARD_BLOCK.test(name) && !DETAIL.test(name),
    isKeptFor: RETENTION.test(name),
    isTls: TLS.test(name),
  };
  verdicts.set(name, verdict);
  return verdict;
}

function isSwitch(value: Side): boolean {
  return isNothing(value) || typeof value === "boolean" || isWord(value);
}

function isWord(value: Side): boolean {
  return typeof value === "string" && value !== "";
}

function isOff(value: Side): boolean {
  return OFF.test(String(value));
}

/** True for a block, list, or reference that is removed or loses elements; a key of AWS's own protects no more than none. */
function loses(was: Side, is: Side): boolean {
  return isList(was)
    ? isNothing(is) || (was.some(isFields) ? listOf(is).length < was.length : fewer(was, is))
    : !isNothing(was) && isNothing(is) && !isKeyOfAws(was);
}

/** True for a URL or a protocol that encrypts, in whose place one comes that does not. */
function losesEncryption(was: Side, is: Side): boolean {
  const scheme = schemeOf(is);
  return (
    (scheme !== undefined && entryOf(SCHEMES, schemeOf(was) ?? "") === scheme) ||
    (/^(https|ssl|tls)$/i.test(String(was)) && /^(http|tcp)$/i.test(String(is)))
  );
}

/** The scheme of a URL. */
function schemeOf(value: Side): string | undefined {
  return /^([a-z]+):\/\//i.exec(String(value))?.[1]?.toLowerCase();
}

/** The first version in a value such as `TLS1_2`; NaN without one. */
function versionIn(value: Side): number {
  const [, major, minor] = /(\d)[._](\d)/.exec(String(value)) ?? [];
  return Number(`${major}.${minor}`);
}
