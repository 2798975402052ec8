// Number formats of the terminal report and the chart.

export function count(value: number): string {
  return Number(value.toFixed(value < 10 ? 1 : 0)).toLocaleString("en-US");
}

/** Axis label. */
export function short(value: number): string {
  return value >= 1e6 ? `${value / 1e6}M` : value >= 1e4 ? `${value / 1e3}k` : value.toLocaleString("en-US");
}

/** Formats percent. Only 100 is 100%, which would otherwise be what 99.6 is rounded to. */
export function percent(value: number): string {
  if (value > 99 && value < 100) {
    return `${Math.min(value, 99.99).toFixed(2)}%`;
  }
  return value === 0 ? "0%" : value < 0.01 ? "< 0.01%" : `${value.toFixed(value < 10 ? 2 : 0)}%`;
}

export function duration(seconds: number | undefined): string {
  if (seconds === undefined) {
    return "-";
  }
  return seconds < 1 ? `${Number((seconds * 1000).toPrecision(3))} ms` : `${Number(seconds.toPrecision(2))} s`;
}

export function dollars(value: number | undefined): string {
  return value === undefined ? "-" : value === 0 ? "$0" : `$${value.toFixed(value < 0.1 ? 4 : 2)}`;
}

/** Time since the start as hh:mm:ss. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}
