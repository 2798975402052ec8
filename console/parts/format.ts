// Figures as people read them: three digits that mean something, and a unit.

/** Bytes, such as `12.3 MiB`. */
export function bytes(count: number): string {
  const units = ["B", "KiB", "MiB", "GiB"];
  const power = Math.min(Math.floor(Math.log2(Math.max(count, 1)) / 10), units.length - 1);
  return `${digits(count / 1024 ** power)} ${units[power]}`;
}

/** From how many seconds on each unit is used, and how many seconds it has. */
const UNITS = [
  [2 * 86_400, 86_400, "days"],
  [2 * 3_600, 3_600, "h"],
  [120, 60, "min"],
  [1, 1, "s"],
  [0.0009995, 1e-3, "ms"],
] as const;

/** Seconds, such as `850 µs`, `12.3 ms`, `1.52 s` or `3.5 h`. What a clock that was set back makes negative is nothing. */
export function duration(seconds: number): string {
  if (seconds <= 0) {
    return "0 ms";
  }
  const [, size, unit] = UNITS.find(([from]) => seconds >= from) ?? [0, 1e-6, "µs"];
  return `${digits(seconds / size)} ${unit}`;
}

/** Requests in a second: `12.3 /s`, or by the minute where that is less than one. */
export function rate(perSecond: number): string {
  return perSecond >= 1 || perSecond === 0 ? `${digits(perSecond)} /s` : `${digits(perSecond * 60)} /min`;
}

/** A share from 0 to 1, such as `4.2 %`. */
export function percent(share: number): string {
  return `${(share * 100).toLocaleString("en-US", { maximumFractionDigits: share < 0.1 ? 1 : 0 })} %`;
}

/** Such as `12,345`. */
export function count(number: number): string {
  return number.toLocaleString("en-US", { maximumFractionDigits: 0 });
}

/** Time of day with milliseconds. @param time Milliseconds since 1970. */
export function clock(time: number): string {
  const at = new Date(time);
  return `${at.toLocaleTimeString("en-GB")}.${String(at.getMilliseconds()).padStart(3, "0")}`;
}

/** Enough of a task's id to tell it from the others of its service. */
export function shortId(task: string): string {
  return task.slice(0, 4);
}

/** Three digits that mean something, and no more places than that. */
export function digits(number: number): string {
  const size = Math.abs(number);
  const places = size >= 100 || Number.isInteger(number) ? 0 : size >= 10 ? 1 : 2;
  return number.toLocaleString("en-US", { maximumFractionDigits: places });
}
