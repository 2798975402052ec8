import "./overview.css";
import { topic } from "../../live.ts";
import type { Kept } from "../../messages/overview.ts";
import type { AlarmState } from "../../messages.ts";
import type { Page } from "../../page.ts";
import { bytes, count, digits } from "../../parts/format.ts";
import { Health } from "../../parts/health.tsx";

export const overviewPage: Page = {
  path: "/overview",
  title: "Overview",
  key: "o",
  icon: <path d="M2 4.5h4v3H2zM10 2h4v3h-4zM10 10.5h4v3h-4zM6 6h2V3.5h2M8 6v6h2" />,
  topics: ["overview"],
  Content: OverviewPage,
};

const overview = topic("overview");

function OverviewPage() {
  const state = overview.value;
  return (
    <>
      <header class="page-head">
        <h1>Overview</h1>
        {state && <Keeping kept={state.kept} />}
      </header>
      <Alarms alarms={state?.alarms ?? []} />
    </>
  );
}

function Keeping({ kept: { lines, traces, memory, memoryLimit } }: { readonly kept: Kept }) {
  return (
    <p class="muted">
      {count(lines)} log lines and {count(traces)} traces kept; the runner takes {bytes(memory)} of {bytes(memoryLimit)}
    </p>
  );
}

const STATES = {
  firing: { order: 0, health: "ill", words: "fires" },
  unknown: { order: 1, health: "idle", words: "too early to tell" },
  ok: { order: 2, health: "well", words: "ok" },
} as const;

function Alarms({ alarms }: { readonly alarms: readonly AlarmState[] }) {
  const sorted = alarms.toSorted((one, other) => STATES[one.state].order - STATES[other.state].order);
  return (
    <section class="panel" aria-labelledby="alarms-title">
      <header>
        <h2 id="alarms-title">Alarms</h2>
      </header>
      <table class="alarms">
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
  alarm: { title, meaning, firstLook, pages, state, value, condition },
}: {
  readonly alarm: AlarmState;
}) {
  const { health, words } = STATES[state];
  return (
    <tr>
      <td>
        <Health state={health} /> {words}
      </td>
      <td>
        {title}
        {state === "firing" && (
          <p class="muted">
            {meaning} First: {firstLook}
          </p>
        )}
      </td>
      <td class="muted">{pages ? "pages" : "notifies"}</td>
      <td class="number">
        {value === undefined ? "–" : digits(value)} <span class="muted">{condition}</span>
      </td>
    </tr>
  );
}
