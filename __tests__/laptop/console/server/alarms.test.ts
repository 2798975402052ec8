import { existsSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { alarmValue } from "../../../../laptop/console/parts/format.ts";
import { alarmStates } from "../../../../laptop/console/server/alarms.ts";
import { Metrics } from "../../../../laptop/telemetry/metrics/metrics.ts";
import type { Reading } from "../../../../model/monitoring/alarm.ts";
import { MONITORING } from "../../../model/monitored-system.ts";

/** State of one alarm with these metric values, some minutes after the start of the runner. */
function stateOf(name: string, reading: Reading, minutes = 10) {
  const metrics = Object.assign(new Metrics(), { reading: () => reading });
  const alarms = alarmStates({ monitoring: MONITORING, metrics }, Date.now() - minutes * 60_000)();
  return alarms.find((alarm) => alarm.name === name);
}

test("an alarm has its value and its condition, with the unit", (t) => {
  t.like(
    stateOf("like-cpu", () => 86.1),
    { state: "firing", value: 86.1, unit: "%", condition: "above 80% in 5 of 5 min" },
  );
  t.like(
    stateOf("like-tasks", () => 2),
    { state: "ok", value: 2, unit: undefined, condition: "below 2 in 3 of 3 min" },
  );
});

test("an alarm with too little traffic to fire shows its real value and the traffic that it needs", (t) => {
  const { requests, clientErrors } = MONITORING.services.like.metrics;
  const twelve = [...requests.of.slice(0, 1), ...clientErrors.of.slice(0, 1)].map((metric) => JSON.stringify(metric));
  const state = stateOf("like-errors", (metric) => (twelve.includes(JSON.stringify(metric)) ? 12 : undefined));
  t.like(state, {
    state: "ok",
    value: 100,
    traffic: { count: 12, needed: 20, noun: "likes" },
    condition: "above 5% in 3 of 5 min with 20 likes or more",
  });
  t.is(state && alarmValue(state), "100% of 12 likes; needs 20 to fire");
  t.is(alarmValue({ ...(state ?? t.fail()), traffic: { count: 34, needed: 20, noun: "likes" } }), "100% of 34 likes");
  t.is(stateOf("load-balancer-errors", () => undefined)?.traffic?.noun, "requests");
});

test("an alarm names the saved queries of its first step", (t) => {
  t.deepEqual(stateOf("like-errors", () => undefined)?.queries, ["errors-by-route"]);
  t.deepEqual(stateOf("like-cpu", () => undefined)?.queries.length, 0);
});

test("an alarm without data is ok and has no value", (t) => {
  const state = stateOf("like-cpu", () => undefined);
  t.is(state?.state, "ok");
  t.false("value" in (state ?? {}));
});

test("an alarm that treats missing data as breaching is unknown until there can be data", (t) => {
  t.is(stateOf("like-tasks", () => undefined, 2)?.state, "unknown");
  t.is(stateOf("like-tasks", () => undefined, 10)?.state, "firing");
});

test("a minute that ended before the runner started has no value", (t) => {
  t.is(stateOf("like-tasks", () => undefined, 2)?.value, 0);
  t.false("value" in (stateOf("like-tasks", () => undefined, 0) ?? {}));
});

test("every alarm has a runbook page", (t) => {
  const alarms = alarmStates({ monitoring: MONITORING, metrics: new Metrics() })();
  for (const { name, runbook } of alarms) {
    t.true(existsSync(join(import.meta.dirname, "../../../../docs/runbook", `${runbook}.md`)), name);
  }
});
