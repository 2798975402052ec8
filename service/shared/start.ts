import { setTimeout as pause } from "node:timers/promises";
import type Koa from "koa";
import type { z } from "zod";
import { EnvironmentError, readEnvironment, type ServiceEnvironment } from "./environment.ts";
import { LineBatches } from "./line-batches.ts";
import { createLog, type Log } from "./log.ts";
import type { RequestState } from "./request-identity.ts";
import { listen } from "./server.ts";

/** A service that is ready to listen. */
export interface Service {
  readonly app: Koa<RequestState>;
  /** Closes the service's connections and threads. */
  close(): Promise<void>;
}

/** Milliseconds that a process waits at its exit for its last log lines to be read. */
const FLUSH_LIMIT = 1_000;

type Exit = (code: number) => Promise<void>;

/** Runs a service with this process's environment until SIGTERM or SIGINT. Exits with 1 if the environment is invalid. */
export async function start<Environment extends ServiceEnvironment>(
  name: string,
  schema: z.ZodType<Environment>,
  build: (environment: Environment, log: Log) => Service | Promise<Service>,
): Promise<void> {
  try {
    const environment = readEnvironment(schema);
    const output = new LineBatches(process.stdout);
    const log = createLog(name, environment.LOGLEVEL, output);
    const exit = async (code: number) => {
      await Promise.race([output.flush(), pause(FLUSH_LIMIT)]);
      process.exit(code);
    };
    exitOnUncaughtException(log, exit);
    await run(await build(environment, log), environment, log, exit);
  } catch (error) {
    if (!(error instanceof EnvironmentError)) {
      throw error;
    }
    console.error(error.message);
    process.exit(1);
  }
}

async function run(
  service: Service,
  { PORT, HOST, DRAIN_SECONDS }: ServiceEnvironment,
  log: Log,
  exit: Exit,
): Promise<void> {
  const server = await listen(service.app, { port: PORT, host: HOST, drainSeconds: DRAIN_SECONDS, log }).catch(
    (error: Error) => {
      throw new EnvironmentError(`PORT is "${PORT}": expected a free port (${error.message})`);
    },
  );
  log.info({ port: server.port }, `listening on port ${server.port}`);

  const stop = async (signal: string) => {
    log.info({ signal }, `${signal}: finishing open requests`);
    await server.stop();
    await service.close();
    log.info("stopped");
    await exit(0);
  };
  // A second signal has no handler and ends the process immediately.
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}

function exitOnUncaughtException(log: Log, exit: Exit): void {
  // A second one, such as for a line that cannot be written, has no handler and ends the process immediately.
  process.once("uncaughtException", (error) => {
    log.fatal({ err: error }, `exiting: ${error.message}`);
    void exit(1);
  });
}
