import type { FoundLine } from "../logs/log-store.ts";
import type { Arithmetic, Expression } from "./commands.ts";
import { finite } from "./functions.ts";
import { compare, numberOf, Timestamp, type Value } from "./value.ts";

/** Looks up a field of a line, or of a row made from lines. */
export type Row = (field: string) => Value;

/**
 * Returns the fields of a line under their Insights names, with dots for nested ones, and its program and task. A name that
 * begins with an at sign is a system field, or has a second at sign for a field of the line.
 * Source: "Supported logs and discovered fields" in the CloudWatch Logs User Guide.
 */
export function fieldsOf(line: FoundLine): Row {
  return (field) => {
    switch (field) {
      case "@timestamp":
        return new Timestamp(line.time);
      case "@message":
        return line.text;
      case "@logStream":
        return [line.program, line.task].filter(Boolean).join("/");
      case "program":
        return line.program;
      case "task":
        return line.task;
      default:
        return field.startsWith("@") && !field.startsWith("@@") ? undefined : ownField(line, field.replace(/^@@/, "@"));
    }
  };
}

function ownField(line: FoundLine, path: string): Value {
  return fieldValue(line.field(path) ?? (path.includes(".") ? lookUp(line.fields, path) : undefined));
}

/** Returns a value within a map or list by its path. */
export function memberOf(map: unknown, path: string): Value {
  return fieldValue(lookUp(map, path));
}

/** Finds a value by its path. A key may itself contain dots. */
function lookUp(within: unknown, path: string): unknown {
  if (typeof within !== "object" || within === null) {
    return undefined;
  }
  if (Object.hasOwn(within, path) && !(Array.isArray(within) && path === "length")) {
    return (within as Record<string, unknown>)[path];
  }
  for (let dot = path.indexOf("."); dot > 0; dot = path.indexOf(".", dot + 1)) {
    const key = path.slice(0, dot);
    const found = Object.hasOwn(within, key)
      ? lookUp((within as Record<string, unknown>)[key], path.slice(dot + 1))
      : undefined;
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

/** Returns a value of a line as the language sees it: objects and arrays are JSON text. */
export function fieldValue(found: unknown): Value {
  if (found === undefined || found === null) {
    return undefined;
  }
  return typeof found === "object" ? JSON.stringify(found) : (found as string | number | boolean);
}

/** True if a condition holds for a row. */
export function holds(condition: Expression, row: Row): boolean {
  switch (condition.kind) {
    case "and":
      return holds(condition.left, row) && holds(condition.right, row);
    case "or":
      return holds(condition.left, row) || holds(condition.right, row);
    case "not":
      return !holds(condition.of, row);
    case "present":
      return row(condition.field) !== undefined;
    case "like": {
      const text = evaluate(condition.left, row);
      return text !== undefined && condition.pattern.test(String(text));
    }
    case "in": {
      const left = evaluate(condition.left, row);
      return condition.values.some((value) => compare("=", left, value));
    }
    case "compare":
      return compare(condition.operator, evaluate(condition.left, row), evaluate(condition.right, row));
    default:
      return Boolean(evaluate(condition, row));
  }
}

/** Computes an expression; a condition is 1 or 0. */
export function evaluate(expression: Expression, row: Row): Value {
  switch (expression.kind) {
    case "value":
      return expression.value;
    case "field":
      return row(expression.name);
    case "call":
      return expression.run(expression.of.map((argument) => evaluate(argument, row)));
    case "arithmetic": {
      const [left, right] = [numberOf(evaluate(expression.left, row)), numberOf(evaluate(expression.right, row))];
      return left === undefined || right === undefined
        ? undefined
        : finite(calculate(expression.operator, Number(left), Number(right)));
    }
    default:
      return holds(expression, row) ? 1 : 0;
  }
}

function calculate(operator: Arithmetic, left: number, right: number): number {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    case "%":
      return left % right;
    case "^":
      return left ** right;
  }
}
