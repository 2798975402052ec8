import type { FoundLine } from "../logs/log-store.ts";
import type { Expression, Operator } from "./query.ts";

export type Value = string | number | undefined;

/** A line's fields, or those of what was made of lines. */
export type Row = (field: string) => Value;

/** A line's fields by the names that Insights has for them; those of a record in a record with a dot, and who wrote it. */
export function fieldsOf({ time, program, task, text, record }: FoundLine): Row {
  return (field) => {
    switch (field) {
      case "@timestamp":
        return new Date(time).toISOString();
      case "@message":
        return text;
      case "@logStream":
        return [program, task].filter(Boolean).join("/");
      case "program":
        return program;
      case "task":
        return task;
    }
    const found = field
      .split(".")
      .reduce<unknown>((within, name) => (within as Record<string, unknown> | undefined)?.[name], record);
    if (found === undefined || found === null) {
      return undefined;
    }
    return typeof found === "number" || typeof found === "string" ? found : JSON.stringify(found);
  };
}

export function holds(expression: Expression, row: Row): boolean {
  switch (expression.kind) {
    case "and":
      return holds(expression.left, row) && holds(expression.right, row);
    case "or":
      return holds(expression.left, row) || holds(expression.right, row);
    case "not":
      return !holds(expression.of, row);
    case "present":
      return row(expression.field) !== undefined;
    case "like":
      return expression.pattern.test(String(valueIn(expression.left, row) ?? ""));
    case "in":
      return expression.values.some((value) => compare("=", valueIn(expression.left, row), value));
    case "compare":
      return compare(expression.operator, valueIn(expression.left, row), valueIn(expression.right, row));
    default:
      return Boolean(valueIn(expression, row));
  }
}

function valueIn(expression: Expression, row: Row): Value {
  switch (expression.kind) {
    case "value":
      return expression.value;
    case "field":
      return row(expression.name);
    default:
      return holds(expression, row) ? 1 : 0;
  }
}

/** As numbers where both are, as texts otherwise. Nothing compares to a field that a line does not have. */
function compare(operator: Operator, left: Value, right: Value): boolean {
  if (left === undefined || right === undefined) {
    return operator === "!=" && left !== right;
  }
  const order = ordered(left, right);
  switch (operator) {
    case "=":
      return order === 0;
    case "!=":
      return order !== 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
  }
}

export function ordered(left: string | number, right: string | number): number {
  const [one, other] = [Number(left), Number(right)];
  if (!Number.isNaN(one) && !Number.isNaN(other)) {
    return one - other;
  }
  return String(left) < String(right) ? -1 : String(left) > String(right) ? 1 : 0;
}
