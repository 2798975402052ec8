import { ACCESS, access } from "./attention/access/access.ts";
import { isBucketDestroyed } from "./attention/bucket.ts";
import { oncePerPlan, PlanContext, reading, type Unchanged } from "./attention/context.ts";
import { continuedByArgument, inOneForm } from "./attention/forms.ts";
import { loss, unlistedLoss } from "./attention/loss/loss.ts";
import { NETWORK, network } from "./attention/network/network.ts";
import { byName } from "./attention/protection/by-name.ts";
import { readdedGuard } from "./attention/protection/guards.ts";
import { PROTECTION, protection } from "./attention/protection/protection.ts";
import { provisioners } from "./attention/provisioners.ts";
import { PUBLIC, publicAccess } from "./attention/public/public.ts";
import { release } from "./attention/release.ts";
import { type Found, sensitiveFindings } from "./attention/sensitive.ts";
import { pathsIn } from "./attention/table.ts";
import { text } from "./attention/text.ts";
import { TRAFFIC, traffic } from "./attention/traffic/traffic.ts";
import { hasTwin } from "./attention/twins.ts";
import type { Finding, Kind, PlacedFinding } from "./model.ts";
import type { Subject } from "./subject.ts";
import { at, type Value } from "./values/value.ts";

/** Evaluates one resource in the context of its stack's plan. */
type Rule = (subject: Subject, context: PlanContext) => readonly Finding[];

const RULES: readonly { readonly kind: Kind; readonly rule: Rule }[] = [
  { kind: "loss", rule: loss },
  { kind: "public", rule: publicAccess },
  { kind: "network", rule: network },
  { kind: "access", rule: access },
  { kind: "protection", rule: protection },
  { kind: "traffic", rule: traffic },
  { kind: "release", rule: release },
  { kind: "unread", rule: provisioners },
];

/** The findings about a resource. */
export function findingsOf(subject: Subject, context: PlanContext): readonly PlacedFinding[] {
  const { stack, name, address } = subject;
  const found = evaluate(subject, context);
  const all = sensitiveFindings(subject, found, (revealed) => evaluate(revealed, context));
  return all.map(([kind, finding]) => ({ kind, stack, name, address, ...finding }));
}

/** Knowledge of the rules about all resources of a stack's plan. */
export function contextOf(subjects: readonly Subject[], unchanged: readonly Unchanged[]): PlanContext {
  const current = subjects.filter(({ deposed }) => deposed === undefined);
  return new PlanContext(current, unchanged);
}

function evaluate(subject: Subject, context: PlanContext): readonly Found[] {
  if (subject.deposed !== undefined) {
    return deposedObject(subject, context).map((finding) => ["loss", finding]);
  }
  const isTwin = hasTwin(subject, context);
  if (subject.action === "forget" || isTwin) {
    const [guard] = isTwin && subject.action === "destroy" ? foundByRules(subject, context).filter(isNoLoss) : [];
    const found: readonly Found[] = guard === undefined ? [] : [[guard[0], readdedGuard(subject)]];
    const lost = [...loss(subject, context), ...(found.length > 0 ? [] : unlistedLoss(subject))].slice(0, 1);
    return [...lost.map((finding): Found => ["loss", finding]), ...found];
  }
  const isRead = subject.action === "read";
  if ((subject.isData || isRead) && !(isRead && READ_TYPES.includes(subject.type))) {
    return [];
  }
  const continued = continuedByArgument(subject, context);
  if (continued !== undefined) {
    return [["loss", continued]];
  }
  const compared = inOneForm(subject, context);
  const found = foundByRules(compared, context);
  for (const finding of byName(compared, ruledPaths(subject.type))) {
    found.push(["protection", finding]);
  }
  return found.length > 0 || isPartOfDestroyed(subject, context)
    ? found
    : unlistedLoss(subject).map((finding) => ["loss", finding]);
}

/** Data sources that grant or run something when they are read during apply. */
const READ_TYPES: readonly string[] = ["aws_iam_policy_document", "external"];

function foundByRules(subject: Subject, context: PlanContext): Found[] {
  const found: Found[] = [];
  for (const { kind, rule } of RULES) {
    for (const finding of rule(subject, context)) {
      found.push([kind, finding]);
    }
  }
  return found;
}

function isNoLoss([kind]: Found): boolean {
  return kind !== "loss";
}

/** Paths of the arguments that rows are about, by type. */
const ruled = new Map<string, readonly string[]>();

function ruledPaths(type: string): readonly string[] {
  const paths =
    ruled.get(type) ?? [PUBLIC, NETWORK, ACCESS, PROTECTION, TRAFFIC].flatMap((table) => pathsIn(table, type));
  ruled.set(type, paths);
  return paths;
}

/** True for settings and objects of a destroyed bucket, items of a lost table, and values of a lost secret: its finding covers them. */
function isPartOfDestroyed(subject: Subject, context: PlanContext): boolean {
  const { type, before } = subject;
  if (type === "aws_secretsmanager_secret_version") {
    return lostSecrets(context).has(at(before, "secret_id"));
  }
  return type === "aws_dynamodb_table_item"
    ? lostTables(context).has(at(before, "table_name"))
    : /^aws_s3_(bucket_|object)/.test(type) && isBucketDestroyed(subject, context);
}

/** Names of the tables that a plan destroys or replaces. */
const lostTables = oncePerPlan((context) => lostOf(context, "aws_dynamodb_table", "name"));

/** ARNs of the secrets that a plan destroys or replaces. */
const lostSecrets = oncePerPlan((context) => lostOf(context, "aws_secretsmanager_secret", "id"));

function lostOf(context: PlanContext, type: string, name: string): ReadonlySet<Value | undefined> {
  const lost = context.ofType(type).filter(({ action }) => action === "destroy" || action === "replace");
  return new Set(lost.map(reading(({ before }) => at(before, name))));
}

/** Only a leftover of an interrupted replacement is destroyed or forgotten; other rules would describe the current object. */
function deposedObject(subject: Subject, context: PlanContext): readonly Finding[] {
  const old = text`The old ${subject.type} of an interrupted replacement`;
  return [{ severity: "note", text: [...old, ` ${endOfDeposed(subject, context)}`] }];
}

function endOfDeposed({ address, action, deposed }: Subject, context: PlanContext): string {
  if (action === "forget") {
    return "stays as it is, and Terraform no longer manages it.";
  }
  const current = currentActions(context).get(address.slice(0, -` (deposed ${deposed})`.length));
  const stays = current === undefined || !["create", "replace", "destroy"].includes(current);
  return stays ? "is destroyed; the current one stays." : "is destroyed.";
}

/** Actions on the current objects by their address. */
const currentActions = oncePerPlan(({ subjects }) => new Map(subjects.map(({ address, action }) => [address, action])));
