import { styleText } from "node:util";
import { LOG_LEVEL, levelName } from "../../../model/log-level.ts";
import { isHealthCheck } from "../../../service/shared/health.ts";
import { parseJson } from "./parse-json.ts";

/** Colors of the levels that are not gray. */
const COLORS: Readonly<Record<string, Parameters<typeof styleText>[0]>> = {
  INFO: "green",
  WARN: "yellow",
  ERROR: "red",
  FATAL: "red",
};

/** Log record of a service, with the fields that the laptop reads. */
export interface LogRecord {
  readonly level: number;
  readonly time: string;
  readonly msg: string;
  readonly method?: string;
  readonly path?: string;
  readonly durationMs?: number;
}

/** A line of a program's output, parsed once for all its readers. */
export interface LogLine {
  readonly text: string;
  /** Undefined for a line that is not a log record, such as a stack trace. */
  readonly record: LogRecord | undefined;
  /** True for a warning or worse, and for a line that is not a log record. */
  readonly trouble: boolean;
  /** True for a health check; there are several per minute. */
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
 * Formats a line for the terminal. A line that is not a log record is not changed.
 * @param task ID of the program's task.
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

/** Shortens a task ID to the part that distinguishes the tasks of a service. */
export function shortId(task: string): string {
  return task.slice(0, 4);
}

/** Parses a log record; undefined for any other line. */
export function parseRecord(line: string): LogRecord | undefined {
  if (!line.startsWith("{")) {
    return undefined;
  }
  try {
    const record = parseJson(line);
    return typeof record?.level === "number" && typeof record.time === "string" && typeof record.msg === "string"
      ? record
      : undefined;
  } catch {
    return undefined;
  }
}
