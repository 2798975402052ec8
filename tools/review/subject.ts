import { REASONS } from "./plan/action-reasons.ts";
import type { Change, ResourceHead } from "./plan/format.ts";
import type { Configured, ResourcePart } from "./plan/part.ts";
import { OPEN } from "./plan/unknown-properties.ts";
import { type MarkedSides, markChangesOf, revealedSidesOf, sidesOf } from "./sides.ts";
import { entryOf } from "./values/entry.ts";
import type { MarkChange } from "./values/masks.ts";
import { stepTo } from "./values/path.ts";
import { type BeforeAndAfter, changedAttributes, stringify, type Value } from "./values/value.ts";

/** The action on a resource. `forget` removes it from the state and leaves it in AWS. */
export const ACTIONS = ["destroy", "replace", "forget", "update", "create", "import", "move", "read"] as const;

export type Action = (typeof ACTIONS)[number];

/** Steps of a replacement. `create, then forget` leaves the old object in AWS, unmanaged. */
export const ORDERS = ["destroy, then create", "create, then destroy", "create, then forget"] as const;

export type Order = (typeof ORDERS)[number];

export interface Naming {
  readonly stack: string;
  /** Construct paths by address; see `plans-index.ts`. */
  readonly constructs: Readonly<Record<string, string>>;
}

/** Returns undefined for a resource without a change. */
export function subjectOf(part: ResourcePart, naming: Naming, configured: () => Configured): Subject | undefined {
  const action = actionOf(part.head);
  return action === undefined ? undefined : new PlannedResource(part, action, naming, configured);
}

/** A resource that a plan changes. */
export type Subject = Pick<PlannedResource, keyof PlannedResource>;

/** Its values are read when they are needed and kept until they are released. */
class PlannedResource implements BeforeAndAfter {
  readonly stack: string;
  /** Construct path, or the address if there is none. */
  readonly name: string;
  readonly address: string;
  readonly type: string;
  /** True for data sources, which have the arguments of something that exists. */
  readonly isData: boolean;
  readonly action: Action;
  /** Key of the deposed object; the current object of the address is another one. */
  readonly deposed: string | undefined;
  /** The address in the state when the resource moves. */
  readonly movedFrom: string | undefined;
  /** ID of the existing object that is imported. */
  readonly importedAs: string | undefined;
  readonly order: Order | undefined;
  readonly reason: string | undefined;
  /** Paths that cannot change in place, without list positions. */
  readonly replacedBy: readonly string[];
  readonly #read: ResourcePart["read"];
  readonly #configured: () => Configured;
  #change: Change | undefined;
  #sides: MarkedSides | undefined;
  #changed: readonly string[] | undefined;

  constructor({ head, read }: ResourcePart, action: Action, naming: Naming, configured: () => Configured) {
    const { address, mode, type, change, deposed, previous_address, action_reason } = head;
    const suffix = deposed === undefined ? "" : ` (deposed ${deposed})`;
    this.stack = naming.stack;
    this.name = nameOf(head, naming) + suffix;
    this.address = address + suffix;
    this.type = type;
    this.isData = mode === "data";
    this.action = action;
    this.deposed = deposed;
    this.movedFrom = previous_address === address ? undefined : previous_address;
    this.importedAs = importedAs(change);
    this.order = action === "replace" ? orderOf(change.actions) : undefined;
    this.reason = action_reason === undefined ? undefined : entryOf(REASONS, action_reason);
    this.replacedBy = [...new Set((change.replace_paths ?? []).map(pathWithoutPositions))].sort();
    this.#read = read;
    this.#configured = configured;
  }

  get before(): Value | undefined {
    return this.#values.before;
  }

  get after(): Value | undefined {
    return this.#values.after;
  }

  /** Names of the attributes that differ between both sides. */
  get changed(): readonly string[] {
    this.#changed ??= changedAttributes(this.#values);
    return this.#changed;
  }

  /** Both sides with visible sensitive values, which no output may show. Undefined if there are none. */
  get revealed(): BeforeAndAfter | undefined {
    return this.#values.isMarked ? revealedSidesOf(this.#planned) : undefined;
  }

