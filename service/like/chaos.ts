import { randomInt } from "node:crypto";
import type { RouterMiddleware } from "@koa/router";
import { noSuchMysfit } from "../shared/mysfit-id.ts";
import type { RequestState } from "../shared/request-identity.ts";
import { annotate } from "../shared/subsegments.ts";
import type { Burner } from "./burner.ts";

/** A whole number between two, both of them included, each as likely as the next. */
export type Dice = (least: number, most: number) => number;

export const throwDice: Dice = (least, most) => randomInt(least, most + 1);

/**
 * The odd behaviour that the labs look for. Of a hundred likes, 64 first burn CPU, 25 are told that there is no such
 * mysfit, and 11 go on untouched. All of it shows in the log, at WARN, and in the request's trace.
 */
export function chaos(dice: Dice, burner: Burner): RouterMiddleware<RequestState> {
  return async (ctx, next) => {
    const { log } = ctx.state;
    const number = dice(1, 100);
    const tell = (chaos: "burn" | "busy" | "deny" | "none", what: string, fields = {}) => {
      annotate("chaos", chaos);
      log.warn({ chaos, ...fields }, `WARN: chaos drew ${number}${what}`);
    };
    if (number < 65) {
      const digits = dice(2_500, 3_500);
      if (burner.busy) {
        tell("busy", ", but enough is burning: the like goes on untouched");
      } else {
        tell("burn", `: works out ${digits} digits of pi first`, { digits });
        await burner.burn(digits);
      }
    } else if (number < 90) {
      tell("deny", ": denies that the mysfit exists");
      throw noSuchMysfit(ctx.params.id as string);
    } else {
      tell("none", ": the like goes on untouched");
    }
    await next();
  };
}
