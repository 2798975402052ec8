import { readPlan } from "../review/plan/file.ts";
import type { ResourceChange, ResourceHead } from "../review/plan/format.ts";
import { MOCK_ADDRESS, MOCK_MARK } from "../review/plan/plans.ts";

// A plan that was reviewed before its upstream was applied contains mock outputs and cannot be applied. The plan that is made
// once the upstream is applied may be applied if it is the reviewed plan with real values in place of the mock outputs.

/** Returns true for a plan that changes resources, their addresses in the state, or outputs that other stacks read. */
export async function hasChanges(plan: string): Promise<boolean> {
  for await (const part of readPlan(plan)) {
    const change = part.kind === "resource" ? part.head.change : part.kind === "output" ? part.change : undefined;
    if (
      change !== undefined &&
      (isChange(change.actions) || (part.kind === "resource" && isImportedOrMoved(part.head)))
    ) {
      return true;
    }
  }
  return false;
}

/** Returns true for a resource that does not change but is imported or moved in the state. */
function isImportedOrMoved({ previous_address: formerName, change }: ResourceHead): boolean {
  return formerName !== undefined || Boolean(change.importing);
}

/** Lists the places where a plan differs from the reviewed one, one line each. Values are left out, because they may be secret. */
export async function differences(reviewed: string, actual: string): Promise<readonly string[]> {
  const [expected, found] = [await changesOf(reviewed), await changesOf(actual)];
  const addresses = [...new Set([...expected.keys(), ...found.keys()])].sort();
  return addresses.flatMap((address) => {
    const [before, now] = [expected.get(address), found.get(address)];
    if (before === undefined || now === undefined || String(before.actions) !== String(now.actions)) {
      return [`${address}: the reviewed plan has ${describeActions(before)}, the new one ${describeActions(now)}`];
    }
    return differing(before.after, now.after, before.after_unknown, now.after_unknown, "").map(
      (path) => `${address}: ${path} differs from the reviewed plan`,
    );
  });
}

type Change = ResourceChange["change"];

async function changesOf(plan: string): Promise<Map<string, Change>> {
  const changes = new Map<string, Change>();
  for await (const part of readPlan(plan)) {
    if (part.kind === "resource" && part.head.mode === "managed" && isChange(part.head.change.actions)) {
      changes.set([part.head.address, part.head.deposed].filter(Boolean).join(" "), part.read().change);
    }
  }
  return changes;
}

function isChange(actions: readonly string[]): boolean {
  return actions.some((action) => action !== "no-op" && action !== "read");
}

function describeActions(change: Change | undefined): string {
  return change === undefined ? "no change" : change.actions.join(" and ");
}

/** Paths whose planned value differs from the reviewed one or is no longer known. */
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
  if (isMock(reviewed)) {
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

/** Compares regardless of order: sets have none, and a mock output may sort differently from the real value. */
function sameMembers(reviewed: unknown[], actual: unknown[], wasUnknown: unknown, isUnknown: unknown): boolean {
  if (reviewed.some(isMock)) {
    return reviewed.filter((member) => !isMock(member)).every((member) => actual.some((one) => equal(member, one)));
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

/** Returns true for text that is or contains a mock output, unless it is JSON whose parts can be compared one by one. */
function isMock(value: unknown): value is string {
  return typeof value === "string" && MOCK.test(value) && typeof unpacked(value) === "string";
}

/**
 * A mock output together with the text joined to it: the other parts of an ARN, a path, a port. An address is compared
 * without the prefix length after it, which was reviewed and must not change.
 */
const MOCK = new RegExp(`[\\w.:/@*-]*${MOCK_MARK}[\\w.:/@*-]*|(?<address>${RegExp.escape(MOCK_ADDRESS)}\\d{1,3})`);

/** Returns true if the value is the reviewed text except for its mock outputs. */
function fills(reviewed: string, actual: unknown): boolean {
  let [pattern, rest] = ["", reviewed];
  for (let found = MOCK.exec(rest); found !== null; found = MOCK.exec(rest)) {
    const filled = found.groups?.address === undefined ? ".*" : "[\\d.]+";
    pattern += RegExp.escape(rest.slice(0, found.index)) + filled;
    rest = rest.slice(found.index + found[0].length);
  }
  return new RegExp(`^${pattern}${RegExp.escape(rest)}$`, "s").test(String(actual));
}

/** Parses JSON in strings, such as policies, container definitions, and dashboards. */
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
