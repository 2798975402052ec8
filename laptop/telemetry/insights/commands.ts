import type { InsightsFunction } from "./functions.ts";
import type { AGGREGATES } from "./language.ts";
import type { Operator, Value } from "./value.ts";

// A parsed query: its commands and their expressions.

export type Command =
  | ColumnsCommand
  | { readonly kind: "filter"; readonly condition: Expression }
  | ParseCommand
  | { readonly kind: "logfmt"; readonly column: Column }
  | UnnestCommand
  | StatsCommand
  | { readonly kind: "sort"; readonly keys: readonly SortKey[] }
  | { readonly kind: "dedup"; readonly fields: readonly string[] }
  | { readonly kind: "limit"; readonly rows: number };

export interface ColumnsCommand {
  readonly kind: "fields" | "display";
  readonly columns: readonly Column[];
}

/** An expression, and its name in later commands. */
export interface Column {
  readonly name: string;
  readonly value: Expression;
}

export interface ParseCommand {
  readonly kind: "parse";
  readonly source: Expression;
  readonly pattern: RegExp;
  /** Names of the captures, in order. */
  readonly names: readonly string[];
}

/** Makes a record of each item of a list from `jsonParse`. */
export interface UnnestCommand {
  readonly kind: "unnest";
  readonly list: string;
  /** Name of the item. */
  readonly name: string;
}

export interface StatsCommand {
  readonly kind: "stats";
  readonly aggregates: readonly Aggregate[];
  /** Expressions over the aggregates, which are fields named by {@link aggregateField}. */
  readonly columns: readonly Column[];
  readonly by: readonly Column[];
}

export interface SortKey {
  readonly field: string;
  readonly descending: boolean;
}

export type AggregateName = (typeof AGGREGATES)[number];

export interface Aggregate {
  readonly name: AggregateName;
  /** Undefined for `count(*)`. */
  readonly of: Expression | undefined;
  /** The second argument of `pct`, such as 99. */
  readonly percent?: number;
}

export type Expression =
  | { readonly kind: "value"; readonly value: Value }
  | { readonly kind: "field"; readonly name: string; readonly isTime?: boolean; readonly isMap?: boolean }
  | {
      readonly kind: "call";
      readonly run: InsightsFunction["run"];
      readonly of: readonly Expression[];
      readonly isTime?: boolean;
      /** True for a map or list, which is the JSON text that it was parsed from. */
      readonly isMap?: boolean;
    }
  | {
      readonly kind: "arithmetic";
      readonly operator: Arithmetic;
      readonly left: Expression;
      readonly right: Expression;
    }
  | Condition;

export type Condition =
  | { readonly kind: "present"; readonly field: string }
  | { readonly kind: "not"; readonly of: Expression }
  | { readonly kind: "and" | "or"; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "in"; readonly left: Expression; readonly values: readonly Value[] }
  | { readonly kind: "like"; readonly left: Expression; readonly pattern: RegExp }
  | { readonly kind: "compare"; readonly operator: Operator; readonly left: Expression; readonly right: Expression };

export type Arithmetic = "+" | "-" | "*" | "/" | "%" | "^";

/** Maximum number of rows of a result, and so the largest `limit`; CloudWatch accepts up to 100,000. */
export const MAX_ROWS = 10_000;

/** Name of the field that holds an aggregate while a `stats` command computes its columns. */
export function aggregateField(index: number): string {
  return `\0${index}`;
}

export function isAggregate(field: string): boolean {
  return field.startsWith("\0");
}
