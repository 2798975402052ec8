import test from "ava";
import fc from "fast-check";
import { Queue } from "../../../tools/simulate/queue.ts";
import type { Station } from "../../../tools/simulate/station.ts";

const STATION: Station = { servers: 1, rate: 10, spread: 1, elsewhere: 0, timeout: 60, cpu: 1 };

/** A task that has reached its steady state under an even load. */
function atRest(station: Partial<Station>, arrivals: number) {
  const queue = new Queue({ ...STATION, ...station });
  for (let step = 0; step < 2000; step += 1) {
    queue.step(arrivals, 10);
  }
  return queue;
}

/** Mean wait in M/M/c in seconds, by the Erlang C formula. */
function erlangWait(servers: number, rate: number, arrivals: number): number {
  const offered = arrivals / rate;
  let term = 1;
  let sum = 0;
  for (let n = 0; n < servers; n += 1) {
    sum += term;
    term *= offered / (n + 1);
  }
  const queued = term / (1 - offered / servers);
  return queued / (sum + queued) / (servers * rate - arrivals);
}

for (const [servers, busy] of [
  [1, 0.3],
  [1, 0.8],
  [1, 0.95],
  [2, 0.7],
  [4, 0.8],
  [20, 0.9],
  [100, 0.95],
] as const) {
  test(`M/M/${servers} at ${100 * busy}% matches Erlang C to one millionth`, (t) => {
    const arrivals = servers * STATION.rate * busy;
    const wait = atRest({ servers }, arrivals).waiting / arrivals;
    const expected = erlangWait(servers, STATION.rate, arrivals);
    t.true(Math.abs(wait / expected - 1) < 1e-6, `${wait} s, expected ${expected} s`);
  });
}

for (const spread of [0, 0.5, 2]) {
  test(`M/G/1 with a spread of ${spread} matches the Pollaczek-Khinchine formula to one millionth`, (t) => {
    const [rate, busy] = [STATION.rate, 0.8];
    const wait = atRest({ spread }, rate * busy).waiting / (rate * busy);
    const expected = ((1 + spread ** 2) / 2) * (busy / (1 - busy) / rate);
    t.true(Math.abs(wait / expected - 1) < 1e-6, `${wait} s, expected ${expected} s`);
  });
}

test("a full task rejects as many requests as the M/M/1/K formula says", (t) => {
  const room = 1 + 10 * 0.4;
  const queue = atRest({ timeout: 0.4 }, 9);
  const { failed, arrived } = queue.step(9, 10);
  const expected = ((1 - 0.9) * 0.9 ** room) / (1 - 0.9 ** (room + 1));
  t.true(Math.abs(failed / arrived / expected - 1) < 1e-6);
});

test("arrivals above the service rate accumulate, second by second", (t) => {
  const queue = new Queue({ ...STATION, timeout: 1000 });
  const pass = (seconds: number) => {
    for (let second = 0; second < seconds; second += 1) {
      queue.step(30, 1);
    }
    return queue.inside;
  };
  const before = pass(60);
  t.true(Math.abs(pass(10) - before - 10 * (30 - 10)) < 1e-6);
});

test("a task without new requests empties", (t) => {
  const queue = atRest({}, 9);
  let served = 0;
  const before = queue.inside;
  for (let second = 0; second < 120; second += 1) {
    served += queue.step(0, 1).served;
  }
  t.true(queue.inside < 1e-6);
  t.true(Math.abs(served - before) < 1e-6);
});

const stations = fc.record({
  servers: fc.integer({ min: 1, max: 40 }),
  rate: fc.double({ min: 0.1, max: 500, noNaN: true }),
  spread: fc.double({ min: 0, max: 3, noNaN: true }),
  timeout: fc.double({ min: 0.1, max: 5, noNaN: true }),
});
const loads = fc.array(
  fc.tuple(fc.double({ min: 0, max: 5000, noNaN: true }), fc.double({ min: 0.01, max: 60, noNaN: true })),
  {
    maxLength: 20,
  },
);

test("every request is served, fails, or is still inside", (t) => {
  fc.assert(
    fc.property(stations, loads, (station, load) => {
      const queue = new Queue({ ...STATION, ...station });
      let [arrived, gone] = [0, 0];
      for (const [arrivals, seconds] of load) {
        const flow = queue.step(arrivals, seconds);
        t.true(flow.served >= 0 && flow.failed >= 0);
        arrived += flow.arrived;
        gone += flow.served + flow.failed;
      }
      t.true(
        Math.abs(arrived - gone - queue.inside) <= 1e-8 * Math.max(1, arrived),
        `${arrived} ${gone} ${queue.inside}`,
      );
    }),
  );
});
