import test from "ava";
import fc from "fast-check";
import { type LoadProfile, loadProfile, rateAt, requestsBy, stepsOf } from "../../model/load-profile.ts";
import { MYSFITS } from "../../model/mysfits.ts";
import { loadSettings } from "../../settings/load.ts";
import { SettingsError } from "../../settings/settings-error.ts";

const described = (...overrides: string[]) => loadProfile(loadSettings({ environment: "workshop", overrides }));

const EVANGELINE = "4e53920c-505a-4a90-a694-b9300791f0ae";

const ATTACK: LoadProfile = {
  method: "POST",
  paths: [`/mysfits/${EVANGELINE}/like`],
  rate: 50,
  durationSeconds: 900,
  rampSeconds: 60,
};

test("the workshop's load test likes every mysfit at the rate of lab 4 for 15 minutes", (t) => {
  t.deepEqual(described(), { ...ATTACK, paths: MYSFITS.map(({ id }) => `/mysfits/${id}/like`) });
});

test("the settings select the mysfits", (t) => {
  t.deepEqual(described(`load.mysfits=[${EVANGELINE}]`).paths, [`/mysfits/${EVANGELINE}/like`]);
});

test("the error for an unknown mysfit ID lists the known ones", (t) => {
  const short = EVANGELINE.slice(0, -1);
  t.throws(() => described(`load.mysfits=[${EVANGELINE}, ${short}]`), {
    instanceOf: SettingsError,
    message: `load.mysfits.1 is "${short}": expected the id of a mysfit: ${MYSFITS.map(({ id }) => id).join(", ")}`,
  });
});

/** Invalid values and their errors. */
const REFUSED: readonly (readonly [override: string, message: string])[] = [
  ["load.rate=0", "load.rate is 0: expected 1 or more"],
  ["load.rate=1000000", "load.rate is 1000000: expected 10000 or less; more needs more than one load generator"],
  ["load.durationSeconds=3601", "load.durationSeconds is 3601: expected 3600 seconds (an hour) or less"],
  ["load.rampSeconds=901", "load.rampSeconds is 901: expected no more than durationSeconds, which is 900"],
  ["load.mysfits=[]", "load.mysfits is []: expected one id or more"],
  [
    "load.instanceType=t3.small",
    'load.instanceType is "t3.small": expected an instance type with Graviton (arm64) such as t4g.small',
  ],
];

for (const [override, message] of REFUSED) {
  test(`rejected: ${override}`, (t) => {
    t.throws(() => described(override), { instanceOf: SettingsError, message });
  });
}

test("the rate rises linearly, stays constant, and ends", (t) => {
  const moments = [-1, 0, 30, 59, 60, 899, 900];
  t.deepEqual(
    moments.map((moment) => rateAt(ATTACK, moment)),
    [0, 0, 25, (50 * 59) / 60, 50, 50, 0],
  );
  t.is(rateAt({ ...ATTACK, rampSeconds: 0 }, 0), 50);
});

test("the number of requests is the area under the rate", (t) => {
  t.is(requestsBy(ATTACK, 0), 0);
  t.is(requestsBy(ATTACK, 30), 375);
  t.is(requestsBy(ATTACK, 60), 1500);
  t.is(requestsBy(ATTACK, 61), 1550);
  t.is(requestsBy(ATTACK, 900), 43_500);
  t.is(requestsBy(ATTACK, 1000), 43_500);
  t.is(requestsBy({ ...ATTACK, rampSeconds: 0 }, 900), 45_000);
});

test("the ramp becomes steps, and the rest becomes one more step", (t) => {
  t.deepEqual(stepsOf({ ...ATTACK, rampSeconds: 25 }, 10), [
    { requests: 100, seconds: 10 },
    { requests: 300, seconds: 10 },
    { requests: 225, seconds: 5 },
    { requests: 43_750, seconds: 875 },
  ]);
  t.deepEqual(stepsOf({ ...ATTACK, rampSeconds: 0 }, 10), [{ requests: 45_000, seconds: 900 }]);
});

const attacks = fc
  .record({ rate: fc.integer({ min: 1, max: 10_000 }), durationSeconds: fc.integer({ min: 2, max: 3600 }) })
  .chain(({ rate, durationSeconds }) =>
    fc
      .integer({ min: 0, max: durationSeconds })
      .map((rampSeconds): LoadProfile => ({ ...ATTACK, rate, durationSeconds, rampSeconds })),
  );

test("for any load test, the steps have its duration and its number of requests", (t) => {
  fc.assert(
    fc.property(attacks, fc.integer({ min: 1, max: 60 }), (attack, stepSeconds) => {
      const steps = stepsOf(attack, stepSeconds);
      const sum = (figure: "requests" | "seconds") => steps.reduce((total, step) => total + step[figure], 0);
      t.is(sum("seconds"), attack.durationSeconds);
      t.is(sum("requests"), requestsBy(attack, attack.durationSeconds));
      t.true(sum("requests") > 0);
      t.true(steps.every(({ requests, seconds }) => requests >= 0 && seconds > 0));
    }),
  );
});
