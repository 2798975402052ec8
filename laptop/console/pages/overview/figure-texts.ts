import { duration, percent, rate } from "../../parts/format.ts";
import type { Figures } from "./messages.ts";

type Texts = Readonly<Record<"rate" | "errors" | "p50" | "p99", string>>;

/** Formatted figures; empty without requests. */
export function textsOf({ rate: perSecond, errors, estimated, p50, p99 }: Figures): Partial<Texts> {
  const about = estimated ? "≈" : "";
  return p50 === undefined || p99 === undefined
    ? {}
    : {
        rate: `${about}${rate(perSecond)}`,
        errors: `${about}${percent(errors)}`,
        p50: `${about}${duration(p50)}`,
        p99: `${about}${duration(p99)}`,
      };
}

/** Text in place of the figures. */
export function reasonForNone({ estimated }: Figures): string {
  return estimated ? "none traced" : "no requests";
}
