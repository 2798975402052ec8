import test from "ava";
import { Queue } from "../../simulate/queue.ts";
import { ResponseTimes } from "../../simulate/response-time.ts";
import type { Station } from "../../simulate/station.ts";

const STATION: Station = { servers: 1, rate: 100, spread: 1, elsewhere: 0, patience: 60, cpu: 1 };

function quantile(station: Partial<Station>, arrivals: number, share: number): number | undefined {
  const whole = { ...STATION, ...station };
  const queue = new Queue(whole);
  const times = new ResponseTimes(whole);
  for (let step = 0; step < 1000; step += 1) {
    queue.step(arrivals, 10);
  }
  times.add(queue, 1000);
  return times.quantile(share);
}

for (const busy of [0.1, 0.5, 0.9, 0.99]) {
  test(`M/M/1 at ${100 * busy} % answers as the exponential says, to a hundredth`, (t) => {
    for (const share of [0.5, 0.9, 0.99]) {
      const seconds = quantile({}, 100 * busy, share) as number;
      const expected = -Math.log(1 - share) / (100 - 100 * busy);
      t.true(Math.abs(seconds / expected - 1) < 0.015, `${share}: ${seconds} s, expected ${expected} s`);
    }
  });
}

test("time elsewhere is added, and a load of none has no percentiles", (t) => {
  const seconds = quantile({ elsewhere: 0.25 }, 50, 0.5) as number;
  t.true(Math.abs(seconds - 0.25 - Math.log(2) / 50) < 1e-3);
  t.is(new ResponseTimes(STATION).quantile(0.5), undefined);
});

test("where all take the same, an idle task answers within just that", (t) => {
  t.true(Math.abs((quantile({ spread: 0 }, 0.001, 0.99) as number) - 0.01) < 1e-5);
});

test("in an overload requests take as long as the task is willing to keep them", (t) => {
  const seconds = quantile({ patience: 5 }, 300, 0.5) as number;
  t.true(Math.abs(seconds - 5) < 0.1, `${seconds} s`);
});
