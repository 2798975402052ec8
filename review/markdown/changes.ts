import { attributeOf, type Difference } from "../differences.ts";
import type { ResourceReview } from "../review.ts";
import { isFields, isList, Secret, UNKNOWN, type Value } from "../value.ts";
import { shortened } from "./escape.ts";

/** Both sides of a change stand on one line up to this length. */
const ONE_LINE = 100;

/** Characters that are left before the first that differs. */
const RUN_UP = 30;

/** The lines of a resource's `diff` block. Values are shortened to `limit` characters, around what is different in them. */
export function changeLines(
  { differences, replacedBy, knownAfterApply }: Pick<ResourceReview, "differences" | "replacedBy" | "knownAfterApply">,
  limit: number,
): readonly string[] {
  return [
    ...differences.flatMap((difference) => linesOf(difference, limit, forces(difference, replacedBy))),
    ...(knownAfterApply.length === 0 ? [] : [`  known after apply: ${knownAfterApply.join(", ")}`]),
  ];
}

/** A value in writing: JSON, with words in round brackets for what nobody knows or may see. */
export function written(value: Value): string {
  if (value === UNKNOWN) {
    return "(known after apply)";
  }
  if (value instanceof Secret) {
    return "(sensitive)";
  }
  if (isList(value)) {
    return `[${value.map(written).join(", ")}]`;
  }
  if (isFields(value)) {
    const fields = Object.entries(value).map(([name, inner]) => `${JSON.stringify(name)}: ${written(inner)}`);
    return `{${fields.join(", ")}}`;
  }
  return JSON.stringify(value);
}

function linesOf({ path, before, after }: Difference, limit: number, remark: string): readonly string[] {
  if (before === undefined || after === undefined) {
    const sign = before === undefined ? "+" : "-";
    return [`${sign} ${path}: ${shortened(written((after ?? before) as Value), limit)}${remark}`];
  }
  const [old, new_] = around(written(before), written(after), limit);
  if (before instanceof Secret && after instanceof Secret) {
    return [`! ${path}: (sensitive), changes${remark}`];
  }
  if (path.length + old.length + new_.length <= ONE_LINE) {
    return [`! ${path}: ${old} → ${new_}${remark}`];
  }
  return [`! ${path}:${remark}`, `-   ${old}`, `+   ${new_}`];
}

function forces(difference: Difference, replacedBy: readonly string[]): string {
  return replacedBy.includes(attributeOf(difference)) ? "  (forces the replacement)" : "";
}

/** Two long values, from shortly before their first difference on. */
function around(before: string, after: string, limit: number): readonly [string, string] {
  if (before.length <= limit && after.length <= limit) {
    return [before, after];
  }
  let common = 0;
  while (common < before.length && before[common] === after[common]) {
    common++;
  }
  const start = common > RUN_UP ? common - RUN_UP : 0;
  const cut = (text: string) => (start > 0 ? "…" : "") + shortened(text.slice(start), limit);
  return [cut(before), cut(after)];
}
