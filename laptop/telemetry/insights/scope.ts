import type { Expression } from "./commands.ts";

/** Names that a query has defined so far. */
export class Scope {
  /** Columns of the last `stats`, which removes all other fields; undefined before the first. */
  columns: Set<string> | undefined;
  /** Names that the current `fields` or `display` assigns. AWS does not document whether its other columns can use them. */
  assigned: Set<string> | undefined;
  /** Names of conditions. Each one is a condition itself. */
  readonly #conditions = new Set<string>();
  readonly #times = new Set(["@timestamp"]);
  readonly #maps = new Set<string>();
  /** Names of items of lists, which may be maps, lists, or other values. */
  readonly #items = new Set<string>();

  define(name: string, value?: Expression): void {
    this.columns?.add(name);
    const isItself = value?.kind === "field" && value.name === name;
    if (!isItself) {
      this.assigned?.add(name);
      this.#conditions.delete(name);
      this.#times.delete(name);
      this.#maps.delete(name);
      this.#items.delete(name);
    }
    if (value && isCondition(value)) {
      this.#conditions.add(name);
    }
    if (value && isTime(value)) {
      this.#times.add(name);
    }
    if (value && isMap(value)) {
      this.#maps.add(name);
    }
  }

  defineItem(name: string): void {
    this.define(name);
    this.#items.add(name);
  }

  field(name: string): Expression {
    return { kind: "field", name, ...(this.#times.has(name) && { isTime: true }) };
  }

  /** True for the name of a map or list. */
  isMap(name: string): boolean {
    return this.#maps.has(name);
  }

  /** True for a name within a map or list, such as `map.key`. */
  isInMap(name: string): boolean {
    return [...this.#maps, ...this.#items].some((map) => name.startsWith(`${map}.`));
  }

  /** True for a name that may be a list. */
  isList(name: string): boolean {
    return this.#maps.has(name) || this.#items.has(name) || this.isInMap(name);
  }

  /** True for a condition, and for the name of one. */
  isCondition(value: Expression): boolean {
    return isCondition(value) || (value.kind === "field" && this.#conditions.has(value.name));
  }
}

/** True for `@timestamp` and for what the date functions return. Fields of lines are never times. */
export function isTime(value: Expression): boolean {
  return (value.kind === "field" || value.kind === "call") && value.isTime === true;
}

/** True for what `jsonParse` returns. */
export function isMap(value: Expression): boolean {
  return (value.kind === "field" || value.kind === "call") && value.isMap === true;
}

export function isCondition({ kind }: Expression): boolean {
  return ["and", "or", "not", "in", "like", "compare", "present"].includes(kind);
}
