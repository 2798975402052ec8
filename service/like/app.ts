import type { RouterMiddleware } from "@koa/router";
import * as z from "zod";
import { SEGMENT_NAMES } from "../../specs/monitoring/tracing.ts";
import { onOff, serviceEnvironment } from "../shared/environment.ts";
import type { Log } from "../shared/log.ts";
import { onlyMysfitIds } from "../shared/mysfit-id.ts";
import { identityHeaders, type RequestState } from "../shared/request-identity.ts";
import type { Service } from "../shared/start.ts";
import { webApp } from "../shared/web-app.ts";
import { Burner } from "./burner.ts";
import { chaos, throwDice } from "./chaos.ts";
import { MonolithClient } from "./monolith-client.ts";

export const likeEnvironment = serviceEnvironment.extend({
  /** Host of the monolith, with a port when it is not 80. */
  MONOLITH_URL: z
    .string("a host, or host:port, without scheme")
    .regex(/^[a-z\d]([a-z\d.-]*[a-z\d])?(:\d{1,5})?$/i, "a host, or host:port, without scheme"),
  CHAOSMODE: onOff.default("off"),
});

type LikeSettings = Pick<z.infer<typeof likeEnvironment>, "MONOLITH_URL" | "CHAOSMODE" | "TRACING">;

/** The like service: takes a like from the site and has the monolith count it, with chaos on top if wanted. */
export async function likeService(
  { MONOLITH_URL, CHAOSMODE, TRACING }: LikeSettings,
  log: Log,
  dice = throwDice,
): Promise<Service> {
  const monolith = new MonolithClient(MONOLITH_URL);
  const burner = new Burner();

  const like: RouterMiddleware<RequestState> = async (ctx) => {
    await monolith.like(ctx.params.id as string, identityHeaders(ctx.state));
    ctx.body = { Update: "Success" };
  };

  const app = await webApp({
    name: "like",
    log,
    ...(TRACING === "on" && { segment: SEGMENT_NAMES.like }),
    routes(router) {
      router.param("id", onlyMysfitIds);
      router.post("/mysfits/:id/like", ...(CHAOSMODE === "on" ? [chaos(dice, burner)] : []), like);
    },
    async missing() {
      return (await monolith.answers()) ? [] : [`monolith at ${MONOLITH_URL}`];
    },
  });
  return {
    app,
    async close() {
      await Promise.all([monolith.close(), burner.close()]);
    },
  };
}
