import { randomLcg, randomNormal } from "d3-random";
import { type Attack, rateAt } from "../specs/attack.ts";
import type { Scenario, Stretch } from "./scenario.ts";

/** Requests a second over time. */
export interface Load {
  readonly seconds: number;
  /** @param moment seconds since the beginning */
  rate(moment: number): number;
}

/** Seconds that the noise stays the same. */
const GUST = 10;

/** @param attack what a stretch of that name is */
export function loadOf({ load, noise }: Pick<Scenario, "load" | "noise">, attack: Attack): Load {
  const stretches: Timed[] = [];
  for (const stretch of load) {
    const before = stretches.at(-1);
    stretches.push(timed(stretch, attack, before?.end ?? 0, before?.last ?? 0));
  }
  const seconds = stretches.at(-1)?.end ?? 0;
  const gusts = noise ? gustsOf(noise, seconds) : [];
  return {
    seconds,
    rate(moment) {
      const stretch = stretches.find(({ end }) => moment < end);
      return (stretch?.rate(moment) ?? 0) * (gusts[Math.floor(moment / GUST)] ?? 1);
    },
  };
}

interface Timed {
  readonly end: number;
  /** Rate at the end, from which a ramp goes on. */
  readonly last: number;
  rate(moment: number): number;
}

function timed(stretch: Stretch, attack: Attack, start: number, before: number): Timed {
  if (stretch === "attack") {
    return { end: start + attack.durationSeconds, last: 0, rate: (moment) => rateAt(attack, moment - start) };
  }
  const end = start + stretch.forSeconds;
  if ("rate" in stretch) {
    return { end, last: stretch.rate, rate: () => stretch.rate };
  }
  const { rampTo, forSeconds } = stretch;
  return { end, last: rampTo, rate: (moment) => before + ((rampTo - before) * (moment - start)) / forSeconds };
}

function gustsOf({ spread, seed }: NonNullable<Scenario["noise"]>, seconds: number): number[] {
  const normal = randomNormal.source(randomLcg(seed))(1, spread);
  return Array.from({ length: Math.ceil(seconds / GUST) }, () => Math.max(0, normal()));
}
