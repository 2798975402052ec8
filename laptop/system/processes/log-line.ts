import { styleText } from "node:util";
import { LOG_LEVEL, levelName } from "../../../model/log-level.ts";
import { isHealthCheck } from "../../../service/shared/health.ts";
import { type LogFields, type LogRecord, recordOf } from "./log-record.ts";
import { parseJson } from "./parse-json.ts";
import { shortId } from "./short-id.ts";

/** Colors of the levels that are not gray. */
const COLORS: Readonly<Record<string, Parameters<typeof styleText>[0]>> = {
  INFO: "green",
  WARN: "yellow",
  ERROR: "red",
  FATAL: "red",
};

/** A line of a program's output, parsed once for all its readers. */
export interface LogLine {
  readonly text: string;
  /** Undefined for a line that is not a JSON object. */
  readonly fields: LogFields | undefined;
  /** Undefined for a line that is not a log record, such as a stack trace. */
  readonly record: LogRecord | undefined;
  /** True for a warning or worse, and for a line that is not a log record. */
  readonly trouble: boolean;
  /** True for a health check; there are several per minute. */
  readonly healthCheck: boolean;
}

export function readLine(text: string): LogLine {
  const fields = parseFields(text);
  const record = recordOf(fields);
  return {
    text,
    fields,
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
  return `${prefix} ${time.slice(11, 23).padEnd(12)} ${styleText(COLORS[name] ?? "gray", name.padEnd(5))} ${msg}${took}`;
}

/** Parses a JSON object, log record or not; undefined for any other line. */
export function parseFields(line: string): LogFields | undefined {
  if (!/^\s*\{/.test(line)) {
    return undefined;
  }
  try {
    return parseJson(line);
  } catch {
    return undefined;
  }
}

/** Parses a log record; undefined for any other line. */
export function parseRecord(line: string): LogRecord | undefined {
  return recordOf(parseFields(line));
}
