import type { AlarmList } from "../../messages/dashboard.ts";
import { Health } from "../../parts/health.tsx";

const STATES = {
  firing: { health: "ill", words: "fires" },
  unknown: { health: "idle", words: "too early to tell" },
  ok: { health: "well", words: "ok" },
} as const;

export function AlarmWidget({ list: { title, alarms } }: { readonly list: AlarmList }) {
  return (
    <>
      <h3>{title}</h3>
      <ul class="alarm-states">
        {alarms.map(({ name, title, meaning, state }) => (
          <li key={name} class={state} title={meaning}>
            <Health state={STATES[state].health} says={STATES[state].words} /> {title}
          </li>
        ))}
      </ul>
    </>
  );
}
