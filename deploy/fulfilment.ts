import { type ResourceChange, readPlan } from "../review/plan-file.ts";
import { PLACEHOLDER_ADDRESS, PLACEHOLDER_MARK } from "../review/plans.ts";

// A plan that was reviewed while its upstream was not applied cannot be applied itself: placeholders stand in it. What is planned once
// the upstream is there may be applied when it is the same plan with the placeholders filled in.

/** Whether a plan changes anything: resources, what the state calls them, or outputs that other stacks read. */
export async function changesAnything(plan: string): Promise<boolean> {
  for await (const part of readPlan(plan)) {
    const change = part.kind === "resource" ? part.resource.change : part.kind === "output" ? part.change : undefined;
    if (
      change !== undefined &&
      (isChange(change.actions) || (part.kind === "resource" && isTakenOver(part.resource)))
    ) {
      return true;
    }
  }
  return false;
}

/** Whether a resource stays as it is, and only the state gets it, or gets it under another name. */
function isTakenOver({ previous_address: formerName, change }: ResourceChange): boolean {
  return formerName !== undefined || Boolean(change.importing);
}

/** Where a plan does something else than the reviewed one said, a line for each place; values stay out, some are secret. */
export async function deviations(reviewed: string, actual: string): Promise<readonly string[]> {
  const [expected, found] = [await changesOf(reviewed), await changesOf(actual)];
  const addresses = [...new Set([...expected.keys(), ...found.keys()])].sort();
  return addresses.flatMap((address) => {
    const [before, now] = [expected.get(address), found.get(address)];
    if (before === undefined || now === undefined || String(before.actions) !== String(now.actions)) {
      return [`${address}: reviewed was ${inWords(before)}, planned is now ${inWords(now)}`];
    }
    return differing(before.after, now.after, before.after_unknown, now.after_unknown, "").map(
      (path) => `${address}: ${path} is planned otherwise than it was reviewed`,
    );
  });
}

type Change = ResourceChange["change"];

async function changesOf(plan: string): Promise<Map<string, Change>> {
  const changes = new Map<string, Change>();
  for await (const part of readPlan(plan)) {
    if (part.kind === "resource" && part.resource.mode === "managed" && isChange(part.resource.change.actions)) {
      changes.set([part.resource.address, part.resource.deposed].filter(Boolean).join(" "), part.resource.change);
    }
  }
  return changes;
}

function isChange(actions: readonly string[]): boolean {
  return actions.some((action) => action !== "no-op" && action !== "read");
}

function inWords(change: Change | undefined): string {
  return change === undefined ? "no change" : change.actions.join(" and ");
}

/** Paths at which what is planned is not what was reviewed, or is not known any more. */
function differing(
  reviewed: unknown,
  actual: unknown,
  wasUnknown: unknown,
  isUnknown: unknown,
  path: string,
): string[] {
  if (wasUnknown === true) {
    return [];
  }
  if (isPlaceholder(reviewed)) {
    return isUnknown !== true && fills(reviewed, actual) ? [] : [path];
  }
  const [before, now] = [unpacked(reviewed), unpacked(actual)];
  if (Array.isArray(before) && Array.isArray(now)) {
    return sameMembers(before, now, wasUnknown, isUnknown) ? [] : [path];
  }
  if (isObject(before) && isObject(now)) {
    const names = new Set([...Object.keys(before), ...Object.keys(now), ...Object.keys(isUnknown ?? {})]);
    return [...names].flatMap((name) =>
      differing(before[name], now[name], inside(wasUnknown, name), inside(isUnknown, name), join(path, name)),
    );
  }
  return isUnknown !== true && (before ?? null) === (now ?? null) ? [] : [path];
}

/** Sets come in any order, and a placeholder may have stood elsewhere in it than its value does. */
function sameMembers(reviewed: unknown[], actual: unknown[], wasUnknown: unknown, isUnknown: unknown): boolean {
  if (reviewed.some(isPlaceholder)) {
    return reviewed
      .filter((member) => !isPlaceholder(member))
      .every((member) => actual.some((one) => equal(member, one)));
  }
  if (reviewed.length !== actual.length) {
    return false;
  }
  const left = actual.map((member, index) => ({ member, unknown: inside(isUnknown, index) }));
  return reviewed.every((member, index) => {
    const match = left.findIndex(
      (one) => differing(member, one.member, inside(wasUnknown, index), one.unknown, "").length === 0,
    );
    if (match >= 0) {
      left.splice(match, 1);
    }
    return match >= 0;
  });
}

function equal(one: unknown, other: unknown): boolean {
  return differing(one, other, undefined, undefined, "").length === 0;
}

/** Text that is a placeholder, or has one inside without being JSON that can be looked into. */
function isPlaceholder(value: unknown): value is string {
  return typeof value === "string" && PLACEHOLDER.test(value) && typeof unpacked(value) === "string";
}

/**
 * A placeholder with what may be joined to it: an ARN's other parts, a path, a port. Of an address nothing is joined: how wide a
 * range is was reviewed.
 */
const PLACEHOLDER = new RegExp(
  `[\\w.:/@*-]*${PLACEHOLDER_MARK}[\\w.:/@*-]*|(?<address>${RegExp.escape(PLACEHOLDER_ADDRESS)}\\d{1,3})`,
);

/** Whether a value is the reviewed text with something in place of its placeholders; what is around them stays. */
function fills(reviewed: string, actual: unknown): boolean {
  let [pattern, rest] = ["", reviewed];
  for (let found = PLACEHOLDER.exec(rest); found !== null; found = PLACEHOLDER.exec(rest)) {
    const filled = found.groups?.address === undefined ? ".*" : "[\\d.]+";
    pattern += RegExp.escape(rest.slice(0, found.index)) + filled;
    rest = rest.slice(found.index + found[0].length);
  }
  return new RegExp(`^${pattern}${RegExp.escape(rest)}$`, "s").test(String(actual));
}

/** Policies, containers and dashboards are JSON in strings. */
function unpacked(value: unknown): unknown {
  if (typeof value !== "string" || !/^[[{]/.test(value)) {
    return value;
  }
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function inside(tree: unknown, key: string | number): unknown {
  return tree === true ? true : isObject(tree) ? tree[key] : undefined;
}

function isObject(value: unknown): value is Record<string | number, unknown> {
  return typeof value === "object" && value !== null;
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
