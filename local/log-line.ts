import { styleText } from "node:util";

const LEVELS: Readonly<Record<number, { name: string; style: Parameters<typeof styleText>[0] }>> = {
  10: { name: "TRACE", style: "gray" },
  20: { name: "DEBUG", style: "gray" },
  30: { name: "INFO", style: "green" },
  40: { name: "WARN", style: "yellow" },
  50: { name: "ERROR", style: "red" },
  60: { name: "FATAL", style: "red" },
};

/** A line that a service wrote with its logger; a record has more fields than these. */
export interface LogRecord {
  readonly level: number;
  readonly time: string;
  readonly msg: string;
  readonly method?: string;
  readonly path?: string;
  readonly durationMs?: number;
}

/**
 * What a person at the terminal reads of a program's line. A line that is no log record, such as a crash's stack, stays as
 * it is.
 * @param task Id of the program's task.
 */
export function shortLine(program: string, line: string, task = ""): string {
  const record = parseRecord(line);
  const prefix = styleText("cyan", `${program} ${shortId(task)}`.padEnd(13));
  if (record === undefined) {
    return `${prefix} ${line}`;
  }
  const { level, time, msg, durationMs } = record;
  const { name, style } = LEVELS[level] ?? { name: String(level), style: "gray" };
  const took = durationMs === undefined ? "" : styleText("gray", ` ${durationMs} ms`);
  return `${prefix} ${time.slice(11, 23)} ${styleText(style, name.padEnd(5))} ${msg}${took}`;
}

/** Enough of a task's id to tell it from the others of its service. */
export function shortId(task: string): string {
  return task.slice(0, 4);
}

/** Several of these a minute would bury the rest. */
export function isHealthCheck(line: string, healthPath: string): boolean {
  const record = parseRecord(line);
  return record?.method === "GET" && record.path === healthPath;
}

/** Undefined for a line that is no log record. */
export function parseRecord(line: string): LogRecord | undefined {
  try {
    const record = JSON.parse(line);
    return typeof record?.level === "number" && typeof record.time === "string" && typeof record.msg === "string"
      ? record
      : undefined;
  } catch {
    return undefined;
  }
}
