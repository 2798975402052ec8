import { setImmediate as giveWay } from "node:timers/promises";
import { parseJson } from "../../system/processes/parse-json.ts";
import type { FoundLine } from "../logs/log-store.ts";
import {
  type Column,
  type ColumnsCommand,
  type Command,
  MAX_ROWS,
  type ParseCommand,
  type SortKey,
  type StatsCommand,
  type UnnestCommand,
} from "./commands.ts";
import { jsonMap } from "./conversions.ts";
import { evaluate, fieldsOf, fieldValue, holds, memberOf, type Row } from "./evaluate.ts";
import { isMap } from "./scope.ts";
import { Grouping } from "./statistics.ts";
import { withinLimit } from "./time-limit.ts";
import { naturalOrder, type Value } from "./value.ts";

/** Result of a query. */
export interface QueryResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | undefined)[])[];
  /** Number of lines that passed the filters before the first `stats`, `sort`, or `limit`. */
  readonly matched: number;
  /** True if the result has more rows than are returned. */
  readonly cut: boolean;
}

/** Number of lines after which the query yields to the event loop, because the runner has other work. */
const LINES_AT_A_TIME = 1_000;

/** Columns of a query that names no fields. */
const DEFAULT_COLUMNS = ["@timestamp", "@message"];

/** A running command: takes rows one by one, and passes them on immediately or at the end. */
interface Stage {
  push(row: Row): void;
  end(): void;
}

/** Order of the rows of a query without `sort` or `stats`. Lines of several programs arrive almost in this order. */
const NEWEST_FIRST: Command = { kind: "sort", keys: [{ field: "@timestamp", descending: true }] };

/**
 * Runs a query over lines, newest first. Reads all lines, regardless of the number of rows returned.
 * @throws {QueryError} if it takes too long without a pause
 */
export async function runQuery(commands: readonly Command[], lines: Iterable<FoundLine>): Promise<QueryResult> {
  const columns = columnsOf(commands);
  const result = new Result(columns);
  const isPerLine = ({ kind }: Command) => ["fields", "display", "filter", "parse", "logfmt"].includes(kind);
  const first = commands.findIndex((command) => !isPerLine(command));
  const split = first < 0 ? commands.length : first;
  const next = commands[split]?.kind;
  let matched = 0;
  const ordered = next === "sort" || next === "stats" ? [] : [NEWEST_FIRST];
  const late = chain([...ordered, ...commands.slice(split)], result);
  const counter: Stage = {
    push(row) {
      matched += 1;
      late.push(row);
    },
    end: () => late.end(),
  };
  const pipeline = chain(commands.slice(0, split), counter);
  const source = lines[Symbol.iterator]();
  while (withinLimit(() => pushSome(source, pipeline))) {
    await giveWay();
  }
  withinLimit(() => pipeline.end());
  return { columns, rows: result.rows, matched, cut: result.cut };
}

/** Pushes the next lines. Returns false at the end. */
function pushSome(source: Iterator<FoundLine>, pipeline: Stage): boolean {
  for (let left = LINES_AT_A_TIME; left > 0; left -= 1) {
    const { done, value } = source.next();
    if (done) {
      return false;
    }
    pipeline.push(fieldsOf(value));
  }
  return true;
}

/** Collects rows up to the maximum size of a result. */
class Result implements Stage {
  readonly rows: (readonly (string | number | undefined)[])[] = [];
  cut = false;
  readonly #columns: readonly string[];

  constructor(columns: readonly string[]) {
    this.#columns = columns;
  }

  push(row: Row): void {
    if (this.rows.length < MAX_ROWS) {
      this.rows.push(this.#columns.map((column) => shown(row(column))));
    } else {
      this.cut = true;
    }
  }

  end(): void {}
}

function chain(commands: readonly Command[], last: Stage): Stage {
  return commands.reduceRight((next, command, index) => stageOf(command, commands.slice(index + 1), next), last);
}

function stageOf(command: Command, following: readonly Command[], next: Stage): Stage {
  const end = () => next.end();
  switch (command.kind) {
    case "fields":
    case "display": {
      const computed = command.columns.filter(({ name, value }) => value.kind !== "field" || value.name !== name);
      return computed.length === 0 ? next : { push: (row) => next.push(withColumns(row, computed)), end };
    }
    case "filter":
      return { push: (row) => holds(command.condition, row) && next.push(row), end };
    case "parse":
      return { push: (row) => next.push(withParsed(row, command)), end };
    case "logfmt":
      return { push: (row) => next.push(withColumns(row, [command.column])), end };
    case "unnest":
      return {
        push(row) {
          for (const item of itemsOf(row, command)) {
            next.push(item);
          }
        },
        end,
      };
    case "stats":
      return new StatsStage(command, next);
    case "sort":
      return new SortStage(command.keys, boundOf(following), next);
    case "dedup":
      return { push: withoutDuplicates(command.fields, next), end };
    case "limit": {
      let left = command.rows;
      return { push: (row) => left-- > 0 && next.push(row), end };
    }
  }
}

/**
 * Passes the first row of each combination of values on, and every row that lacks one of the fields. Source: "dedup" in the
 * CloudWatch Logs Insights query syntax.
 */
function withoutDuplicates(fields: readonly string[], next: Stage): Stage["push"] {
  const seen = new Set<string>();
  return (row) => {
    const values = fields.map(row);
    const key = values.includes(undefined) ? undefined : JSON.stringify(values.map(String));
    if (key === undefined || !seen.has(key)) {
      if (key !== undefined) {
        seen.add(key);
      }
      next.push(row);
    }
  };
}

/** Number of rows needed after a sort, from the limit that follows it. */
function boundOf(following: readonly Command[]): number {
  const next = following.find(({ kind }) => kind !== "fields" && kind !== "display");
  return next === undefined ? MAX_ROWS + 1 : next.kind === "limit" ? next.rows : Number.POSITIVE_INFINITY;
}

class StatsStage implements Stage {
  readonly #grouping: Grouping;
  readonly #next: Stage;

