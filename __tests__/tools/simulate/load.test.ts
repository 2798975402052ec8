import test from "ava";
import { loadProfile, requestsBy } from "../../../model/load-profile.ts";
import { loadOf } from "../../../tools/simulate/load.ts";
import type { Phase } from "../../../tools/simulate/scenario.ts";
import { SETTINGS } from "../../model/monitored-system.ts";

const LOAD_TEST = loadProfile(SETTINGS);

function ratesAt(load: Phase[], moments: readonly number[]) {
  const { rate } = loadOf({ load }, LOAD_TEST);
  return moments.map((moment) => rate(moment));
}

test("a ramp continues from the rate before it", (t) => {
  const load = [
    { rate: 10, forSeconds: 60 },
    { rampTo: 110, forSeconds: 100 },
    { rampTo: 0, forSeconds: 10 },
  ];
  t.deepEqual(ratesAt(load, [0, 59, 60, 110, 160, 165, 170, 1000]), [10, 10, 10, 60, 110, 55, 0, 0]);
  t.is(loadOf({ load }, LOAD_TEST).seconds, 170);
});

test("a ramp at the start rises from zero", (t) => {
  t.deepEqual(ratesAt([{ rampTo: 100, forSeconds: 10 }], [0, 5]), [0, 50]);
});

test("the load test of the settings can be one of the phases", (t) => {
  const load = loadOf({ load: [{ rate: 1, forSeconds: 10 }, "load-test", { rate: 2, forSeconds: 5 }] }, LOAD_TEST);
  t.is(load.seconds, 15 + LOAD_TEST.durationSeconds);
  t.is(load.rate(10 + LOAD_TEST.rampSeconds), LOAD_TEST.rate);
  t.is(load.rate(10 + LOAD_TEST.durationSeconds), 2);
  let requests = 0;
  for (let second = 10; second < 10 + LOAD_TEST.durationSeconds; second += 1) {
    requests += load.rate(second + 0.5);
  }
  t.is(Math.round(requests), requestsBy(LOAD_TEST, LOAD_TEST.durationSeconds));
});

test("noise depends only on its seed, keeps the mean, and never makes a rate negative", (t) => {
  const load: Phase[] = [{ rate: 100, forSeconds: 36_000 }];
  const noisy = (seed: number, spread = 0.2) => {
    const { rate } = loadOf({ load, noise: { spread, seed } }, LOAD_TEST);
    return Array.from({ length: 3600 }, (_, sample) => rate(sample * 10));
  };
  t.deepEqual(noisy(1), noisy(1));
  t.notDeepEqual(noisy(1), noisy(2));
  const mean = noisy(1).reduce((sum, rate) => sum + rate, 0) / 3600;
  t.true(Math.abs(mean - 100) < 2, `${mean}`);
  t.true(Math.min(...noisy(1, 1)) === 0);
});
