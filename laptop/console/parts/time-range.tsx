import { changeQuery } from "../browser/router.ts";

/** Minutes. Undefined means everything that is kept. */
const RANGES = [5, 15, 60, undefined] as const;

/** The time range in a page's query, in minutes: 15 unless the query has another range of the menu. */
export function minutesIn(query: URLSearchParams): number | undefined {
  const range = query.get("range");
  return range === "all" ? undefined : (RANGES.find((minutes) => String(minutes) === range) ?? 15);
}

/** The time that many minutes ago, in epoch milliseconds. */
export function startOf(minutes: number | undefined): number | undefined {
  return minutes === undefined ? undefined : Date.now() - minutes * 60_000;
}

/** Menu for the time range of a page. */
export function TimeRangeMenu({ minutes }: { readonly minutes: number | undefined }) {
  return (
    <select
      aria-label="Time range"
      value={minutes ?? "all"}
      onChange={({ currentTarget }) => changeQuery({ range: currentTarget.value })}
    >
      {RANGES.map((range) => (
        <option key={range} value={range ?? "all"}>
          {range === undefined ? "Everything kept" : `Last ${range} min`}
        </option>
      ))}
    </select>
  );
}
