import { LOG_LEVEL } from "../../../model/log-level.ts";

/** Fields of a line that is a JSON object. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Log record of a program, with the fields that the laptop reads. */
export interface LogRecord {
  readonly level: number;
  /** As bunyan writes it; empty for a record without a time. */
  readonly time: string;
  readonly msg: string;
  readonly method?: string;
  readonly path?: string;
  readonly durationMs?: number;
}

// Names of the fields that every record has, in bunyan, pino, winston, zap, logrus, zerolog, slog, Powertools, Python's JSON formatters
// and structlog, Google's format, Elastic's ecs-logging, and the JSON layouts of log4j and logback.
const LEVEL = ["level", "log.level", "severity", "levelname"];
const MESSAGE = ["msg", "message", "event"];
const TIME = ["time", "timestamp", "@timestamp", "ts", "timeMillis", "asctime"];

/** Numbers of levels by their names, with those of Python, Google, syslog, and npm. */
const LEVELS: Readonly<Record<string, number>> = {
  ...LOG_LEVEL,
  SILLY: LOG_LEVEL.TRACE,
  ...{ VERBOSE: LOG_LEVEL.DEBUG, HTTP: LOG_LEVEL.DEBUG },
  NOTICE: LOG_LEVEL.INFO,
  WARNING: LOG_LEVEL.WARN,
  ERR: LOG_LEVEL.ERROR,
  ...{ CRITICAL: LOG_LEVEL.FATAL, CRIT: LOG_LEVEL.FATAL, ALERT: LOG_LEVEL.FATAL, EMERG: LOG_LEVEL.FATAL },
};

/** Returns the fields as a log record; undefined if they are not one. */
export function recordOf(fields: LogFields | undefined): LogRecord | undefined {
  if (fields === undefined || isOwnRecord(fields)) {
    return fields;
  }
  const level = levelOf(firstOf(fields, LEVEL));
  const msg = firstOf(fields, MESSAGE);
  return level !== undefined && typeof msg === "string"
    ? { ...fields, level, msg, time: timeOf(firstOf(fields, TIME)) }
    : undefined;
}

/** Returns the number of a level, which may be a name in any case; undefined for an unknown name. */
export function levelOf(level: unknown): number | undefined {
  return typeof level === "number" ? level : typeof level === "string" ? LEVELS[level.toUpperCase()] : undefined;
}

/** True for a record as the services write it, which most lines are. */
function isOwnRecord(fields: LogFields): fields is LogFields & LogRecord {
  return typeof fields.level === "number" && typeof fields.time === "string" && typeof fields.msg === "string";
}

function firstOf(fields: LogFields, names: readonly string[]): unknown {
  const name = names.find((candidate) => Object.hasOwn(fields, candidate));
  return name === undefined ? undefined : fields[name];
}

/** Milliseconds of units of time, each with the first number since 1970 that would be after the year 5000 and so has a smaller unit. */
const UNITS = [
  [1e11, 1_000],
  [1e14, 1],
  [1e17, 1e-3],
  [Number.POSITIVE_INFINITY, 1e-6],
] as const;

/** Parses a number since 1970 in seconds or a smaller unit, or a date, which Python's loggers write with a comma. */
function timeOf(time: unknown): string {
  // Nanoseconds are more than a double can represent exactly, so that they arrive as a string of digits.
  const number = typeof time === "string" && /^\d{16,}$/.test(time) ? Number(time) : time;
  const date =
    typeof number === "number"
      ? new Date(number * (UNITS.find(([beyond]) => number < beyond)?.[1] ?? Number.NaN))
      : new Date(typeof time === "string" ? time.replace(/,(?=\d)/, ".") : Number.NaN);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}
