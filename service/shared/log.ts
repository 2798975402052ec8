import bunyan from "bunyan";

export type Log = bunyan;

export type LogLevel = "DEBUG" | "INFO" | "WARN" | "ERROR";

const LEVELS = { DEBUG: "debug", INFO: "info", WARN: "warn", ERROR: "error" } as const;

/** A logger that writes one line of JSON per record, where CloudWatch Logs or the laptop runner picks it up. */
export function createLog(service: string, level: LogLevel, output: NodeJS.WritableStream = process.stdout): Log {
  return bunyan.createLogger({
    name: service,
    serializers: { err: bunyan.stdSerializers.err },
    streams: [{ stream: output, level: LEVELS[level] }],
  });
}
