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
  build: (environment: Environment, log: Log) => Service | Promise<Service>,
): Promise<void> {
  try {
    const environment = readEnvironment(schema);
    const log = createLog(name, environment.LOGLEVEL);
    stopOnSurprise(log);
    await run(await build(environment, log), environment, log);
  } catch (error) {
    if (!(error instanceof EnvironmentError)) {
      throw error;
    }
    console.error(error.message);
    process.exit(1);
  }
}

async function run(service: Service, { PORT, HOST, DRAIN_SECONDS }: ServiceEnvironment, log: Log): Promise<void> {
  const server = await listen(service.app, { port: PORT, host: HOST, drainSeconds: DRAIN_SECONDS, log }).catch(
    (error: Error) => {
      throw new EnvironmentError(`PORT is "${PORT}": expected a port that is free to listen on (${error.message})`);
    },
  );
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

function stopOnSurprise(log: Log): void {
  process.on("uncaughtException", (error) => {
    log.fatal({ err: error }, `stopping at once: ${error.message}`);
    process.exit(1);
  });
}
