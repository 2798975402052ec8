import { changeQuery } from "../route.ts";

/** Minutes that can be looked at; undefined is everything that is kept. */
const RANGES = [5, 15, 60, undefined] as const;

/** The minutes that an address asks for. */
export function minutesIn(query: URLSearchParams): number | undefined {
  const range = query.get("range") ?? "15";
  return range === "all" ? undefined : Number(range) || 15;
}

/** When those minutes began, in milliseconds since 1970. */
export function beginningOf(minutes: number | undefined): number | undefined {
  return minutes === undefined ? undefined : Date.now() - minutes * 60_000;
}

/** Chooses how much of the past is looked at. */
export function TimeRange({ minutes }: { readonly minutes: number | undefined }) {
  return (
    <select
      aria-label="Time"
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
