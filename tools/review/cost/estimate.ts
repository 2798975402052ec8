import type { Settings } from "../../../settings/schema.ts";
import type { ResourceChange } from "../plan-file.ts";
import { loadPrices } from "../prices/load.ts";
import type { PriceList } from "../prices/schema.ts";
import { taskSize } from "./families/containers.ts";
import { FAMILIES } from "./families.ts";
import type { Context, Family, Item, TaskSize, Values } from "./family.ts";
import { type Usage, usageOf } from "./usage.ts";

// The monthly bill of an environment before and after its plans are applied.

/** An item of the bill for the whole environment. Amounts are per month, in US dollars. */
export interface CostLine {
  readonly family: string;
  readonly what: string;
  readonly per: string;
  readonly usd: number;
  readonly before: number;
  readonly after: number;
  /** Assumption; missing if the plans determine the amount. */
  readonly assumed?: string;
}

/** An item that AWS bills and that the sum does not include. */
export interface Unpriced {
  readonly what: string;
  readonly why: string;
}

export interface Cost {
  readonly region: string;
  /** Day on which the price file was last compared with its sources. */
  readonly pricesOf: string;
  readonly before: number;
  readonly after: number;
  readonly lines: readonly CostLine[];
  readonly unpriced: readonly Unpriced[];
  /** Types that no family knows, and their number after the change. */
  readonly unknown: Readonly<Record<string, number>>;
}

type SideName = "before" | "after";

const SIDES: readonly SideName[] = ["before", "after"];

/**
 * An estimate for an environment with the prices of its region and the assumptions of its settings.
 *
 * @throws {PricesError} if its region has no price file.
 */
export function costEstimate(settings: Settings): CostEstimate {
  return new CostEstimate(loadPrices(settings.region), usageOf(settings));
}

/** Collects the resources of an environment's plans in any order and keeps the data that the bill needs. */
export class CostEstimate {
  private readonly prices: PriceList;
  private readonly usage: Usage;
  private readonly sides = { before: new Inventory(), after: new Inventory() };
  private readonly leftOut: Unpriced[] = [];

  constructor(prices: PriceList, usage: Usage) {
    this.prices = prices;
    this.usage = usage;
  }

  add({ mode, type, change }: Pick<ResourceChange, "mode" | "type" | "change">): void {
    if (mode !== "managed") {
      return;
    }
    for (const side of SIDES) {
      const values = change[side];
      if (typeof values === "object" && values !== null) {
        this.sides[side].add(type, withoutSecrets(values as Values, [change.before_sensitive, change.after_sensitive]));
      }
    }
  }

  /** Adds an item that no plan contains. */
  leaveOut(unpriced: Unpriced): void {
    this.leftOut.push(unpriced);
  }

  finish(): Cost {
    const lines = new Map<string, Mutable<CostLine>>();
    const unpriced = new Map<string, Unpriced>();
    for (const side of SIDES) {
      for (const { family, item } of this.sides[side].items(this.prices, this.usage)) {
        enter({ side, family, item, lines, unpriced, region: this.prices.region });
      }
    }
    const inOrder = [...lines.values()].sort((a, b) => order(a.family) - order(b.family));
    return {
      region: this.prices.region,
      pricesOf: this.prices.checked,
      before: total(inOrder, "before"),
      after: total(inOrder, "after"),
      lines: inOrder,
      unpriced: [...unpriced.values(), ...this.sides.after.unpriced(), ...this.leftOut].sort(byName),
      unknown: this.sides.after.unknown(),
    };
  }
}

/** Monthly sum of lines in US dollars. */
export function total(lines: readonly CostLine[], side: SideName): number {
  return lines.reduce((sum, line) => sum + line.usd * line[side], 0);
}

/** The resources of one side that are billed one by one, and the number of resources of every type. */
class Inventory {
  private readonly counts = new Map<string, number>();
  private readonly tasks = new Map<string, TaskSize>();
  private readonly billed: { family: Family; type: string; values: Values }[] = [];

