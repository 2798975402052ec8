import type { Subject } from "../subject.ts";
import { isFields, isNothing, UNKNOWN, type Value } from "../values/value.ts";
import { oncePerPlan, type PlanContext, reading } from "./context.ts";

// Resources that get another address without a `moved` block: one is destroyed, and an equal one is created.

/**
 * True for a resource that is destroyed while the plan creates an equal one, or the other way around. If it creates more than it
 * destroys, some of them are new.
 */
export function hasTwin(subject: Subject, context: PlanContext): boolean {
  const { type, action } = subject;
  const twins = action === "create" || action === "destroy" ? twinsByType(context).get(type) : undefined;
  if (twins === undefined) {
    return false;
  }
  return action === "create"
    ? isKnown(subject) && isContinued(subject.after, twins)
    : [...twins.destroyed.keys()].some((names) => countIn(twins.created, names, subject.before) > 0);
}

function isContinued(side: Value | undefined, { created, destroyed }: Twins): boolean {
  const names = namesIn(side);
  return countIn(destroyed, names, side) >= Math.max(1, countIn(created, names, side));
}

/** Number of resources by the names and then by the values of their arguments, both as text. */
type Index = Map<string, Map<string, number>>;

interface Twins {
  readonly created: Index;
  readonly destroyed: Index;
}

/** The resources of each type of which the plan creates some and destroys others. */
const twinsByType = oncePerPlan((context) => {
  const found = new Map<string, Twins>();
  for (const type of context.types) {
    const created = context.ofType(type).filter(({ action }) => action === "create");
    const destroyed = context.ofType(type).filter(({ action }) => action === "destroy");
    if (created.length > 0 && destroyed.length > 0) {
      found.set(type, twinsOf(created, destroyed));
    }
  }
  return found;
});

/** Sets of known arguments of a type that are compared; each one costs a pass over all destroyed resources. */
const MAX_NAMES = 50;

function twinsOf(created: readonly Subject[], destroyed: readonly Subject[]): Twins {
  const twins: Twins = { created: new Map(), destroyed: new Map() };
  for (const subject of created) {
    reading((one) => isKnown(one) && add(twins.created, namesIn(one.after), one.after))(subject);
  }
  for (const names of [...twins.created.keys()].slice(0, MAX_NAMES)) {
    for (const subject of destroyed) {
      reading(({ before }) => add(twins.destroyed, names, before))(subject);
    }
  }
  return twins;
}

function add(index: Index, names: string, side: Value | undefined): void {
  const values = valuesOf(side, names);
  if (values !== undefined) {
    const counts = index.get(names) ?? new Map<string, number>();
    index.set(names, counts.set(values, (counts.get(values) ?? 0) + 1));
  }
}

function countIn(index: Index, names: string, side: Value | undefined): number {
  const values = valuesOf(side, names);
  return values === undefined ? 0 : (index.get(names)?.get(values) ?? 0);
}

/** True if all arguments that the code sets are known. Without the code, only an ID and an ARN may be unknown. */
function isKnown({ after, configured: { attributes } }: Subject): boolean {
  const mayBeUnknown = (name: string) =>
    attributes.length > 0 ? !attributes.includes(name) : name === "id" || name === "arn";
  return isFields(after) && Object.keys(after).every((name) => after[name] !== UNKNOWN || mayBeUnknown(name));
}

/** Names of the arguments that are known before apply, even if they are not set; without labels. */
function namesIn(side: Value | undefined): string {
  return isFields(side)
    ? Object.keys(side)
        .filter((name) => side[name] !== UNKNOWN && !/^(tags|tags_all|timeouts)$/.test(name))
        .sort()
        .join()
    : "";
}

/** Undefined if a value is unknown or sensitive. */
function valuesOf(side: Value | undefined, names: string): string | undefined {
  const values = names.split(",").map((name) => (isFields(side) && !isNothing(side[name]) ? side[name] : null));
  const text = JSON.stringify(values, (_name, value) => (typeof value === "bigint" ? String(value) : value));
  return /\{"(sensitive|unknown)":true\}/.test(text) ? undefined : text;
}
