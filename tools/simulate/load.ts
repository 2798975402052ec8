import { randomLcg, randomNormal } from "d3-random";
import { type LoadProfile, rateAt } from "../../model/load-profile.ts";
import type { Phase, Scenario } from "./scenario.ts";

/** Requests per second over time. */
export interface Load {
  readonly seconds: number;
  /** @param moment seconds since the start */
  rate(moment: number): number;
}

/** Seconds between two noise samples. */
const NOISE_SECONDS = 10;

/** Builds the load of a scenario. @param loadTest the load test of the settings, for a `load-test` phase */
export function loadOf({ load, noise }: Pick<Scenario, "load" | "noise">, loadTest: LoadProfile): Load {
  const phases: TimedPhase[] = [];
  for (const phase of load) {
    const before = phases.at(-1);
    phases.push(timed(phase, loadTest, before?.end ?? 0, before?.last ?? 0));
  }
  const seconds = phases.at(-1)?.end ?? 0;
  const factors = noise ? noiseFactors(noise, seconds) : [];
  return {
    seconds,
    rate(moment) {
      const phase = phases.find(({ end }) => moment < end);
      return (phase?.rate(moment) ?? 0) * (factors[Math.floor(moment / NOISE_SECONDS)] ?? 1);
    },
  };
}

interface TimedPhase {
  readonly end: number;
  /** Rate at the end, from which a following ramp continues. */
  readonly last: number;
  rate(moment: number): number;
}

function timed(phase: Phase, loadTest: LoadProfile, start: number, before: number): TimedPhase {
  if (phase === "load-test") {
    return { end: start + loadTest.durationSeconds, last: 0, rate: (moment) => rateAt(loadTest, moment - start) };
  }
  const end = start + phase.forSeconds;
  if ("rate" in phase) {
    return { end, last: phase.rate, rate: () => phase.rate };
  }
  const { rampTo, forSeconds } = phase;
  return { end, last: rampTo, rate: (moment) => before + ((rampTo - before) * (moment - start)) / forSeconds };
}

function noiseFactors({ spread, seed }: NonNullable<Scenario["noise"]>, seconds: number): number[] {
  const normal = randomNormal.source(randomLcg(seed))(1, spread);
  return Array.from({ length: Math.ceil(seconds / NOISE_SECONDS) }, () => Math.max(0, normal()));
}
