import { useMemo } from "preact/hooks";
import { call } from "../../call.ts";
import type { ServiceState } from "../../messages/tasks.ts";
import { acting } from "../../parts/acting.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { clock } from "../../parts/format.ts";
import { place } from "../../route.ts";
import { RollOutForm } from "./roll-out-form.tsx";
import { RollOutSteps } from "./roll-out-steps.tsx";
import { TaskDetail } from "./task-detail.tsx";
import { TaskTable } from "./task-table.tsx";

export function ServicePanel({ service }: { readonly service: ServiceState }) {
  const { name, tasks, desired, events } = service;
  const shown = tasks.find(({ id }) => id === place.value.query.get("task"));
  const running = tasks.filter(({ status }) => status === "RUNNING").length;
  return (
    <section class="panel service" aria-labelledby={`service-${name}`}>
      <header>
        <h2 id={`service-${name}`}>{name}</h2>
        <span class="muted">
          {running} of {desired} in service
        </span>
        <Count service={service} />
      </header>
      <div class="body">
        <TaskTable service={service} shown={shown?.id} />
        {shown && <TaskDetail key={shown.id} service={name} task={shown} />}
        <div class="sides">
          <div>
            <RollOutForm service={service} />
            <RollOutSteps service={service} />
          </div>
          <div>
            <h3>What happened</h3>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it with the keys */}
            <section class="events" aria-label={`What happened to ${name}`} tabIndex={0}>
              <ol>
                {events.map(({ time, kind, message }) => (
                  <li key={`${time} ${message}`} class={kind.replaceAll(" ", "-")}>
                    <time class="mono">{clock(time).slice(0, 8)}</time> {message}
                  </li>
                ))}
              </ol>
            </section>
          </div>
        </div>
      </div>
    </section>
  );
}

function Count({ service: { name, desired, most } }: { readonly service: ServiceState }) {
  const { busy, problem, act } = useMemo(acting, []);
  const scale = (desired: number) => act(() => call("POST /api/tasks/scale", { service: name, desired }));
  const limits = <span class="muted">{most === 1 ? "one is all a laptop has of it" : `up to ${most}`}</span>;
  return (
    <>
      {problem.value && <span class="problem">{problem.value}</span>}
      {limits}
      {desired === 1 ? (
        <Confirm does="Stop the last task" act={() => scale(0)}>
          <p>Without a task of {name}, everything that visitors ask of it is answered with 503.</p>
        </Confirm>
      ) : (
        <button type="button" disabled={busy.value || desired === 0} onClick={() => scale(desired - 1)}>
          One fewer<span class="visually-hidden"> of {name}</span>
        </button>
      )}
      <button type="button" disabled={busy.value || desired >= most} onClick={() => scale(desired + 1)}>
        Start one<span class="visually-hidden"> of {name}</span>
      </button>
    </>
  );
}
