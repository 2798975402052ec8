export interface FileTime {
  readonly file: string;
  /** From the start of the file's process to its end. */
  readonly seconds: number;
  /** Of the file's process alone. */
  readonly cpu: number;
  /** CPU seconds of the programs that it started, such as Terraform and the emulator. */
  readonly programs: number;
}

/** Number of files with a row in the table. */
const SHOWN = 40;

/** A row for each of the slowest test files, slowest first, one for the sum of the others, and one for the sum of all. */
export function timesTable(files: readonly FileTime[]): string {
  const sorted = files.toSorted((one, other) => other.seconds - one.seconds);
  const others = sorted.slice(SHOWN);
  const rows = sorted.slice(0, SHOWN);
  if (others.length > 0) {
    rows.push(sum(others, `more files: ${others.length}`));
  }
  rows.push(sum(sorted, "total"));
  return rows
    .map(({ file, seconds, cpu, programs }) => `${[seconds, cpu, programs].map(column).join(" ")}  ${file}`)
    .join("\n");
}

function sum(files: readonly FileTime[], file: string): FileTime {
  const add = (key: "seconds" | "cpu" | "programs") => files.reduce((total, time) => total + time[key], 0);
  return { file, seconds: add("seconds"), cpu: add("cpu"), programs: add("programs") };
}

function column(seconds: number): string {
  return seconds.toFixed(1).padStart(8);
}
