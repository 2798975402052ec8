import "./overview.css";
import { topic } from "../../live.ts";
import type { Kept } from "../../messages/overview.ts";
import type { Page } from "../../page.ts";
import { bytes, count } from "../../parts/format.ts";
import { Alarms } from "./alarms.tsx";
import { DrawnMap } from "./service-map.tsx";
import { Services } from "./services.tsx";

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
      {state ? (
        <>
          <section class="panel" aria-labelledby="map-title">
            <header>
              <h2 id="map-title">Service map</h2>
              <span class="muted">API requests of the past minute; ≈ is worked out from those that are traced</span>
            </header>
            <DrawnMap map={state.map} />
          </section>
          <div class="halves">
            <Services services={state.services} />
            <Alarms alarms={state.alarms} />
          </div>
        </>
      ) : (
        <p class="notice">Asking the runner…</p>
      )}
    </>
  );
}

function Keeping({ kept: { lines, traces, refusedPackets, memory, memoryLimit } }: { readonly kept: Kept }) {
  const id = "runner-memory";
  return (
    <p class="keeping muted">
      <span>
        {count(lines)} lines and {count(traces)} traces kept
        {refusedPackets > 0 && `, ${count(refusedPackets)} packets refused`}
      </span>
      <label for={id}>
        runner {bytes(memory)} of {bytes(memoryLimit)}
      </label>
      <meter id={id} min={0} max={memoryLimit} high={0.9 * memoryLimit} value={memory} />
    </p>
  );
}
