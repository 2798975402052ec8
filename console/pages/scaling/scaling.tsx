import "./scaling.css";
import { useMemo } from "preact/hooks";
import { call } from "../../call.ts";
import { topic } from "../../live.ts";
import type { ScalingState } from "../../messages/scaling.ts";
import type { Page } from "../../page.ts";
import { acting } from "../../parts/acting.ts";
import { clock } from "../../parts/format.ts";
import { LineChart } from "../../parts/line-chart.tsx";
import { LoadPanel } from "./load-panel.tsx";
import { PolicyTable } from "./policy-table.tsx";

export const scalingPage: Page = {
  path: "/scaling",
  title: "Scaling",
  key: "s",
  icon: <path d="M2 13.5h3v-3h3.5V7H12V3h2.5M10 3h2v2" />,
  topics: ["scaling"],
  Content: ScalingPage,
};

const scaling = topic("scaling");

function ScalingPage() {
  const state = scaling.value;
  return (
    <>
      <header class="page-head">
        <h1>Scaling</h1>
        {state && <Switch state={state} />}
      </header>
      {state && (
        <div class="scaling">
          <Requests state={state} />
          <Tasks state={state} />
          <PolicyTable state={state} />
          <LoadPanel load={state.load} />
          <Decisions state={state} />
        </div>
      )}
    </>
  );
}

function Switch({ state: { on, minute, impossible } }: { readonly state: ScalingState }) {
  const { busy, problem, act } = useMemo(acting, []);
  return (
    <div class="switch">
      <p class="muted">
        {impossible ??
          (on ? `A minute of AWS takes ${minute} s here` : "The number of like tasks is moved by hand, under Tasks")}
      </p>
      {problem.value && <p class="problem">{problem.value}</p>}
      <button
        type="button"
        role="switch"
        aria-checked={on}
        disabled={busy.value || impossible !== undefined}
        onClick={() => act(() => call("POST /api/scaling/switch", { on: !on }))}
      >
        Scaling is {on ? "on" : "off"}
      </button>
    </div>
  );
}

function Requests({ state: { looks, policy, on } }: { readonly state: ScalingState }) {
  const last = looks.at(-1);
  const alarms = last?.alarms;
  const threshold = policy?.kind === "steps" ? policy.out.threshold : undefined;
  return (
    <section class="panel" aria-labelledby="requests-title">
      <header>
        <h2 id="requests-title">Likes a minute</h2>
        {on && alarms && (
          <span class={alarms.out ? "alarmed" : "muted"} role="status">
            {alarms.out ? "alarm for more tasks is on" : alarms.in ? "alarm for fewer tasks is on" : "no alarm is on"}
          </span>
        )}
      </header>
      <div class="body">
        <LineChart
          label={`Likes a minute: ${Math.round(last?.requests ?? 0)}`}
          times={looks.map(({ time }) => time)}
          lines={[{ label: "likes a minute", values: looks.map(({ requests }) => requests) }]}
          limit={threshold}
          sync="scaling"
        />
      </div>
    </section>
  );
}

function Tasks({ state: { looks, running, desired, bounds } }: { readonly state: ScalingState }) {
  return (
    <section class="panel" aria-labelledby="scaled-title">
      <header>
        <h2 id="scaled-title">Tasks of like</h2>
        <span class="muted">
          {running} running, {desired} wanted, {bounds.min} to {bounds.max} possible
          {bounds.max < bounds.maxInAws && ` on this machine (${bounds.maxInAws} in AWS)`}
        </span>
      </header>
      <div class="body">
        <LineChart
          label={`Tasks of like: ${running} running, ${desired} wanted`}
          times={looks.map(({ time }) => time)}
          lines={[
            { label: "running", values: looks.map(({ running }) => running) },
            { label: "wanted", values: looks.map(({ desired }) => desired) },
          ]}
          sync="scaling"
        />
      </div>
    </section>
  );
}

function Decisions({ state: { decisions, on } }: { readonly state: ScalingState }) {
  return (
    <section class="panel decisions" aria-labelledby="decisions-title">
      <header>
        <h2 id="decisions-title">Decisions</h2>
      </header>
      {decisions.length === 0 ? (
        <p class="notice">{on ? "Nothing has had to be decided yet." : "Nobody decides while scaling is off."}</p>
      ) : (
        <ol class="body" aria-live="polite">
          {decisions.map(({ time, direction, from, to, message }) => (
            <li key={`${time}`}>
              <time class="mono">{clock(time).slice(0, 8)}</time>{" "}
              <strong>{from === to ? to : `${from} ${direction === "out" ? "↗" : "↘"} ${to}`}</strong> {message}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
