import type Koa from "koa";
import type { z } from "zod";
import { EnvironmentError, readEnvironment, type ServiceEnvironment } from "./environment.ts";
import { createLog, type Log } from "./log.ts";
import type { RequestState } from "./request-identity.ts";
import { listen } from "./server.ts";

/** A service that is ready to listen, with whatever it holds open. */
export interface Service {
  readonly app: Koa<RequestState>;
  close(): Promise<void>;
}

/** Runs a service as this process: from its environment, until SIGTERM or SIGINT. */
export async function start<Environment extends ServiceEnvironment>(
  name: string,
  schema: z.ZodType<Environment>,
  build: (environment: Environment, log: Log) => Service,
): Promise<void> {
  const environment = environmentOrExit(schema);
  const { PORT, HOST, LOGLEVEL, DRAIN_SECONDS } = environment;
  const log = createLog(name, LOGLEVEL);
  process.on("uncaughtException", (error) => {
    log.fatal({ err: error }, `stopping at once: ${error.message}`);
    process.exit(1);
  });

  const service = build(environment, log);
  const server = await listen(service.app, { port: PORT, host: HOST, drainSeconds: DRAIN_SECONDS, log });
  log.info({ port: server.port }, `listening on port ${server.port}`);

  const stop = async (signal: string) => {
    log.info({ signal }, `${signal}: finishing what is under way`);
    await server.stop();
    await service.close();
    log.info("stopped");
    process.exit(0);
  };
  // A second signal finds no handler and ends the process at once.
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}

function environmentOrExit<Environment>(schema: z.ZodType<Environment>): Environment {
  try {
    return readEnvironment(schema);
  } catch (error) {
    if (error instanceof EnvironmentError) {
      console.error(error.message);
      process.exit(1);
    }
    throw error;
  }
}
