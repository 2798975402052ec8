import type { Configured, ResourceChange } from "./plan-file.ts";
import { type BeforeAndAfter, sidesOf } from "./value.ts";

/** What happens to a resource. `forget` leaves it in AWS, where Terraform knows of it no more. */
export const ACTIONS = ["destroy", "replace", "forget", "update", "create", "import", "move", "read"] as const;

export type Action = (typeof ACTIONS)[number];

/** A resource that a plan does something to. */
export interface Subject extends BeforeAndAfter {
  readonly stack: string;
  /** Its construct path, where it stands in the code. */
  readonly name: string;
  readonly address: string;
  readonly type: string;
  readonly action: Action;
  /** The address until now, where it moves. */
  readonly movedFrom: string | undefined;
  /** Attributes whose change cannot be made in place. */
  readonly replacedBy: readonly string[];
  /** What the code says; all other attributes are for AWS and its provider to say. */
  readonly configured: Configured;
}

export interface Naming {
  readonly stack: string;
  /** Construct path by address; see `plans.ts`. */
  readonly constructs: Readonly<Record<string, string>>;
}

/** Undefined for a resource that stays as it is and where it is. */
export function subjectOf(
  resource: ResourceChange,
  { stack, constructs }: Naming,
  keep: (secret: unknown) => void,
): Omit<Subject, "configured"> | undefined {
  const { address, type, change, previous_address: movedFrom } = resource;
  const action = actionOf(resource);
  if (action === undefined) {
    return undefined;
  }
  return {
    stack,
    name: nameOf(resource, stack, constructs),
    address: resource.deposed === undefined ? address : `${address} (deposed ${resource.deposed})`,
    type,
    action,
    movedFrom,
    replacedBy: [...new Set((change.replace_paths ?? []).map(([attribute]) => String(attribute)))].sort(),
    ...sidesOf(change, keep),
  };
}

function actionOf({ change: { actions, importing }, previous_address: movedFrom }: ResourceChange): Action | undefined {
  const has = (action: (typeof actions)[number]) => actions.includes(action);
  if (has("delete")) {
    return has("create") ? "replace" : "destroy";
  }
  if (has("forget")) {
    return has("create") ? "replace" : "forget";
  }
  if (has("update") || has("create") || has("read")) {
    return has("update") ? "update" : has("create") ? "create" : "read";
  }
  return importing ? "import" : movedFrom === undefined ? undefined : "move";
}

/** The construct path; for what is no longer in the code, what cdktf's name for it tells of that path. */
function nameOf(
  { address, index }: Pick<ResourceChange, "address" | "index">,
  stack: string,
  constructs: Naming["constructs"],
): string {
  const suffix = index === undefined ? "" : `[${JSON.stringify(index)}]`;
  const whole = suffix !== "" && address.endsWith(suffix) ? address.slice(0, -suffix.length) : address;
  if (Object.hasOwn(constructs, whole)) {
    return constructs[whole] + suffix;
  }
  const [, id] = /^[\w-]+\.([\w-]+)_[0-9A-F]{8}$/.exec(whole) ?? [];
  return id === undefined ? address : `${stack}/${id.replaceAll("_", "/")}${suffix}`;
}
