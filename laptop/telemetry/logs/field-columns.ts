import type { LogFields } from "../../system/processes/log-record.ts";

/** Maximum number of distinct values in a column. Further ones, as in a field of request IDs, are not stored. */
const MAX_VALUES = 16_384;

/** Maximum number of characters of a string in a column. */
const LONGEST_TEXT = 128;

/** Codes of a line without a value in the column: the value is not stored, or the field is missing. */
const UNKNOWN = 0;
const MISSING = 1;

type Scalar = string | number | boolean;

/** Values of one field of all lines, as codes of the distinct values, so that queries read them without parsing lines. */
class Column {
  readonly #codes: Uint16Array;
  readonly #values: Scalar[] = [];
  readonly #codeOf = new Map<Scalar, number>();

  constructor(places: number) {
    this.#codes = new Uint16Array(places);
  }

  set(place: number, value: unknown): void {
    this.#codes[place] = value === undefined || value === null ? MISSING : this.#code(value);
  }

  /** Returns the value in an array, or an empty one for a missing field; undefined if the column does not hold it. */
  get(place: number): readonly [Scalar?] | undefined {
    const code = this.#codes[place] as number;
    return code === UNKNOWN ? undefined : code === MISSING ? [] : [this.#values[code - 2] as Scalar];
  }

  #code(value: unknown): number {
    if (typeof value === "object" || (typeof value === "string" && value.length > LONGEST_TEXT)) {
      return UNKNOWN;
    }
    const known = this.#codeOf.get(value as Scalar);
    if (known !== undefined || this.#values.length === MAX_VALUES) {
      return known ?? UNKNOWN;
    }
    this.#values.push(value as Scalar);
    this.#codeOf.set(value as Scalar, this.#values.length + 1);
    return this.#values.length + 1;
  }
}

/** Columns of the fields that searches and queries use most. */
export class FieldColumns {
  readonly #columns: ReadonlyMap<string, Column>;

  /** @param places Number of lines that the store can hold. */
  constructor(fields: readonly string[], places: number) {
    this.#columns = new Map(fields.map((field) => [field, new Column(places)]));
  }

  set(place: number, fields: LogFields | undefined): void {
    for (const [field, column] of this.#columns) {
      column.set(place, fields && Object.hasOwn(fields, field) ? fields[field] : undefined);
    }
  }

  /** Returns a line's field as {@link Column.get} does; also undefined for a field without a column. */
  get(place: number, field: string): readonly [Scalar?] | undefined {
    return this.#columns.get(field)?.get(place);
  }
}
