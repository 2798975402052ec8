import bunyan from "bunyan";
import { LOG_LEVEL } from "../../specs/log-level.ts";

export type Log = bunyan;

/** The least that is logged. */
export type LogLevel = "DEBUG" | "INFO" | "WARN" | "ERROR";

/** A logger that writes one line of JSON per record, where CloudWatch Logs or the laptop runner picks it up. */
export function createLog(service: string, level: LogLevel, output: NodeJS.WritableStream = process.stdout): Log {
  return bunyan.createLogger({
    name: service,
    serializers: { err: bunyan.stdSerializers.err },
    streams: [{ stream: output, level: LOG_LEVEL[level] }],
  });
}
