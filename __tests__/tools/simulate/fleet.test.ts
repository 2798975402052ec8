import test from "ava";
import fc from "fast-check";
import { Fleet } from "../../../tools/simulate/fleet.ts";
import type { Station } from "../../../tools/simulate/station.ts";

const STATION: Station = { servers: 1, rate: 10, spread: 1, elsewhere: 0, timeout: 20, cpu: 1 };

function fleetOf(tasks: number) {
  return new Fleet(STATION, tasks, 60, 30);
}

/** Simulates a number of seconds, one by one. */
function pass(fleet: Fleet, seconds: number, arrivals: number) {
  const sum = { arrived: 0, served: 0, failed: 0 };
  for (let second = 0; second < seconds; second += 1) {
    const flow = fleet.step(arrivals, 1);
    sum.arrived += flow.arrived;
    sum.served += flow.served;
    sum.failed += flow.failed;
  }
  return sum;
}

test("a new task receives requests once it has started and is billed from the decision", (t) => {
  const fleet = fleetOf(1);
  fleet.resize(3);
  t.deepEqual([fleet.serving, fleet.paid], [1, 3]);
  pass(fleet, 59, 5);
  t.is(fleet.serving, 1);
  pass(fleet, 1, 5);
  t.is(fleet.serving, 3);
});

test("waiting requests stay in their task when tasks are added", (t) => {
  const fleet = fleetOf(1);
  fleet.resize(2);
  pass(fleet, 60, 12);
  const waiting = fleet.waiting;
  t.true(waiting > 100);
  const { served } = pass(fleet, 5, 0);
  t.true(served < 5 * 10 + 1, "two tasks could serve 100, but all requests are in one of them");
});

test("a draining task receives no requests, finishes its own, and is billed until it stops", (t) => {
  const fleet = fleetOf(4);
  pass(fleet, 600, 36);
  const inside = fleet.inside;
  fleet.resize(3);
  t.deepEqual([fleet.serving, fleet.paid], [3, 4]);
  const { served, failed } = pass(fleet, 29, 0);
  t.true(served > 0.999 * inside);
  t.true(failed < 0.01);
  t.is(fleet.paid, 4);
  pass(fleet, 1, 0);
  t.is(fleet.paid, 3);
});

test("requests that a task has not finished when it stops have failed", (t) => {
  const fleet = fleetOf(2);
  pass(fleet, 60, 100);
  const inside = fleet.inside;
  fleet.resize(0);
  const { served, failed } = pass(fleet, 30, 0);
  t.true(Math.abs(inside - served - failed) < 1e-6);
  t.true(served <= 2 * 30 * 10);
  t.is(fleet.paid, 0);
});

test("scale-in cancels starting tasks first and immediately", (t) => {
  const fleet = fleetOf(2);
  fleet.resize(10);
  pass(fleet, 30, 1);
  fleet.resize(4);
  t.deepEqual([fleet.serving, fleet.paid], [2, 4]);
  fleet.resize(1);
  t.deepEqual([fleet.serving, fleet.paid], [1, 2]);
});

test("every request fails without tasks", (t) => {
  t.deepEqual(pass(fleetOf(0), 10, 7), { arrived: 70, served: 0, failed: 70 });
});

test("taking the response times resets them", (t) => {
  const fleet = fleetOf(1);
  pass(fleet, 60, 30);
  t.true((fleet.takeResponseTimes().quantile(0.5) as number) > 1);
  pass(fleet, 600, 0);
  t.is(fleet.takeResponseTimes().quantile(0.5), undefined);
});

const turns = fc.array(
  fc.record({
    tasks: fc.nat(12),
    arrivals: fc.double({ min: 0, max: 200, noNaN: true }),
    seconds: fc.integer({ min: 1, max: 90 }),
  }),
  { maxLength: 10 },
);

test("every request is served, fails, or is still in a task", (t) => {
  fc.assert(
    fc.property(fc.nat(5), turns, (first, load) => {
      const fleet = fleetOf(first);
      let [arrived, gone] = [0, 0];
      for (const { tasks, arrivals, seconds } of load) {
        fleet.resize(tasks);
        const sum = pass(fleet, seconds, arrivals);
        arrived += sum.arrived;
        gone += sum.served + sum.failed;
        t.true(fleet.serving <= fleet.paid && tasks <= fleet.paid);
      }
      t.true(Math.abs(arrived - gone - fleet.inside) <= 1e-8 * Math.max(1, arrived));
    }),
    { numRuns: 50 },
  );
});
