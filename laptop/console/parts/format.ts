import type { AlarmState } from "./messages.ts";

// Numbers for people: three significant digits and a unit.

/** Formats bytes, for example `12.3 MiB`. */
export function bytes(count: number): string {
  const units = ["B", "KiB", "MiB", "GiB"];
  const power = Math.min(Math.floor(Math.log2(Math.max(count, 1)) / 10), units.length - 1);
  return `${digits(count / 1024 ** power)} ${units[power]}`;
}

/** Smallest number of seconds shown in each unit, and the seconds per unit. */
const UNITS = [
  [1, 1, "s"],
  [0.0009995, 1e-3, "ms"],
] as const;

/** Longer units, each with the unit of the remainder. */
const LONG_UNITS = [
  [2 * 86_400, 86_400, "days", 3_600, "h"],
  [2 * 3_600, 3_600, "h", 60, "min"],
  [119.5, 60, "min", 1, "s"],
] as const;

/**
 * Formats seconds, for example `850 µs`, `12.3 ms`, `1.52 s`, or `2 min 43 s`. Negative values, from a clock set back,
 * become 0.
 */
export function duration(seconds: number): string {
  if (seconds <= 0) {
    return "0 ms";
  }
  const long = LONG_UNITS.find(([from]) => seconds >= from);
  if (long) {
    const [, size, unit, restSize, restUnit] = long;
    const rounded = Math.round(seconds / restSize) * restSize;
    const rest = (rounded % size) / restSize;
    return `${Math.floor(rounded / size)} ${unit}${rest > 0 ? ` ${rest} ${restUnit}` : ""}`;
  }
  const [, size, unit] = UNITS.find(([from]) => seconds >= from) ?? [0, 1e-6, "µs"];
  return `${digits(seconds / size)} ${unit}`;
}

const LIST = new Intl.ListFormat("en-US", { type: "conjunction" });

/** Formats a list, for example `like, monolith, and badge`. */
export function list(items: readonly string[]): string {
  return LIST.format(items);
}

const CHOICE = new Intl.ListFormat("en-US", { type: "disjunction" });

/** Formats a choice, for example `like, monolith, or badge`. */
export function choice(items: readonly string[]): string {
  return CHOICE.format(items);
}

/** Formats requests per second as `12.3 /s`, or per minute if there is less than one per second. */
export function rate(perSecond: number): string {
  return perSecond >= 1 || perSecond === 0 ? `${digits(perSecond)} /s` : `${digits(perSecond * 60)} /min`;
}

/** Formats a share between 0 and 1, for example `4.2%`. Only none is 0%, and only all are 100%. */
export function percent(share: number): string {
  if (share > 0 && share < 0.001) {
    return "< 0.1%";
  }
  if (share > 0.999 && share < 1) {
    return "> 99.9%";
  }
  return `${(share * 100).toLocaleString("en-US", { maximumFractionDigits: share < 0.1 || share > 0.9 ? 1 : 0 })}%`;
}

/** Formats a number with its unit, for example `86.1%` or `1.52 s`. An empty unit is left out. */
export function quantity(number: number, unit: string): string {
  return `${digits(number)}${unit === "%" || unit === "" ? unit : ` ${unit}`}`;
}

/** Formats a whole number, for example `12,345`. */
export function count(number: number): string {
  return number.toLocaleString("en-US", { maximumFractionDigits: 0 });
}

/** Counts things, for example `1 trace` or `12,345 traces`. */
export function counted(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? "" : "s"}`;
}

/** Formats the time of day with milliseconds. @param time epoch milliseconds */
export function clock(time: number): string {
  const at = new Date(time);
  return `${at.toLocaleTimeString("en-GB")}.${String(at.getMilliseconds()).padStart(3, "0")}`;
}

/** Formats a number with three significant digits, or two below 1. */
export function digits(number: number): string {
  const size = Math.abs(number);
  if (size < 1) {
    return number.toLocaleString("en-US", { maximumSignificantDigits: 2 });
  }
  const places = size >= 100 || Number.isInteger(number) ? 0 : size >= 10 ? 1 : 2;
  return number.toLocaleString("en-US", { maximumFractionDigits: places });
}

/** Value of the last minute with its traffic, for example `100% of 12 likes; needs 20 to fire`. */
export function alarmValue({ value, unit = "", traffic }: AlarmState): string {
  const figure = value === undefined ? "–" : quantity(value, unit);
  if (traffic === undefined) {
    return figure;
  }
  if (traffic.count === 0) {
    return `no ${traffic.noun}`;
  }
  const noun = traffic.count === 1 ? traffic.noun.slice(0, -1) : traffic.noun;
  const text = `${figure} ${unit === "%" ? "of" : "for"} ${count(traffic.count)} ${noun}`;
  return traffic.count < traffic.needed ? `${text}; needs ${traffic.needed} to fire` : text;
}
