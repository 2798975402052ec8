import { ALARM_STATES, AlarmTitle, FirstStep } from "../../parts/alarm.tsx";
import { alarmValue } from "../../parts/format.ts";
import { Health } from "../../parts/health.tsx";
import type { AlarmState } from "../../parts/messages.ts";

/** All alarms, firing ones first. */
export function AlarmsPanel({ alarms }: { readonly alarms: readonly AlarmState[] }) {
  const sorted = alarms.toSorted((one, other) => ALARM_STATES[one.state].order - ALARM_STATES[other.state].order);
  return (
    <section class="panel" aria-labelledby="alarms-title">
      <header>
        <h2 id="alarms-title">Alarms</h2>
        <span class="muted">each leads to its runbook page</span>
      </header>
      <table class="alarms">
        <thead>
          <tr>
            <th scope="col">Alarm</th>
            <th scope="col">State</th>
            <th scope="col">Last minute</th>
          </tr>
        </thead>
        <tbody>
          {sorted.map((alarm) => (
            <Alarm key={alarm.name} alarm={alarm} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Alarm({ alarm }: { readonly alarm: AlarmState }) {
  const { meaning, severity, state, condition } = alarm;
  const { health, label } = ALARM_STATES[state];
  return (
    <tr>
      <td>
        <Health state={health} /> <AlarmTitle alarm={alarm} />
        {state === "firing" && (
          <p class="muted">
            {meaning} First: <FirstStep alarm={alarm} />
          </p>
        )}
      </td>
      <td>
        {label}
        {state === "firing" && <span class="muted">, {severity === "page" ? "pages on-call" : "notifies"}</span>}
      </td>
      <td>
        {alarmValue(alarm)}
        <p class="muted">fires {condition}</p>
      </td>
    </tr>
  );
}
