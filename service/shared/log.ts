import bunyan from "bunyan";
import { LOG_LEVEL } from "../../model/log-level.ts";
import { causeChain } from "./cause-chain.ts";

export type Log = bunyan;

/** The lowest level that is logged. */
export type LogLevel = "DEBUG" | "INFO" | "WARN" | "ERROR";

/** A bunyan logger that writes one line of JSON per record, for CloudWatch Logs or the laptop. */
export function createLog(service: string, level: LogLevel, output: bunyan.Stream["stream"] = process.stdout): Log {
  return bunyan.createLogger({
    name: service,
    serializers: { err: serializeError },
    streams: [{ stream: output, level: LOG_LEVEL[level] }],
  });
}

/** Adds the stacks of the causes. See findings/bunyan-leaves-out-the-cause-of-an-error.sh. */
function serializeError(error: unknown): unknown {
  const [, ...causes] = causeChain(error);
  const fields = bunyan.stdSerializers.err(error);
  return causes.length === 0
    ? fields
    : { ...fields, stack: [fields.stack, ...causes.map(({ stack }) => stack)].join("\nCaused by: ") };
}
