import { ALARM_STATES, AlarmTitle } from "../../parts/alarm.tsx";
import { Health } from "../../parts/health.tsx";
import type { AlarmList } from "./messages.ts";

export function AlarmWidget({ list: { title, alarms } }: { readonly list: AlarmList }) {
  return (
    <>
      <h3>{title}</h3>
      <ul class="alarm-states">
        {alarms.map((alarm) => {
          const { health, label } = ALARM_STATES[alarm.state];
          return (
            <li key={alarm.name} class={alarm.state}>
              <Health state={health} label={label} /> <AlarmTitle alarm={alarm} />
            </li>
          );
        })}
      </ul>
    </>
  );
}
