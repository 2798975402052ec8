import test from "ava";
import { loadOf } from "../../simulate/load.ts";
import type { Stretch } from "../../simulate/scenario.ts";
import { describeAttack, requestsBy } from "../../specs/attack.ts";
import { SETTINGS } from "../specs/watched-system.ts";

const ATTACK = describeAttack(SETTINGS);

function ratesAt(load: Stretch[], moments: readonly number[]) {
  const { rate } = loadOf({ load }, ATTACK);
  return moments.map((moment) => rate(moment));
}

test("a rate holds, and a ramp goes on from it", (t) => {
  const load = [
    { rate: 10, forSeconds: 60 },
    { rampTo: 110, forSeconds: 100 },
    { rampTo: 0, forSeconds: 10 },
  ];
  t.deepEqual(ratesAt(load, [0, 59, 60, 110, 160, 165, 170, 1000]), [10, 10, 10, 60, 110, 55, 0, 0]);
  t.is(loadOf({ load }, ATTACK).seconds, 170);
});

test("a ramp at the beginning rises from nothing", (t) => {
  t.deepEqual(ratesAt([{ rampTo: 100, forSeconds: 10 }], [0, 5]), [0, 50]);
});

test("the attack of the settings is a stretch like others", (t) => {
  const load = loadOf({ load: [{ rate: 1, forSeconds: 10 }, "attack", { rate: 2, forSeconds: 5 }] }, ATTACK);
  t.is(load.seconds, 15 + ATTACK.durationSeconds);
  t.is(load.rate(10 + ATTACK.rampSeconds), ATTACK.rate);
  t.is(load.rate(10 + ATTACK.durationSeconds), 2);
  let requests = 0;
  for (let second = 10; second < 10 + ATTACK.durationSeconds; second += 1) {
    requests += load.rate(second + 0.5);
  }
  t.is(Math.round(requests), requestsBy(ATTACK, ATTACK.durationSeconds));
});

test("noise is the same for the same seed, keeps the mean, and never goes below nothing", (t) => {
  const load: Stretch[] = [{ rate: 100, forSeconds: 36_000 }];
  const noisy = (seed: number, spread = 0.2) => {
    const { rate } = loadOf({ load, noise: { spread, seed } }, ATTACK);
    return Array.from({ length: 3600 }, (_, gust) => rate(gust * 10));
  };
  t.deepEqual(noisy(1), noisy(1));
  t.notDeepEqual(noisy(1), noisy(2));
  const mean = noisy(1).reduce((sum, rate) => sum + rate, 0) / 3600;
  t.true(Math.abs(mean - 100) < 2, `${mean}`);
  t.true(Math.min(...noisy(1, 1)) === 0);
});
