import "./overview.css";
import { channel } from "../../browser/events.ts";
import type { Page } from "../../browser/page.ts";
import { bytes, count } from "../../parts/format.ts";
import { AlarmsPanel } from "./alarms-panel.tsx";
import { ServiceMapDrawing } from "./map-drawing.tsx";
import type { StorageUsage } from "./messages.ts";
import { ServicesPanel } from "./services-panel.tsx";

export const overviewPage: Page = {
  path: "/overview",
  title: "Overview",
  key: "o",
  icon: <path d="M2 4.5h4v3H2zM10 2h4v3h-4zM10 10.5h4v3h-4zM6 6h2V3.5h2M8 6v6h2" />,
  channels: ["overview"],
  Content: OverviewPage,
};

const overview = channel("overview");

function OverviewPage() {
  const state = overview.value;
  return (
    <>
      <header class="page-head">
        <h1>Overview</h1>
        {state && <RunnerStorage usage={state.storage} />}
      </header>
      {state ? (
        <>
          <section class="panel" aria-labelledby="map-title">
            <header>
              <h2 id="map-title">Service map</h2>
              <span class="muted">
                API requests in the past minute; ≈ marks estimates from sampled traces; “other” counts responses from
                stopped tasks and from the router itself
              </span>
            </header>
            <ServiceMapDrawing map={state.map} />
          </section>
          <div class="halves">
            <ServicesPanel services={state.services} />
            <AlarmsPanel alarms={state.alarms} />
          </div>
        </>
      ) : (
        <p class="notice">Loading…</p>
      )}
    </>
  );
}

function RunnerStorage({
  usage: { lines, traces, rejectedPackets, memory, memoryLimit },
}: {
  readonly usage: StorageUsage;
}) {
  const id = "runner-memory";
  return (
    <p class="kept muted">
      <span>
        {count(lines)} lines and {count(traces)} traces kept
        {rejectedPackets > 0 && `, ${count(rejectedPackets)} packets rejected`}
      </span>
      <label for={id}>
        runner {bytes(memory)} of {bytes(memoryLimit)}
      </label>
      <meter id={id} min={0} max={memoryLimit} high={0.9 * memoryLimit} value={memory} />
    </p>
  );
}
