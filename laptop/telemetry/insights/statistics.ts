import { QueryError } from "../syntax/tokens.ts";
import { type Aggregate, aggregateField, type StatsCommand } from "./commands.ts";
import { evaluate, type Row } from "./evaluate.ts";
import { naturalOrder, numberOf, Timestamp, type Value } from "./value.ts";

/** Maximum number of groups of a `stats` command; more than the rows of a result. */
const MAX_GROUPS = 100_000;

/** Values of one aggregate within a group. */
interface Accumulator {
  add(row: Row): void;
  readonly value: Value;
}

interface Group {
  readonly by: readonly Value[];
  readonly accumulators: readonly Accumulator[];
}

/** Groups rows and computes the aggregates of each group, as rows arrive. */
export class Grouping {
  readonly #command: StatsCommand;
  readonly #groups = new Map<string, Group>();

  constructor(command: StatsCommand) {
    this.#command = command;
  }

  add(row: Row): void {
    const by = this.#command.by.map(({ value }) => evaluate(value, row));
    // The number 500 and the string "500" are one group.
    const key = JSON.stringify(by.map((value) => (value === undefined ? null : String(value))));
    let group = this.#groups.get(key);
    if (group === undefined) {
      if (this.#groups.size === MAX_GROUPS) {
        throw new QueryError(
          `stats has more than ${MAX_GROUPS} groups: expected fewer, by other fields or after a filter`,
          0,
        );
      }
      group = { by, accumulators: this.#command.aggregates.map(accumulate) };
      this.#groups.set(key, group);
    }
    for (const accumulator of group.accumulators) {
      accumulator.add(row);
    }
  }

  /** One row per group, in the order in which the groups appeared. */
  *rows(): Generator<Row> {
    const { columns, by: names } = this.#command;
    for (const { by, accumulators } of this.#groups.values()) {
      const aggregates = new Map(accumulators.map(({ value }, index) => [aggregateField(index), value]));
      const values = new Map<string, Value>([
        ...names.map(({ name }, index) => [name, by[index]] as const),
        ...columns.map(({ name, value }) => [name, evaluate(value, (field) => aggregates.get(field))] as const),
      ]);
      yield (field) => values.get(field);
    }
  }
}

function accumulate({ name, of, percent = 0 }: Aggregate): Accumulator {
  const read = (row: Row) => (of ? evaluate(of, row) : 1);
  switch (name) {
    case "count":
      return fold(read, 0, (count: number) => count + 1);
    case "count_distinct":
      return distinct(read);
    case "sum":
      return numbers(read, (sum) => sum);
    case "avg":
      return numbers(read, (sum, count) => sum / count);
    case "pct":
      return percentileOf(read, percent);
    case "min":
      return extreme(read, -1);
    case "max":
      return extreme(read, 1);
    case "sortsfirst":
      return fold(read, undefined, (best: Value, value) =>
        best === undefined || naturalOrder(value, best) < 0 ? value : best,
      );
    case "sortslast":
      return fold(read, undefined, (best: Value, value) =>
        best === undefined || naturalOrder(value, best) > 0 ? value : best,
      );
    case "earliest":
      return byTime(read, (time, best) => time <= best);
    case "latest":
      return byTime(read, (time, best) => time > best);
  }
}

/** Combines the values of all rows; missing values are ignored. */
function fold<Result extends Value>(
  read: (row: Row) => Value,
  initial: Result,
  combine: (result: Result, value: NonNullable<Value>) => Result,
): Accumulator {
  let result = initial;
  return {
    add(row) {
      const value = read(row);
      if (value !== undefined) {
        result = combine(result, value);
      }
    },
    get value() {
      return result;
    },
  };
}

function distinct(read: (row: Row) => Value): Accumulator {
  const seen = new Set<string>();
  return fold(read, 0, (_count: number, value) => seen.add(String(value)).size);
}

/** Sums the numeric values; undefined if there are none. */
function numbers(read: (row: Row) => Value, finish: (sum: number, count: number) => number): Accumulator {
  let sum = 0;
  let count = 0;
  return {
    add(row) {
      const value = read(row);
      const number = value instanceof Timestamp ? undefined : numberOf(value);
      if (number !== undefined) {
        sum += Number(number);
        count += 1;
      }
    },
    get value() {
      return count === 0 ? undefined : finish(sum, count);
    },
  };
}

/** Percentile by the nearest rank. */
function percentileOf(read: (row: Row) => Value, percent: number): Accumulator {
  const values: number[] = [];
  return {
    add(row) {
      const number = numberOf(read(row));
      if (number !== undefined) {
        values.push(Number(number));
      }
    },
    get value() {
      const rank = Math.max(1, Math.ceil(Number(((percent / 100) * values.length).toFixed(6))));
      return values.toSorted((one, other) => one - other)[rank - 1];
    },
  };
}

/** Smallest or largest value: of the numbers and times if there are any, otherwise of the strings. */
function extreme(read: (row: Row) => Value, sign: 1 | -1): Accumulator {
  return fold(read, undefined, (best: Value, value) => {
    if (best === undefined) {
      return value;
    }
    const [isNumber, wasNumber] = [numberOf(value) !== undefined, numberOf(best) !== undefined];
    if (isNumber !== wasNumber) {
      return isNumber ? value : best;
    }
    return sign * naturalOrder(value, best) > 0 ? value : best;
  });
}

function byTime(read: (row: Row) => Value, isBetter: (time: number, best: number) => boolean): Accumulator {
  let best: number | undefined;
  let found: Value;
  return {
    add(row) {
      const value = read(row);
      const time = row("@timestamp");
      if (
        value !== undefined &&
        time instanceof Timestamp &&
        (best === undefined || isBetter(time.milliseconds, best))
      ) {
        best = time.milliseconds;
        found = value;
      }
    },
    get value() {
      return found;
    },
  };
}
