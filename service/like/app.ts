import type { RouterMiddleware } from "@koa/router";
import * as z from "zod";
import { segmentName } from "../../model/monitoring/tracing.ts";
import { onOff, serviceEnvironment } from "../shared/environment.ts";
import type { Log } from "../shared/log.ts";
import { requireMysfitId } from "../shared/mysfit-id.ts";
import { identityHeaders, type RequestState } from "../shared/request-identity.ts";
import type { Service } from "../shared/start.ts";
import { webApp } from "../shared/web-app.ts";
import { Burner } from "./burner.ts";
import { chaos, rollDice } from "./chaos.ts";
import { MonolithClient } from "./monolith-client.ts";

export const likeEnvironment = serviceEnvironment.extend({
  /** Host of the monolith, with the port unless it is 80. */
  MONOLITH_URL: z
    .string("a host, or host:port, without scheme")
    .regex(/^[a-z\d]([a-z\d.-]*[a-z\d])?(:\d{1,5})?$/i, "a host, or host:port, without scheme"),
  CHAOSMODE: onOff.default("off"),
});

type LikeSettings = Pick<z.infer<typeof likeEnvironment>, "MONOLITH_URL" | "CHAOSMODE" | "TRACING">;

/** The like service: forwards a like from the site to the monolith, which counts it. Optionally adds chaos. */
export async function likeService(
  { MONOLITH_URL, CHAOSMODE, TRACING }: LikeSettings,
  log: Log,
  dice = rollDice,
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
    ...(TRACING === "on" && { segment: segmentName("like") }),
    routes(router) {
      router.post("/mysfits/:id/like", requireMysfitId, ...(CHAOSMODE === "on" ? [chaos(dice, burner)] : []), like);
    },
    async missing() {
      return (await monolith.isReady()) ? [] : [`monolith at ${MONOLITH_URL}`];
    },
  });
  return {
    app,
    async close() {
      await Promise.all([monolith.close(), burner.close()]);
    },
  };
}
