import { isDeepStrictEqual } from "node:util";
import type { Settings } from "../../../settings/schema.ts";
import type { ResourceChange } from "../plan/format.ts";
import { loadPrices } from "../prices/load.ts";
import type { PriceList } from "../prices/schema.ts";
import { taskSize } from "./families/containers.ts";
import { FAMILIES } from "./families.ts";
import { amountOf, type Context, type Family, type Item, type TaskSize, type Values } from "./family.ts";
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
  /** True if items change that are not in the sum. */
  readonly changesUnpriced: boolean;
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
  private readonly sides: Readonly<Record<SideName, Inventory>>;
  private readonly leftOut: Unpriced[] = [];

  constructor(prices: PriceList, usage: Usage) {
    this.prices = prices;
    this.usage = usage;
    this.sides = { before: new Inventory(prices.region), after: new Inventory(prices.region) };
  }

  /** `region` is that of the provider, if it is known. */
  add({ mode, type, change }: Pick<ResourceChange, "mode" | "type" | "change">, region?: string): void {
    if (mode !== "managed") {
      return;
    }
    const { actions, before, after, before_sensitive, after_sensitive } = change;
    const [was, is] = [before, after].map((values) =>
      isObject(values) ? (withoutSecrets(values, [before_sensitive, after_sensitive]) as Values) : undefined,
    );
    const add = (side: SideName, values: Values | undefined, previous?: Values) => {
      if (values !== undefined) {
        this.sides[side].add(type, values, regionOf(values) ?? region ?? this.prices.region, previous);
      }
    };
    add("before", was);
    add("after", is, was);
    if (actions.includes("forget")) {
      add("after", was); // it stays in AWS
    }
  }

  /** Adds an item that no plan contains. */
  leaveOut(unpriced: Unpriced): void {
    this.leftOut.push(unpriced);
  }

  finish(): Cost {
    const { before, after } = this.sides;
    const lines = new Map<string, Mutable<CostLine>>();
    const unpriced = new Map<string, Unpriced>();
    const amounts = { before: new Map<string, number>(), after: new Map<string, number>() };
    for (const side of SIDES) {
      for (const { family, item } of this.sides[side].items(this.prices, this.usage)) {
        enter({ side, family, item, lines, unpriced, amounts: amounts[side], region: this.prices.region });
      }
    }
    const inOrder = [...lines.values()].sort((a, b) => order(a.family) - order(b.family));
    return {
      region: this.prices.region,
      pricesOf: this.prices.checked,
      before: total(inOrder, "before"),
      after: total(inOrder, "after"),
      lines: inOrder,
      unpriced: [...unpriced.values(), ...after.unpriced(before), ...this.leftOut].sort(byName),
      unknown: after.unknown(),
      changesUnpriced: !isDeepStrictEqual(amounts.before, amounts.after) || !after.hasSameUnpriced(before),
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
  /** Types and regions without prices here. */
  private readonly elsewhere = new Map<string, Unpriced>();
  private readonly tasks = new Map<string, TaskSize>();
  private readonly billed: { family: Family; type: string; values: Values; previous: Values | undefined }[] = [];
  private readonly region: string;

  constructor(region: string) {
    this.region = region;
  }

  /** `previous` are the values before the change. */
  add(type: string, values: Values, region: string, previous?: Values): void {
    const family = FAMILY_OF.get(type);
    if (family !== undefined && region !== this.region && !family.isGlobal) {
      this.addElsewhere(type, family, region);
      return;
    }
    this.counts.set(type, (this.counts.get(type) ?? 0) + 1);
    if (type === "aws_ecs_task_definition") {
      const size = taskSize(values);
      if (size !== undefined) {
        this.tasks.set(String(values.family), size);
      }
    }
    if (family?.each?.[type] || family?.once?.[type]) {
      this.billed.push({ family, type, values, previous });
    }
  }

  private addElsewhere(type: string, { free = [], excluded = {} }: Family, region: string): void {
    if (!free.includes(type) || type in excluded) {
      const what = `${type} in ${region}`;
      this.elsewhere.set(what, { what, why: `priced only in ${this.region}` });
    }
  }

  *items(prices: PriceList, usage: Usage): Generator<{ family: Family; item: Item }> {
    const context: Context = { prices, usage, tasks: this.tasks };
    for (const { family, type, values, previous } of this.billed) {
      const itemsOf = (side: Values) => family.each?.[type]?.(side, context) ?? [];
      const before = previous && itemsOf(previous);
      for (const item of itemsOf(values)) {
        yield { family, item: item.quantity === undefined ? asBefore(item, before) : item };
      }
    }
    for (const family of FAMILIES) {
      for (const [type, bill] of Object.entries(family.once ?? {})) {
        const resources = this.billed.filter((resource) => resource.type === type).map(({ values }) => values);
        if (resources.length > 0) {
          yield* bill(context, resources).map((item) => ({ family, item }));
        }
      }
    }
  }

  /** Items that the sum does not include, also those that existed only before. */
  unpriced(before: Inventory): Unpriced[] {
    const present = (types: Readonly<Record<string, string>>, start: string) =>
      Object.entries(types).flatMap(([type, part]) => {
        const why = `${start} ${part}`;
        return this.counts.has(type)
          ? [{ what: type, why }]
          : before.counts.has(type)
            ? [{ what: type, why: `before the change; ${why}` }]
            : [];
      });
    const gone = [...before.elsewhere.values()].filter(({ what }) => !this.elsewhere.has(what));
    return [
      ...FAMILIES.flatMap(({ unpriced = {}, excluded = {} }) => [
        ...present(unpriced, "billed per"),
        ...present(excluded, "without"),
      ]),
      ...this.elsewhere.values(),
      ...gone.map(({ what, why }) => ({ what, why: `before the change; ${why}` })),
      ...before.fewerUnknown(this),
    ];
  }

  /** Types that no family knows, of which there are fewer after the change. */
  private fewerUnknown(after: Inventory): Unpriced[] {
    return Object.entries(this.unknown()).flatMap(([what, count]) => {
      const fewer = count - (after.counts.get(what) ?? 0);
      return fewer > 0 ? [{ what, why: `${fewer} fewer, without a known cost` }] : [];
    });
  }

  /** True if both sides have the same resources of types without a price. */
  hasSameUnpriced(other: Inventory): boolean {
    const countsIn = ({ counts, elsewhere }: Inventory) => [
      ...[...counts].filter(([type]) => isUnpriced(type)).map(([type, count]) => `${type} ${count}`),
      ...elsewhere.keys(),
    ];
    return isDeepStrictEqual(new Set(countsIn(this)), new Set(countsIn(other)));
  }

  unknown(): Record<string, number> {
    const unknown = [...this.counts].filter(([type]) => !FAMILY_OF.has(type));
    return Object.fromEntries(unknown.sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

/** An amount that is known only after apply would otherwise look like one that ends. */
function asBefore(item: Item, before: readonly Item[] = []): Item {
  const known = before.find(({ what, price, quantity }) => what === item.what && price && quantity !== undefined);
  return known === undefined
    ? item
    : { ...item, quantity: known.quantity, assumed: "as before; the new amount is known only after apply" };
}

const FAMILY_OF: ReadonlyMap<string, Family> = new Map(
  FAMILIES.flatMap((family) => typesOf(family).map((type) => [type, family] as const)),
);

/** All types of a family. */
export function typesOf({ each = {}, once = {}, unpriced = {}, free = [] }: Family): string[] {
  return [...new Set([...Object.keys(each), ...Object.keys(once), ...Object.keys(unpriced), ...free])];
}

function isUnpriced(type: string): boolean {
  const family = FAMILY_OF.get(type);
  return family === undefined || Object.hasOwn(family.unpriced ?? {}, type);
}

/** Version 6 of the AWS provider has the region in every resource; an ARN has it once the resource exists. */
function regionOf({ region, arn }: Values): string | undefined {
  const [, inArn] = /^arn:[\w-]+:[\w-]+:([a-z]+-[a-z-]+-\d+):/.exec(String(arn)) ?? [];
  return typeof region === "string" && region !== "" ? region : inArn;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Entry {
  readonly side: SideName;
  readonly family: Family;
  readonly item: Item;
  readonly lines: Map<string, Mutable<CostLine>>;
  readonly unpriced: Map<string, Unpriced>;
  /** Amounts of this side without a price. */
  readonly amounts: Map<string, number>;
  readonly region: string;
}

/** The bill shows names and kinds of resources, and any of them may be marked as sensitive on either side. */
function withoutSecrets(value: unknown, masks: readonly unknown[]): unknown {
  const isMarked = masks.includes(true);
  if (typeof value !== "object" || value === null || (!isMarked && masks.every((mask) => !isObject(mask)))) {
    return isMarked && typeof value === "string" ? "(sensitive)" : value;
  }
  const inner = (key: string, part: unknown) =>
    withoutSecrets(part, isMarked ? [true] : masks.map((mask) => (isObject(mask) ? mask[key] : undefined)));
  return Array.isArray(value)
    ? value.map((part, index) => inner(String(index), part))
    : Object.fromEntries(Object.entries(value).map(([key, part]) => [key, inner(key, part)]));
}

function isObject(value: unknown): value is Values {
  return typeof value === "object" && value !== null;
}

/** Adds an item to its line, or to the unpriced items. */
function enter({ side, family: { name: family }, item, lines, unpriced, amounts, region }: Entry): void {
  const { what, price, assumed } = item;
  const quantity = amountOf(item.quantity);
  const key = `${family}: ${what}`;
  if (quantity === 0) {
    return;
  }
  if (price === undefined || quantity === undefined) {
    const missing =
      item.isEstimated === false ? "the review does not estimate it" : `no price in tools/review/prices/${region}.yaml`;
    const why = price === undefined ? missing : "its amount is known only after apply";
    unpriced.set(key, { what: key, why: side === "before" ? `before the change; ${why}` : why });
    amounts.set(key, (amounts.get(key) ?? 0) + (quantity ?? 1));
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
