import { setImmediate as breathe } from "node:timers/promises";
import type { FoundLine } from "../logs/log-store.ts";
import { fieldsOf, holds, ordered, type Row, type Value } from "./evaluate.ts";
import type { Command, Figure } from "./query.ts";

/** What a query finds. */
export interface Answer {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Value[])[];
  /** Lines that the filters left. */
  readonly matched: number;
  /** Whether there were more lines than are looked at. */
  readonly cut: boolean;
}

/** Lines that are looked at, the newest; and rows that are kept of them, as many as Insights has. */
const MOST = { lines: 50_000, rows: 10_000 };

/** Lines after which others get their turn: the runner has more to do. */
const AT_A_TIME = 1_000;

/** What is shown of a line where the query names no fields. */
const COLUMNS = ["@timestamp", "@message"];

/** Asks a query of lines, the newest first. */
export async function runQuery(commands: readonly Command[], lines: Iterable<FoundLine>): Promise<Answer> {
  const { early, late } = inOrder(commands);
  let rows: Row[] = [];
  let looked = 0;
  let cut = false;
  for (const line of lines) {
    if (looked === MOST.lines || rows.length === MOST.rows) {
      cut = true;
      break;
    }
    looked += 1;
    if (looked % AT_A_TIME === 0) {
      await breathe();
    }
    const row = early.reduce<Row | undefined>((row, command) => row && passed(row, command), fieldsOf(line));
    if (row) {
      rows.push(row);
    }
  }
  const matched = rows.length;
  let columns: readonly string[] = early.findLast((command) => command.kind === "fields")?.fields ?? COLUMNS;
  for (const command of late) {
    switch (command.kind) {
      case "stats":
        rows = statistics(rows, command.figures, command.by);
        columns = [...command.by, ...command.figures.map(({ name }) => name)];
        break;
      case "sort":
        rows = sorted(rows, command.field, command.descending);
        break;
      case "limit":
        rows = rows.slice(0, command.rows);
        break;
      case "fields":
        columns = command.fields;
        break;
      default:
        rows = rows.flatMap((row) => passed(row, command) ?? []);
    }
  }
  return { columns, rows: rows.map((row) => columns.map(row)), matched, cut };
}

type Early = Extract<Command, { kind: "fields" | "filter" | "parse" }>;

/** Commands that look at one line at a time, and from the first on that needs all of them, the rest. */
function inOrder(commands: readonly Command[]): { early: readonly Early[]; late: readonly Command[] } {
  const isEarly = (command: Command): command is Early => ["fields", "filter", "parse"].includes(command.kind);
  const first = commands.findIndex((command) => !isEarly(command));
  const early = first < 0 ? commands : commands.slice(0, first);
  return { early: early.filter(isEarly), late: first < 0 ? [] : commands.slice(first) };
}

/** The row after a command; undefined when it is filtered out. */
function passed(row: Row, command: Early): Row | undefined {
  switch (command.kind) {
    case "fields":
      return row;
    case "filter":
      return holds(command.condition, row) ? row : undefined;
    case "parse": {
      const groups = command.pattern.exec(String(row(command.field) ?? ""))?.groups ?? {};
      return (field) => groups[field] ?? row(field);
    }
  }
}

/** Rows without the field come last. */
function sorted(rows: readonly Row[], field: string, descending: boolean): Row[] {
  return rows.toSorted((one, other) => {
    const [left, right] = [one(field), other(field)];
    if (left === undefined || right === undefined) {
      return Number(left === undefined) - Number(right === undefined);
    }
    return descending ? ordered(right, left) : ordered(left, right);
  });
}

function statistics(rows: readonly Row[], figures: readonly Figure[], by: readonly string[]): Row[] {
  const groups = Map.groupBy(rows, (row) => JSON.stringify(by.map((field) => row(field) ?? null)));
  return [...groups.values()].map((group) => {
    const [first] = group;
    const values = new Map<string, Value>([
      ...by.map((field) => [field, first?.(field)] as const),
      ...figures.map((figure) => [figure.name, figureOf(figure, group)] as const),
    ]);
    return (field) => values.get(field);
  });
}

function figureOf({ of, field }: Figure, group: readonly Row[]): number | undefined {
  if (field === undefined) {
    return group.length;
  }
  const present = group.map((row) => row(field)).filter((value) => value !== undefined);
  const numbers = present.map(Number).filter((number) => !Number.isNaN(number));
  if (of !== "count" && numbers.length === 0) {
    return undefined;
  }
  switch (of) {
    case "count":
      return present.length;
    case "sum":
      return numbers.reduce((sum, number) => sum + number, 0);
    case "avg":
      return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
    case "min":
      return numbers.reduce((least, number) => Math.min(least, number));
    case "max":
      return numbers.reduce((most, number) => Math.max(most, number));
  }
}
