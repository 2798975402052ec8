import "./scaling.css";
import { useMemo } from "preact/hooks";
import { call } from "../../browser/call.ts";
import { channel } from "../../browser/events.ts";
import type { Page } from "../../browser/page.ts";
import { createAction } from "../../parts/action.ts";
import { clock } from "../../parts/format.ts";
import { LineChart } from "../../parts/line-chart.tsx";
import { LoadPanel } from "./load-panel.tsx";
import type { ScalingState } from "./messages.ts";
import { PolicyTable } from "./policy-table.tsx";

export const scalingPage: Page = {
  path: "/scaling",
  title: "Scaling",
  key: "s",
  icon: <path d="M2 13.5h3v-3h3.5V7H12V3h2.5M10 3h2v2" />,
  channels: ["scaling"],
  Content: ScalingPage,
};

const scaling = channel("scaling");

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
  const { busy, problem, run } = useMemo(createAction, []);
  return (
    <div class="switch">
      <p class="muted">
        {impossible ??
          (on ? `A minute in AWS takes ${minute} s here` : "Change the number of like tasks by hand on the Tasks page")}
      </p>
      {problem.value && <p class="problem">{problem.value}</p>}
      <button
        type="button"
        role="switch"
        aria-checked={on}
        disabled={busy.value || impossible !== undefined}
        onClick={() => run(() => call("POST /api/scaling/switch", { on: !on }))}
      >
        Scaling is {on ? "on" : "off"}
      </button>
    </div>
  );
}

function Requests({ state: { samples, policy, on } }: { readonly state: ScalingState }) {
  const last = samples.at(-1);
  const alarms = last?.alarms;
  const threshold = policy?.kind === "steps" ? policy.out.threshold : undefined;
  return (
    <section class="panel" aria-labelledby="requests-title">
      <header>
        <h2 id="requests-title">Likes per minute</h2>
        {on && alarms && (
          <span class={alarms.out ? "alarmed" : "muted"} role="status">
            {alarms.out ? "scale-out alarm is firing" : alarms.in ? "scale-in alarm is firing" : "no alarm is firing"}
          </span>
        )}
      </header>
      <div class="body">
        <LineChart
          label={`Likes per minute: ${Math.round(last?.requests ?? 0)}`}
          times={samples.map(({ time }) => time)}
          lines={[{ label: "likes per minute", values: samples.map(({ requests }) => requests) }]}
          limit={threshold}
          sync="scaling"
        />
      </div>
    </section>
  );
}

function Tasks({ state: { samples, running, desired, bounds } }: { readonly state: ScalingState }) {
  return (
    <section class="panel" aria-labelledby="scaled-title">
      <header>
        <h2 id="scaled-title">Like tasks</h2>
        <span class="muted">
          {running} running, {desired} desired, {bounds.min} to {bounds.max} allowed
          {bounds.max < bounds.maxInAws && ` on this machine (${bounds.maxInAws} in AWS)`}
        </span>
      </header>
      <div class="body">
        <LineChart
          label={`Like tasks: ${running} running, ${desired} desired`}
          times={samples.map(({ time }) => time)}
          lines={[
            { label: "running", values: samples.map(({ running }) => running) },
            { label: "desired", values: samples.map(({ desired }) => desired) },
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
        <p class="notice">{on ? "No decision yet." : "Scaling is off."}</p>
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
