import { randomInt } from "node:crypto";
import type { RouterMiddleware } from "@koa/router";
import { noSuchMysfit } from "../shared/mysfit-id.ts";
import type { RequestState } from "../shared/request-identity.ts";
import type { Burner } from "./burner.ts";

/** A whole number between two, both of them included, each as likely as the next. */
export type Dice = (least: number, most: number) => number;

export const throwDice: Dice = (least, most) => randomInt(least, most + 1);

/**
 * The odd behaviour that the labs look for. Of a hundred likes, 64 first burn CPU, 25 are told that there is no such
 * mysfit, and 11 go on untouched. All of it shows in the log, at WARN.
 */
export function chaos(dice: Dice, burner: Burner): RouterMiddleware<RequestState> {
  return async (ctx, next) => {
    const { log } = ctx.state;
    const number = dice(1, 100);
    if (number < 65) {
      const digits = dice(2_500, 3_500);
      if (burner.busy) {
        log.warn({ chaos: "busy" }, `WARN: chaos drew ${number}, but enough is burning: the like goes on untouched`);
      } else {
        log.warn({ chaos: "burn", digits }, `WARN: chaos drew ${number}: works out ${digits} digits of pi first`);
        await burner.burn(digits);
      }
    } else if (number < 90) {
      log.warn({ chaos: "deny" }, `WARN: chaos drew ${number}: denies that the mysfit exists`);
      throw noSuchMysfit(ctx.params.id as string);
    } else {
      log.warn({ chaos: "none" }, `WARN: chaos drew ${number}: the like goes on untouched`);
    }
    await next();
  };
}