  /** Parts that become sensitive, or are no longer sensitive after apply. */
  get markChanges(): readonly { readonly path: string; readonly mark: MarkChange["mark"] }[] {
    return this.#values.isMarked
      ? markChangesOf(this.#planned, this.#values).map(({ path, mark }) => ({ path: pathWithoutPositions(path), mark }))
      : [];
  }

  /** The configuration of the resource; AWS or the provider sets all other attributes. */
  get configured(): Configured {
    return this.#configured();
  }

  /** Forgets the values until they are needed again. A long plan would not fit into memory with all of its values. */
  release(): void {
    this.#change = undefined;
    this.#sides = undefined;
    this.#changed = undefined;
  }

  get #planned(): Change {
    this.#change ??= this.#read().change;
    return this.#change;
  }

  get #values(): MarkedSides {
    this.#sides ??= sidesOf(this.#planned, () => {});
    return this.#sides;
  }
}

function actionOf({ change: { actions, importing }, previous_address: movedFrom }: ResourceHead): Action | undefined {
  const has = (action: string) => actions.includes(action);
  if (has("delete") || has("forget")) {
    return has("create") ? "replace" : has("delete") ? "destroy" : "forget";
  }
  if (has("create") || has("update")) {
    return has("update") ? "update" : "create";
  }
  if (has("read")) {
    return "read";
  }
  if (actions.some((action) => action !== "no-op" && action !== OPEN)) {
    return "update"; // an action of a later Terraform version; the reader reports it as unknown
  }
  return importing ? "import" : movedFrom === undefined ? undefined : "move";
}

function orderOf(actions: readonly string[]): Order {
  if (actions.includes("forget")) {
    return "create, then forget";
  }
  return actions[0] === "create" ? "create, then destroy" : "destroy, then create";
}

function importedAs({ importing }: ResourceHead["change"]): string | undefined {
  if (!importing) {
    return undefined;
  }
  return importing.id || (importing.identity === undefined ? "unknown" : stringify(importing.identity));
}

function pathWithoutPositions(path: readonly (string | number)[]): string {
  return path.filter((step) => typeof step === "string").reduce(stepTo, "");
}

/** The construct path. For resources no longer in the code, the part of it that cdktf encodes in the resource name. */
function nameOf({ address, index }: Pick<ResourceHead, "address" | "index">, { stack, constructs }: Naming): string {
  const suffix = index === undefined ? "" : typeof index === "string" ? `[${JSON.stringify(index)}]` : `[${index}]`;
  const whole = suffix !== "" && address.endsWith(suffix) ? address.slice(0, -suffix.length) : address;
  if (Object.hasOwn(constructs, whole)) {
    return constructs[whole] + suffix;
  }
  const [, id] = /^[\w-]+\.([\w-]+)_[0-9A-F]{8}$/.exec(whole) ?? [];
  return id === undefined ? address : `${stack}/${id.replaceAll("_", "/")}${suffix}`;
}

/** The address of the resource block in the configuration: without instance keys, which may contain any character. */
export function configuredAddress(address: string): string {
  let result = "";
  let from = 0;
  for (;;) {
    const bracket = address.indexOf("[", from);
    if (bracket < 0) {
      return result + address.slice(from);
    }
    result += address.slice(from, bracket);
    const end = address[bracket + 1] === '"' ? endOfKey(address, bracket + 2) : address.indexOf("]", bracket);
    if (end < 0) {
      return result;
    }
    from = end + 1;
  }
}

/** Of resources that share a block, the one in the same module instance as an address, and with the same key if there are several. */
export function correspondingInstance<T extends { readonly address: string }>(
  instances: readonly T[],
  address: string,
): T | undefined {
  const inModule = instances.filter((instance) => moduleOf(instance.address) === moduleOf(address));
  return inModule.length > 1 ? inModule.find((instance) => keyOf(instance.address) === keyOf(address)) : inModule[0];
}

const KEY = String.raw`\[(?:\d+|"(?:[^"\\]|\\.)*")\]`;
const MODULE = new RegExp(`^(?:module\\.[^.[]+(?:${KEY})?\\.)*`);
const LAST_KEY = new RegExp(`${KEY}$`);

/** The module part of an address, such as `module.app["a.b"].`. */
function moduleOf(address: string): string {
  return MODULE.exec(address)?.[0] ?? "";
}

function keyOf(address: string): string | undefined {
  return LAST_KEY.exec(address)?.[0];
}

/** Position of the bracket that closes a quoted instance key; the key may contain quotes escaped with a backslash. */
function endOfKey(address: string, from: number): number {
  for (let index = from; index < address.length; index++) {
    if (address[index] === "\\") {
      index++;
    } else if (address[index] === '"') {
      return index + 1;
    }
  }
  return -1;
}