  constructor(command: StatsCommand, next: Stage) {
    this.#grouping = new Grouping(command);
    this.#next = next;
  }

  push(row: Row): void {
    this.#grouping.add(row);
  }

  end(): void {
    for (const row of this.#grouping.rows()) {
      this.#next.push(row);
    }
    this.#next.end();
  }
}

/** A row to sort, and the values of its sort fields. */
interface SortedRow {
  readonly row: Row;
  readonly keys: readonly Value[];
}

/** Sorts rows, and periodically drops those beyond the bound. */
class SortStage implements Stage {
  readonly #keys: readonly SortKey[];
  readonly #bound: number;
  readonly #next: Stage;
  #rows: SortedRow[] = [];
  /** The last row within the bound, once there are as many. */
  #last: SortedRow | undefined;

  constructor(keys: readonly SortKey[], bound: number, next: Stage) {
    this.#keys = keys;
    this.#bound = bound;
    this.#next = next;
  }

  push(row: Row): void {
    const sorted = { row, keys: this.#keys.map(({ field }) => row(field)) };
    if (this.#last && this.#compare(sorted, this.#last) >= 0) {
      return;
    }
    // Reads the line's text now: it may be overwritten before the end.
    row("@message");
    this.#rows.push(sorted);
    if (this.#rows.length > 2 * this.#bound + 1_000) {
      this.#sort();
    }
  }

  end(): void {
    this.#sort();
    for (const { row } of this.#rows) {
      this.#next.push(row);
    }
    this.#next.end();
  }

  #sort(): void {
    this.#rows.sort((one, other) => this.#compare(one, other));
    this.#rows.length = Math.min(this.#rows.length, this.#bound);
    this.#last = this.#rows[this.#bound - 1];
  }

  #compare(one: SortedRow, other: SortedRow): number {
    for (const [index, { descending }] of this.#keys.entries()) {
      const order = orderOf(one.keys[index], other.keys[index], descending);
      if (order !== 0) {
        return order;
      }
    }
    return 0;
  }
}

/** Rows without the field are last in either direction. */
function orderOf(left: Value, right: Value, descending: boolean): number {
  if (left === undefined || right === undefined) {
    return Number(left === undefined) - Number(right === undefined);
  }
  return descending ? naturalOrder(right, left) : naturalOrder(left, right);
}

function withColumns(row: Row, columns: readonly Column[]): Row {
  const byName = new Map(columns.map(({ name, value }) => [name, value]));
  const maps = columns.filter(({ value }) => isMap(value));
  return (field) => {
    const value = byName.get(field);
    if (value) {
      return evaluate(value, row);
    }
    const map = maps.find(({ name }) => field.startsWith(`${name}.`));
    return map
      ? memberOf(parseJson(String(evaluate(map.value, row) ?? null)), field.slice(map.name.length + 1))
      : row(field);
  };
}

/** Returns the row with each item of a list. Any other value counts as a list of one. Source: "unnest" in the query syntax. */
function itemsOf(row: Row, { list, name }: UnnestCommand): readonly Row[] {
  const value = row(list);
  const parsed: unknown = typeof value === "string" && jsonMap(value) !== undefined ? parseJson(value) : value;
  const path = `${name}.`;
  return (Array.isArray(parsed) ? parsed : [parsed]).map((item) => (field) => {
    if (field === name) {
      return fieldValue(item);
    }
    return field.startsWith(path) ? memberOf(item, field.slice(path.length)) : row(field);
  });
}

/** Adds the captures as fields. Where the pattern does not match, the fields keep their values. */
function withParsed(row: Row, { source, pattern, names }: ParseCommand): Row {
  const text = evaluate(source, row);
  const match = text === undefined ? null : pattern.exec(String(text));
  if (match === null) {
    return row;
  }
  const captured = new Map(names.map((name, index) => [name, match.groups?.[name] ?? match[index + 1]]));
  return (field) => captured.get(field) ?? row(field);
}

/** Columns of the last `display`, or of all `fields` commands, after the last `stats`. */
function columnsOf(commands: readonly Command[]): readonly string[] {
  const last = commands.findLastIndex(({ kind }) => kind === "stats");
  const stats = commands[last];
  const after = commands.slice(last + 1);
  const isShown = (command: Command): command is ColumnsCommand =>
    command.kind === "fields" || command.kind === "display";
  const selected = after.filter(isShown);
  const display = selected.findLast(({ kind }) => kind === "display");
  const columns = (display ? [display] : selected).flatMap((command) => command.columns);
  if (columns.length > 0) {
    return namesOf(columns);
  }
  return stats?.kind === "stats" ? namesOf([...stats.by, ...stats.columns]) : DEFAULT_COLUMNS;
}

function namesOf(columns: readonly Column[]): readonly string[] {
  return [...new Set(columns.map(({ name }) => name))];
}

function shown(value: Value): string | number | undefined {
  return typeof value === "number" || value === undefined ? value : String(value);
}
