import bunyan from "bunyan";
import { LOG_LEVEL } from "../../model/log-level.ts";

export type Log = bunyan;

/** The lowest level that is logged. */
export type LogLevel = "DEBUG" | "INFO" | "WARN" | "ERROR";

/** A bunyan logger that writes one line of JSON per record, for CloudWatch Logs or the laptop. */
export function createLog(service: string, level: LogLevel, output: NodeJS.WritableStream = process.stdout): Log {
  return bunyan.createLogger({
    name: service,
    serializers: { err: bunyan.stdSerializers.err },
    streams: [{ stream: output, level: LOG_LEVEL[level] }],
  });
}
