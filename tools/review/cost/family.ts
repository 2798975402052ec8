import type { PriceList } from "../prices/schema.ts";
import type { Usage } from "./usage.ts";

/** Attributes of a resource in a plan. */
export type Values = Readonly<Record<string, unknown>>;

/** An amount that AWS bills. */
export interface Item {
  /** Name on the bill, the same for all items of a kind, such as `gateway-hours`. */
  readonly what: string;
  /** Monthly amount in units of the price; undefined if it is known only after apply. */
  readonly quantity: number | undefined;
  /** Undefined if the price file has none. */
  readonly price: { readonly usd: number; readonly per: string } | undefined;
  /** Assumption behind the quantity or the price; missing if the plan determines both. */
  readonly assumed?: string;
  /** False for a kind that no price file has. */
  readonly isEstimated?: false;
}

export interface TaskSize {
  readonly vcpu: number;
  readonly gb: number;
  readonly architecture: "arm" | "x86";
  /** Tasks with Windows cost more, and a license on top. */
  readonly isWindows: boolean;
}

/** Data that a bill depends on besides the resource. */
export interface Context {
  readonly prices: PriceList;
  readonly usage: Usage;
  /** Task sizes by family of the task definition. */
  readonly tasks: ReadonlyMap<string, TaskSize>;
}

/** Resources that AWS bills together. Every resource type belongs to one family and is in one of the first four fields. */
export interface Family {
  readonly name: string;
  /** True if AWS asks the same prices in every region. */
  readonly isGlobal?: boolean;
  /** Items of each resource of a type. Called when all resources are known. */
  readonly each?: Readonly<Record<string, (values: Values, context: Context) => readonly Item[]>>;
  /** Items billed by use, once for the environment if it has any resource of a type. */
  readonly once?: Readonly<Record<string, (context: Context, resources: readonly Values[]) => readonly Item[]>>;
  /** Types that AWS bills by a measure that is not estimated here, and that measure. */
  readonly unpriced?: Readonly<Record<string, string>>;
  /** Parts of the bill of priced or free types that the sum does not include. */
  readonly excluded?: Readonly<Record<string, string>>;
  /** Types that AWS does not bill separately. */
  readonly free?: readonly string[];
}

/** Hours of a month in the AWS Pricing Calculator: 365 days of 24 hours, divided by twelve. */
export const HOURS = 730;

/** A part of a bill that is not estimated: no price file has a price for it. */
export function unpriced(what: string, quantity?: number): Item {
  return { what, quantity, price: undefined, isEstimated: false };
}

/** A number of a plan, which may be text; undefined if it is known only after apply. */
export function amountOf(value: unknown): number | undefined {
  const number = value === null || value === "" ? Number.NaN : Number(value);
  return Number.isFinite(number) ? number : undefined;
}

export function times(...factors: readonly (number | undefined)[]): number | undefined {
  return factors.reduce((product, factor) =>
    product === undefined || factor === undefined ? undefined : product * factor,
  );
}

export function blocks(value: unknown): readonly Values[] {
  return Array.isArray(value) ? value.map((block: Values | null) => block ?? {}) : [];
}
