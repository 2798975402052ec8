import { Readable } from "node:stream";
import Koa, { type Middleware } from "koa";
import * as z from "zod";
import { serviceEnvironment } from "../shared/environment.ts";
import type { Log } from "../shared/log.ts";
import { answerErrors, Refusal } from "../shared/refusal.ts";
import { identifyRequests, type RequestState } from "../shared/request-identity.ts";
import type { Service } from "../shared/start.ts";
import { type Endpoints, locate } from "./locate.ts";
import { MetadataEndpoint } from "./metadata-endpoint.ts";

const base = z
  .url({ protocol: /^http$/, error: "an address such as http://169.254.170.2/v2" })
  .regex(/^[^?#]*[^?#/]$/, "an address without query and without '/' at its end");

export const metadataProxyEnvironment = serviceEnvironment.extend({
  PORT: serviceEnvironment.shape.PORT.unwrap().default(8001),
  /** Where version 2 of the endpoint is; every task on Fargate has it at the same link-local address. */
  METADATA_V2_URI: base.default("http://169.254.170.2/v2"),
  /** Where version 4 is. ECS sets this, for each container its own. */
  ECS_CONTAINER_METADATA_URI_V4: base.optional(),
});

type ProxySettings = Pick<
  z.infer<typeof metadataProxyEnvironment>,
  "METADATA_V2_URI" | "ECS_CONTAINER_METADATA_URI_V4"
>;

const METHODS = ["GET", "HEAD"];

/** The metadata proxy: lets others than the task's own containers read what ECS knows of the task, and nothing else. */
export function metadataProxy(settings: ProxySettings, log: Log): Service {
  const endpoints = { v2: settings.METADATA_V2_URI, v4: settings.ECS_CONTAINER_METADATA_URI_V4 };
  const endpoint = new MetadataEndpoint();

  const app = new Koa<RequestState>();
  app.on("error", (error) => log.warn({ err: error }, `answer cut off: ${error.message}`));
  app.use(identifyRequests(log));
  app.use(logRequests);
  app.use(answerErrors);
  app.use(passOn(endpoints, endpoint));
  return { app, close: () => endpoint.close() };
}

const logRequests: Middleware<RequestState> = async (ctx, next) => {
  await next();
  const { method, url, status } = ctx;
  ctx.state.log.info({ method, path: url.slice(0, 200), status }, `${method} ${url.slice(0, 200)} ${status}`);
};

function passOn(endpoints: Endpoints, endpoint: MetadataEndpoint): Middleware<RequestState> {
  return async (ctx) => {
    // The URL exactly as it came: what a parser would tidy up is not on the list.
    const target = locate(ctx.url, endpoints);
    if (target === undefined) {
      throw new Refusal(404, "there is nothing at this address");
    }
    if (!METHODS.includes(ctx.method)) {
      ctx.set("Allow", METHODS.join(", "));
      throw new Refusal(405, `${ctx.method} is not allowed here: expected ${METHODS.join(" or ")}`);
    }
    const answer = await endpoint.read(target);
    ctx.type = "json";
    ctx.body = Readable.from(answer.play(), { objectMode: false });
  };
}
