import * as z from "zod";

/** Thrown for invalid environment variables. The message has a line for each: name, value, and what was expected. */
export class EnvironmentError extends Error {
  override readonly name = "EnvironmentError";
}

export const onOff = z.enum(["on", "off"], "on or off");

/** Environment variables of every service. */
export const serviceEnvironment = z.object({
  /** Port to listen on. With 0 the first log line names the chosen port. */
  PORT: integer(0, 65_535).default(80),
  /** Address to listen on; all addresses if unset. */
  HOST: z.union([z.ipv4(), z.ipv6()], "an IP address such as 127.0.0.1").optional(),
  LOGLEVEL: z.enum(["DEBUG", "INFO", "WARN", "ERROR"], "DEBUG, INFO, WARN, or ERROR").default("INFO"),
  /** Seconds to finish requests after SIGTERM. */
  DRAIN_SECONDS: integer(1, 120).default(25),
  TRACING: onOff.default("off"),
  /** Address of the X-Ray daemon, for UDP and TCP; 127.0.0.1:2000 if unset. */
  AWS_XRAY_DAEMON_ADDRESS: z.string().refine(isAddress, "host:port such as 127.0.0.1:2000").optional(),
});

export type ServiceEnvironment = z.infer<typeof serviceEnvironment>;

/** Parses environment variables and adds defaults. Throws an {@link EnvironmentError}. */
export function readEnvironment<Environment>(
  schema: z.ZodType<Environment>,
  environment: NodeJS.ProcessEnv = process.env,
): Environment {
  const checked = schema.safeParse(environment);
  if (!checked.success) {
    throw new EnvironmentError(
      checked.error.issues
        .map(
          ({ path: [name], message }) => `${String(name)} is ${show(environment[String(name)])}: expected ${message}`,
        )
        .join("\n"),
    );
  }
  return checked.data;
}

function integer(least: number, most: number) {
  return z
    .string()
    .refine(
      (text) => /^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most,
      `an integer from ${least} to ${most}`,
    )
    .transform(Number);
}

function isAddress(text: string): boolean {
  const [, port] = /^[\w.-]+:(\d{1,5})$/.exec(text) ?? [];
  return port !== undefined && Number(port) >= 1 && Number(port) <= 65_535;
}

function show(value: string | undefined): string {
  return value === undefined ? "missing" : JSON.stringify(value);
}