  add(type: string, values: Values): void {
    this.counts.set(type, (this.counts.get(type) ?? 0) + 1);
    if (type === "aws_ecs_task_definition") {
      const size = taskSize(values);
      if (size !== undefined) {
        this.tasks.set(String(values.family), size);
      }
    }
    const family = FAMILY_OF.get(type);
    if (family?.each?.[type]) {
      this.billed.push({ family, type, values });
    }
  }

  *items(prices: PriceList, usage: Usage): Generator<{ family: Family; item: Item }> {
    const context: Context = { prices, usage, tasks: this.tasks };
    for (const { family, type, values } of this.billed) {
      for (const item of family.each?.[type]?.(values, context) ?? []) {
        yield { family, item };
      }
    }
    for (const family of FAMILIES) {
      for (const [type, bill] of Object.entries(family.once ?? {})) {
        if (this.counts.has(type)) {
          yield* bill(context).map((item) => ({ family, item }));
        }
      }
    }
  }

  unpriced(): Unpriced[] {
    const present = (types: Readonly<Record<string, string>>) =>
      Object.entries(types).filter(([type]) => this.counts.has(type));
    return FAMILIES.flatMap(({ unpriced = {}, excluded = {} }) => [
      ...present(unpriced).map(([type, by]) => ({ what: type, why: `billed by ${by}` })),
      ...present(excluded).map(([type, part]) => ({ what: type, why: `without ${part}` })),
    ]);
  }

  unknown(): Record<string, number> {
    const unknown = [...this.counts].filter(([type]) => !FAMILY_OF.has(type));
    return Object.fromEntries(unknown.sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

const FAMILY_OF: ReadonlyMap<string, Family> = new Map(
  FAMILIES.flatMap((family) => typesOf(family).map((type) => [type, family] as const)),
);

/** All types of a family. */
export function typesOf({ each = {}, once = {}, unpriced = {}, free = [] }: Family): string[] {
  return [...new Set([...Object.keys(each), ...Object.keys(once), ...Object.keys(unpriced), ...free])];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Entry {
  readonly side: SideName;
  readonly family: Family;
  readonly item: Item;
  readonly lines: Map<string, Mutable<CostLine>>;
  readonly unpriced: Map<string, Unpriced>;
  readonly region: string;
}

/** The bill shows names of resources, and a name may be marked as sensitive on either side. */
function withoutSecrets(values: Values, masks: readonly unknown[]): Values {
  const isMarked = (name: string) =>
    masks.some((mask) => mask === true || (mask as Values | null | undefined)?.[name] === true);
  const hidden = Object.entries(values).filter(([name, value]) => typeof value === "string" && isMarked(name));
  return { ...values, ...Object.fromEntries(hidden.map(([name]) => [name, "(sensitive)"])) };
}

/** Adds an item to its line, or to the unpriced items. */
function enter({ side, family: { name: family }, item, lines, unpriced, region }: Entry): void {
  const { what, quantity, price, assumed } = item;
  const key = `${family}: ${what}`;
  if (quantity === 0) {
    return;
  }
  if (price === undefined || quantity === undefined) {
    if (side === "after") {
      const why =
        price === undefined ? `no price in tools/review/prices/${region}.yaml` : "its amount is known only after apply";
      unpriced.set(key, { what: key, why });
    }
    return;
  }
  const line = lines.get(key) ?? { family, what, per: price.per, usd: price.usd, before: 0, after: 0 };
  line[side] += quantity;
  if (assumed !== undefined) {
    line.assumed = assumed;
  }
  lines.set(key, line);
}

function order(family: string): number {
  return FAMILIES.findIndex(({ name }) => name === family);
}

function byName(a: Unpriced, b: Unpriced): number {
  return a.what < b.what ? -1 : 1;
}
