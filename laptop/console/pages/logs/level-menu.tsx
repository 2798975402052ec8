import { LOG_LEVEL } from "../../../../model/log-level.ts";
import { changeQuery } from "../../browser/router.ts";

/** Lowest level of the lines that are shown. Undefined means all. */
const LEVELS = [
  [undefined, "All levels"],
  [LOG_LEVEL.INFO, "Info and above"],
  [LOG_LEVEL.WARN, "Warnings and above"],
  [LOG_LEVEL.ERROR, "Errors"],
] as const;

/** The level in the page's query: all unless the query has another level of the menu. */
export function levelIn(query: URLSearchParams): number | undefined {
  return LEVELS.find(([level]) => String(level) === query.get("level"))?.[0];
}

/** Menu for the level. */
export function LevelMenu({ level }: { readonly level: number | undefined }) {
  return (
    <select
      aria-label="Level"
      value={level ?? ""}
      onChange={({ currentTarget }) => changeQuery({ level: currentTarget.value })}
    >
      {LEVELS.map(([value = "", label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
}
