import test from "ava";
import { Queue } from "../../../tools/simulate/queue.ts";
import { ResponseTimes } from "../../../tools/simulate/response-time.ts";
import type { Station } from "../../../tools/simulate/station.ts";

const STATION: Station = { servers: 1, rate: 100, spread: 1, elsewhere: 0, timeout: 60, cpu: 1 };

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
  test(`M/M/1 at ${100 * busy}% matches the exponential distribution to 1.5%`, (t) => {
    for (const share of [0.5, 0.9, 0.99]) {
      const seconds = quantile({}, 100 * busy, share) as number;
      const expected = -Math.log(1 - share) / (100 - 100 * busy);
      t.true(Math.abs(seconds / expected - 1) < 0.015, `${share}: ${seconds} s, expected ${expected} s`);
    }
  });
}

test("the time that a request waits for others is added, and percentiles are undefined without requests", (t) => {
  const seconds = quantile({ elsewhere: 0.25 }, 50, 0.5) as number;
  t.true(Math.abs(seconds - 0.25 - Math.log(2) / 50) < 1e-3);
  t.is(new ResponseTimes(STATION).quantile(0.5), undefined);
});

test("with constant service times an idle task responds in exactly that time", (t) => {
  t.true(Math.abs((quantile({ spread: 0 }, 0.001, 0.99) as number) - 0.01) < 1e-5);
});

test("under overload, a request takes as long as the timeout", (t) => {
  const seconds = quantile({ timeout: 5 }, 300, 0.5) as number;
  t.true(Math.abs(seconds - 5) < 0.1, `${seconds} s`);
});
