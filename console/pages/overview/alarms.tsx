import type { AlarmState } from "../../messages.ts";
import { digits } from "../../parts/format.ts";
import { Health } from "../../parts/health.tsx";

const STATES = {
  firing: { order: 0, health: "ill", words: "fires" },
  unknown: { order: 1, health: "idle", words: "too early to tell" },
  ok: { order: 2, health: "well", words: "ok" },
} as const;

/** All alarms, those that fire first. */
export function Alarms({ alarms }: { readonly alarms: readonly AlarmState[] }) {
  const sorted = alarms.toSorted((one, other) => STATES[one.state].order - STATES[other.state].order);
  return (
    <section class="panel" aria-labelledby="alarms-title">
      <header>
        <h2 id="alarms-title">Alarms</h2>
      </header>
      <table>
        <thead>
          <tr>
            <th scope="col">Alarm</th>
            <th scope="col">State</th>
            <th scope="col" class="number">
              Last minute
            </th>
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

function Alarm({
  alarm: { title, meaning, firstLook, pages, state, value, unit, condition },
}: {
  readonly alarm: AlarmState;
}) {
  const { health, words } = STATES[state];
  return (
    <tr>
      <td>
        <Health state={health} /> {title}
        {state === "firing" && (
          <p class="muted">
            {meaning} First: {firstLook}
          </p>
        )}
      </td>
      <td>
        {words}
        {state === "firing" && <span class="muted">, {pages ? "pages somebody" : "notifies"}</span>}
      </td>
      <td class="number">
        {value === undefined ? "–" : `${digits(value)}${unit ? ` ${unit}` : ""}`}{" "}
        <span class="muted">fires {condition}</span>
      </td>
    </tr>
  );
}
