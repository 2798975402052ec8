import type { Subject } from "../subject.ts";
import { at, equal, isNothing, Secret, UNKNOWN, type Value } from "../value.ts";
import { type Judgement, type Severity, text } from "./finding.ts";

// Rules that look at one argument of a resource: a row each.

/** An argument whose change matters in one direction. */
export interface Row {
  /** Resource type, or `*` for every type with such an argument. */
  readonly type: string;
  readonly path: readonly (string | number)[];
  /** Whether the change goes the wrong way. Never asked when either side is unknown or secret, or both are the same. */
  readonly worse: (before: Value | undefined, after: Value | undefined) => boolean;
  readonly severity: Severity;
  /** What the change means. */
  readonly meaning: string;
}

/** Was on, and is not any more. */
export const off = (before: Value | undefined, after: Value | undefined): boolean => before === true && after !== true;

/** Is on, and was not before, or the resource was not. */
export const on = (before: Value | undefined, after: Value | undefined): boolean => after === true && before !== true;

/** Was there, and is not any more. */
export const gone = (before: Value | undefined, after: Value | undefined): boolean =>
  !isNothing(before) && isNothing(after);

/** Was this value, and is another. */
export const leaves =
  (...good: readonly Value[]) =>
  (before: Value | undefined, after: Value | undefined): boolean =>
    good.some((value) => equal(value, before)) && !good.some((value) => equal(value, after));

/** Is this value, and was another. */
export const becomes =
  (...bad: readonly Value[]) =>
  (_before: Value | undefined, after: Value | undefined): boolean =>
    bad.some((value) => equal(value, after));

/** A number that got smaller; 0 and nothing stand for "for ever". */
export const shorter = (before: Value | undefined, after: Value | undefined): boolean =>
  before !== undefined && lasting(after) < lasting(before);

function lasting(value: Value | undefined): number {
  return typeof value === "number" && value > 0 ? value : Number.POSITIVE_INFINITY;
}

/** Applies the rows of a table to a resource that stays or comes. */
export function judgeBy(rows: readonly Row[], { type, before, after }: Subject): readonly Judgement[] {
  if (after === undefined) {
    return [];
  }
  return rows
    .filter((row) => row.type === type || row.type === "*")
    .map((row) => ({ row, was: at(before, ...row.path), is: at(after, ...row.path) }))
    .filter(({ row, was, is }) => isPlain(was) && isPlain(is) && !equal(was, is) && row.worse(was, is))
    .map(({ row: { path, severity, meaning }, was, is }) => {
      const name = path.filter((step) => typeof step === "string").join(".");
      const change =
        was === undefined ? text`${name} is ${is ?? null}.` : text`${name} goes from ${was} to ${is ?? null}.`;
      return { severity, text: [...change, ` ${meaning}`] };
    });
}

function isPlain(value: Value | undefined): boolean {
  return value !== UNKNOWN && !(value instanceof Secret);
}
