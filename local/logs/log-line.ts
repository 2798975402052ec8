import { styleText } from "node:util";
import { isHealthCheck } from "../../service/shared/health.ts";
import { LOG_LEVEL, levelName } from "../../specs/log-level.ts";

/** Where it is not gray. */
const COLORS: Readonly<Record<string, Parameters<typeof styleText>[0]>> = {
  INFO: "green",
  WARN: "yellow",
  ERROR: "red",
  FATAL: "red",
};

/** What a service wrote with its logger; a record has more fields than these. */
export interface LogRecord {
  readonly level: number;
  readonly time: string;
  readonly msg: string;
  readonly method?: string;
  readonly path?: string;
  readonly durationMs?: number;
}

/** A line that a program wrote, read once for all who want to know something of it. */
export interface LogLine {
  /** As it was written. */
  readonly text: string;
  /** Undefined for a line that is no log record, such as one of a crash's stack. */
  readonly record: LogRecord | undefined;
  /** A warning or worse, or no log record at all. */
  readonly trouble: boolean;
  /** Several of these a minute would bury the rest. */
  readonly healthCheck: boolean;
}

export function readLine(text: string): LogLine {
  const record = parseRecord(text);
  return {
    text,
    record,
    trouble: (record?.level ?? LOG_LEVEL.WARN) >= LOG_LEVEL.WARN,
    healthCheck: record?.method === "GET" && isHealthCheck(record.path ?? ""),
  };
}

/**
 * What a person at the terminal reads of a program's line. A line that is no log record stays as it is.
 * @param task Id of the program's task.
 */
export function shortLine(program: string, { text, record }: LogLine, task = ""): string {
  const prefix = styleText("cyan", `${program} ${shortId(task)}`.padEnd(13));
  if (record === undefined) {
    return `${prefix} ${text}`;
  }
  const { level, time, msg, durationMs } = record;
  const name = levelName(level);
  const took = durationMs === undefined ? "" : styleText("gray", ` ${durationMs} ms`);
  return `${prefix} ${time.slice(11, 23)} ${styleText(COLORS[name] ?? "gray", name.padEnd(5))} ${msg}${took}`;
}

/** Enough of a task's id to tell it from the others of its service. */
export function shortId(task: string): string {
  return task.slice(0, 4);
}

/** Undefined for a line that is no log record. */
export function parseRecord(line: string): LogRecord | undefined {
  if (!line.startsWith("{")) {
    return undefined;
  }
  try {
    const record = JSON.parse(line);
    return typeof record?.level === "number" && typeof record.time === "string" && typeof record.msg === "string"
      ? record
      : undefined;
  } catch {
    return undefined;
  }
}
