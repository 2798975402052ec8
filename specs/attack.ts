import { SettingsError } from "../settings/load.ts";
import type { Settings } from "../settings/schema.ts";
import { MYSFITS } from "./mysfits.ts";
import { LIKE_PATH } from "./services.ts";

// What a load test sends. The load generator in AWS, `npm run load` and the laptop's console all read this.

/** Likes in turn for each of the paths, at a rate that does not wait for answers. */
export interface Attack {
  readonly method: "POST";
  /** Taken in turn, one for each request. */
  readonly paths: readonly string[];
  /** Requests a second once the ramp is over. */
  readonly rate: number;
  /** Seconds from the first request to the last, the ramp among them. */
  readonly durationSeconds: number;
  /** Seconds in which the rate rises evenly from none to all; with 0 it begins at once. */
  readonly rampSeconds: number;
}

export type AttackSettings = Pick<Settings["load"], "rate" | "durationSeconds" | "rampSeconds" | "mysfits">;

/** Requests sent evenly over some seconds. */
export interface AttackStep {
  readonly requests: number;
  readonly seconds: number;
}

/**
 * The attack that the settings ask for, on all mysfits unless they name some.
 *
 * @throws {SettingsError} naming the first id that no mysfit has: each of its requests would be a 404
 */
export function describeAttack({ load }: { readonly load: AttackSettings }): Attack {
  const known = MYSFITS.map(({ id }) => id);
  const targets = load.mysfits ?? known;
  const wrong = targets.findIndex((id) => !known.includes(id));
  if (wrong !== -1) {
    throw new SettingsError(
      `load.mysfits.${wrong} is ${JSON.stringify(targets[wrong])}: expected the id of a mysfit: ${known.join(", ")}`,
    );
  }
  return {
    method: "POST",
    paths: targets.map((id) => LIKE_PATH.replace("*", id)),
    rate: load.rate,
    durationSeconds: load.durationSeconds,
    rampSeconds: load.rampSeconds,
  };
}

/** Requests a second at a moment, in seconds since the attack began; none before and after it. */
export function rateAt({ rate, durationSeconds, rampSeconds }: Attack, moment: number): number {
  if (moment < 0 || moment >= durationSeconds) {
    return 0;
  }
  return moment < rampSeconds ? (rate * moment) / rampSeconds : rate;
}

/** Requests that are to have been sent by a moment, in seconds since the attack began: the whole part of what `rateAt` adds up to. */
export function requestsBy({ rate, durationSeconds, rampSeconds }: Attack, moment: number): number {
  const elapsed = Math.min(Math.max(moment, 0), durationSeconds);
  const ramped = Math.min(elapsed, rampSeconds);
  const duringRamp = rampSeconds === 0 ? 0 : (rate * ramped * ramped) / (2 * rampSeconds);
  return Math.floor(duringRamp + rate * (elapsed - ramped));
}

/** When a request is due, the first being 1, in seconds since the attack began: the other way round than `requestsBy`. */
export function momentOf({ rate, rampSeconds }: Attack, request: number): number {
  const duringRamp = (rate * rampSeconds) / 2;
  return request <= duringRamp
    ? Math.sqrt((2 * rampSeconds * request) / rate)
    : rampSeconds + (request - duringRamp) / rate;
}

/**
 * The attack for a tool that knows only even rates: the ramp in steps of at most `stepSeconds`, then the rest in one. They
 * send what the attack sends, to the request; a step in which nothing is due only takes its time.
 */
export function stepsOf(attack: Attack, stepSeconds: number): readonly AttackStep[] {
  const { rampSeconds, durationSeconds } = attack;
  const ends = Array.from({ length: Math.ceil(rampSeconds / stepSeconds) }, (_, index) =>
    Math.min((index + 1) * stepSeconds, rampSeconds),
  );
  if (rampSeconds < durationSeconds) {
    ends.push(durationSeconds);
  }
  return ends.map((end, index) => {
    const start = ends[index - 1] ?? 0;
    return { requests: requestsBy(attack, end) - requestsBy(attack, start), seconds: end - start };
  });
}
