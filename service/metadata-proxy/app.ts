import { Readable } from "node:stream";
import createError from "http-errors";
import Koa, { type Middleware } from "koa";
import * as z from "zod";
import { serviceEnvironment } from "../shared/environment.ts";
import { handleErrors } from "../shared/error-handler.ts";
import type { Log } from "../shared/log.ts";
import { identifyRequests, type RequestState } from "../shared/request-identity.ts";
import type { Service } from "../shared/start.ts";
import { type Endpoints, locate } from "./locate.ts";
import { MetadataEndpoint } from "./metadata-endpoint.ts";

const base = z
  .url({ protocol: /^http$/, error: "a URL such as http://169.254.170.2/v2" })
  .regex(/^[^?#]*[^?#/]$/, "a URL without a query and without a trailing slash");

export const metadataProxyEnvironment = serviceEnvironment.extend({
  PORT: serviceEnvironment.shape.PORT.unwrap().default(8001),
  /** Version 2 of the endpoint, at the same link-local address in every Fargate task. */
  METADATA_V2_URI: base.default("http://169.254.170.2/v2"),
  /** Version 4 of the endpoint. ECS sets a different URL for each container. */
  ECS_CONTAINER_METADATA_URI_V4: base.optional(),
});

type ProxySettings = Pick<
  z.infer<typeof metadataProxyEnvironment>,
  "METADATA_V2_URI" | "ECS_CONTAINER_METADATA_URI_V4"
>;

const METHODS = ["GET", "HEAD"];

/** The metadata proxy: gives clients outside the task read access to the task's metadata, and to nothing else. */
export function metadataProxy(settings: ProxySettings, log: Log): Service {
  const endpoints = { v2: settings.METADATA_V2_URI, v4: settings.ECS_CONTAINER_METADATA_URI_V4 };
  const endpoint = new MetadataEndpoint();

  const app = new Koa<RequestState>();
  app.on("error", (error) => log.warn({ err: error }, `response cut off: ${error.message}`));
  app.use(identifyRequests(log));
  app.use(logRequests);
  app.use(handleErrors);
  app.use(forward(endpoints, endpoint));
  return { app, close: () => endpoint.close() };
}

const logRequests: Middleware<RequestState> = async (ctx, next) => {
  await next();
  const { method, url, status } = ctx;
  ctx.state.log.info({ method, path: url.slice(0, 200), status }, `${method} ${url.slice(0, 200)} ${status}`);
};

function forward(endpoints: Endpoints, endpoint: MetadataEndpoint): Middleware<RequestState> {
  return async (ctx) => {
    // The raw URL: a URL that a parser would normalize is not on the list.
    const target = locate(ctx.url, endpoints);
    if (target === undefined) {
      throw createError(404, "there is nothing at this address");
    }
    if (!METHODS.includes(ctx.method)) {
      ctx.set("Allow", METHODS.join(", "));
      throw createError(405, `${ctx.method} is not allowed here: expected ${METHODS.join(" or ")}`);
    }
    const recording = await endpoint.read(target);
    ctx.type = "json";
    ctx.body = Readable.from(recording.play(), { objectMode: false });
  };
}
