import type { PriceList } from "../../prices/schema.ts";
import type { Usage } from "./usage.ts";

/** Attributes of a resource, as a plan tells them. */
export type Values = Readonly<Record<string, unknown>>;

/** An amount of something that AWS bills. */
export interface Item {
  /** In words of the bill, the same for everything of its kind, such as `gateway-hours`. */
  readonly what: string;
  /** How much in a month, in units of the price; undefined where only an apply will tell. */
  readonly quantity: number | undefined;
  /** Undefined where the price file has none. */
  readonly price: { readonly usd: number; readonly per: string } | undefined;
  /** What was taken for granted to get to the quantity or the price; left out where the plan says it all. */
  readonly assumed?: string;
}

export interface TaskSize {
  readonly vcpu: number;
  readonly gb: number;
  readonly architecture: "arm" | "x86";
}

/** What a bill goes by besides the resource itself. */
export interface Context {
  readonly prices: PriceList;
  readonly usage: Usage;
  /** Sizes of tasks by their definition's family. */
  readonly tasks: ReadonlyMap<string, TaskSize>;
}

/** Resources that AWS bills under one name. Every type of resource stands in one family, under one of the four. */
export interface Family {
  readonly name: string;
  /** What each resource of a type costs. Asked when the whole side is known. */
  readonly each?: Readonly<Record<string, (values: Values, context: Context) => readonly Item[]>>;
  /** What is billed by use as soon as there is a resource of a type, once for the environment, however many there are. */
  readonly once?: Readonly<Record<string, (context: Context) => readonly Item[]>>;
  /** Types that AWS bills by something that nobody here can put a figure to, and by what. */
  readonly unpriced?: Readonly<Record<string, string>>;
  /** Types that cost nothing of their own. */
  readonly free?: readonly string[];
}

/** Hours of a month, as AWS's own calculator has them: 365 days of 24 hours in twelve parts. */
export const HOURS = 730;

export function blocks(value: unknown): readonly Values[] {
  return Array.isArray(value) ? (value as Values[]) : [];
}
