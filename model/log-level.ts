/** Levels of log records, with the numbers that bunyan writes into them. */
export const LOG_LEVEL = { TRACE: 10, DEBUG: 20, INFO: 30, WARN: 40, ERROR: 50, FATAL: 60 } as const;

/** Returns the name of a level, such as `WARN` for 40, or the number if it has no name. */
export function levelName(level: number): string {
  return Object.entries(LOG_LEVEL).find(([, number]) => number === level)?.[0] ?? String(level);
}
