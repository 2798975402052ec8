import test from "ava";
import { watchAlarms } from "../../../local/console/alarms.ts";
import { Metrics } from "../../../local/metrics/metrics.ts";
import type { Reading } from "../../../specs/monitoring/alarm.ts";
import { WATCHED } from "../../specs/watched-system.ts";

/** The state of one alarm, where the metrics read as told and the runner came up so many minutes ago. */
function stateOf(name: string, reading: Reading, minutes = 10) {
  const metrics = Object.assign(new Metrics(), { reading: () => reading });
  const alarms = watchAlarms({ watched: WATCHED, metrics }, Date.now() - minutes * 60_000)();
  return alarms.find((alarm) => alarm.name === name);
}

test("an alarm says what it is at and when it fires, with their unit", (t) => {
  t.like(
    stateOf("like-cpu", () => 86.1),
    { state: "firing", value: 86.1, unit: "%", condition: "above 80 % in 5 of 5 min" },
  );
  t.like(
    stateOf("like-tasks", () => 2),
    { state: "ok", value: 2, unit: undefined, condition: "below 2 in 3 of 3 min" },
  );
});

test("what nobody measured is silent, and no value", (t) => {
  const state = stateOf("like-cpu", () => undefined);
  t.is(state?.state, "ok");
  t.false("value" in (state ?? {}));
});

test("an alarm that fires on silence waits until the runner could have heard something", (t) => {
  t.is(stateOf("like-tasks", () => undefined, 2)?.state, "unknown");
  t.is(stateOf("like-tasks", () => undefined, 10)?.state, "firing");
});
