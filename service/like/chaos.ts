import { randomInt } from "node:crypto";
import type { RouterMiddleware } from "@koa/router";
import { noSuchMysfit } from "../shared/mysfit-id.ts";
import type { RequestState } from "../shared/request-identity.ts";
import { annotate } from "../shared/subsegments.ts";
import type { Burner } from "./burner.ts";

/** Returns an integer from `least` to `most`, inclusive, with equal probability. */
export type Dice = (least: number, most: number) => number;

export const rollDice: Dice = (least, most) => randomInt(least, most + 1);

/**
 * Koa middleware with the misbehavior that the labs investigate. Of 100 likes, 64 burn CPU first, 25 get a 404, and 11
 * pass unchanged. Each effect is logged at WARN and annotated in the request's trace.
 */
export function chaos(dice: Dice, burner: Burner): RouterMiddleware<RequestState> {
  return async (ctx, next) => {
    const { log } = ctx.state;
    const number = dice(1, 100);
    const record = (chaos: "burn" | "busy" | "deny" | "none", effect: string, fields = {}) => {
      annotate("chaos", chaos);
      log.warn({ chaos, ...fields }, `WARN: chaos drew ${number}: ${effect}`);
    };
    if (number < 65) {
      const digits = dice(2_500, 3_500);
      if (burner.busy) {
        record("busy", "too many burns are pending, so the like passes unchanged");
      } else {
        record("burn", `computes ${digits} digits of pi first`, { digits });
        await burner.burn(digits);
      }
    } else if (number < 90) {
      record("deny", "responds that the mysfit does not exist");
      throw noSuchMysfit(ctx.params.id as string);
    } else {
      record("none", "the like passes unchanged");
    }
    await next();
  };
}
