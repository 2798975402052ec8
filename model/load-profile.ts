import type { Settings } from "../settings/schema.ts";
import { SettingsError } from "../settings/settings-error.ts";
import { MYSFITS } from "./mysfits.ts";
import { LIKE_PATH } from "./services/like.ts";

/**
 * Requests of a load test, sent at a rate that does not wait for responses. The load generator in AWS, `npm run load`, the
 * simulator, and the laptop's console all follow it.
 */
export interface LoadProfile {
  readonly method: "POST";
  /** Used in turn, one per request. */
  readonly paths: readonly string[];
  /** Requests per second after the ramp. */
  readonly rate: number;
  /** Seconds from the first request to the last, including the ramp. */
  readonly durationSeconds: number;
  /** Seconds in which the rate rises linearly from 0; with 0 the full rate starts at once. */
  readonly rampSeconds: number;
}

export type LoadProfileSettings = Pick<Settings["load"], "rate" | "durationSeconds" | "rampSeconds" | "mysfits">;

/** Requests sent at a constant rate for some seconds. */
export interface LoadStep {
  readonly requests: number;
  readonly seconds: number;
}

/**
 * The load profile in the settings: likes for all mysfits unless the settings name some.
 *
 * @throws {SettingsError} naming the first ID that no mysfit has, because each of its requests would be a 404
 */
export function loadProfile({ load }: { readonly load: LoadProfileSettings }): LoadProfile {
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

/** Requests per second at a time in seconds since the start; 0 before the start and after the end. */
export function rateAt({ rate, durationSeconds, rampSeconds }: LoadProfile, seconds: number): number {
  if (seconds < 0 || seconds >= durationSeconds) {
    return 0;
  }
  return seconds < rampSeconds ? (rate * seconds) / rampSeconds : rate;
}

/** Requests due by a time in seconds since the start: the integral of {@link rateAt}, rounded down. */
export function requestsBy({ rate, durationSeconds, rampSeconds }: LoadProfile, seconds: number): number {
  const elapsed = Math.min(Math.max(seconds, 0), durationSeconds);
  const ramped = Math.min(elapsed, rampSeconds);
  const duringRamp = rampSeconds === 0 ? 0 : (rate * ramped * ramped) / (2 * rampSeconds);
  return Math.floor(duringRamp + rate * (elapsed - ramped));
}

/** Seconds since the start when a request is due, counted from 1: the inverse of {@link requestsBy}. */
export function dueAt({ rate, rampSeconds }: LoadProfile, request: number): number {
  const duringRamp = (rate * rampSeconds) / 2;
  return request <= duringRamp
    ? Math.sqrt((2 * rampSeconds * request) / rate)
    : rampSeconds + (request - duringRamp) / rate;
}

/**
 * The profile for a tool that supports only constant rates: the ramp in steps of at most `stepSeconds`, then the rest in one
 * step. Together they send exactly the requests of the profile; a step without requests only takes its time.
 */
export function stepsOf(profile: LoadProfile, stepSeconds: number): readonly LoadStep[] {
  const { rampSeconds, durationSeconds } = profile;
  const ends = Array.from({ length: Math.ceil(rampSeconds / stepSeconds) }, (_, index) =>
    Math.min((index + 1) * stepSeconds, rampSeconds),
  );
  if (rampSeconds < durationSeconds) {
    ends.push(durationSeconds);
  }
  return ends.map((end, index) => {
    const start = ends[index - 1] ?? 0;
    return { requests: requestsBy(profile, end) - requestsBy(profile, start), seconds: end - start };
  });
}
