/** Milliseconds of a unit of time, by its name in the language. */
const UNITS: Readonly<Record<string, number>> = {
  ...{ millisecond: 1, ms: 1, msec: 1, second: 1_000, s: 1_000, sec: 1_000, minute: 60_000, m: 60_000, min: 60_000 },
  ...{ hour: 3_600_000, h: 3_600_000, hr: 3_600_000, d: 86_400_000, day: 86_400_000 },
};

/**
 * Largest number of a unit, by its milliseconds. CloudWatch silently shortens longer periods to it, so that bin(300s) is a
 * minute. Source: "Datetime functions" in the query syntax.
 */
const LARGEST: Readonly<Record<number, number>> = { 1: 1_000, 1000: 60, 60000: 60, 3600000: 24 };

interface Period {
  readonly milliseconds: number;
  /** The period that CloudWatch uses instead of one that is too long for its unit, such as `60s`. */
  readonly shortened: string | undefined;
}

/** Parses a period such as `5m`; undefined for a unit that the laptop does not support. */
export function parsePeriod(text: string): Period | undefined {
  const [, number = "", unit = ""] = /^([\d.]+)([a-z]+)$/.exec(text.toLowerCase()) ?? [];
  // Names of more than one character have a plural: hrs, but not hs.
  const size = UNITS[unit] ?? (unit.length > 2 ? UNITS[unit.replace(/s$/, "")] : undefined);
  if (size === undefined) {
    return undefined;
  }
  const largest = LARGEST[size] ?? Number.POSITIVE_INFINITY;
  return {
    milliseconds: Number(number) * size,
    shortened: Number(number) > largest ? `${largest}${unit}` : undefined,
  };
}
