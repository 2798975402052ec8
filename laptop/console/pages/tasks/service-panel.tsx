import { useMemo } from "preact/hooks";
import { call } from "../../browser/call.ts";
import { route } from "../../browser/router.ts";
import { createAction } from "../../parts/action.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { clock } from "../../parts/format.ts";
import type { ServiceState } from "./messages.ts";
import { RolloutForm } from "./rollout-form.tsx";
import { RolloutSteps } from "./rollout-steps.tsx";
import { TaskDetail } from "./task-detail.tsx";
import { TaskTable } from "./task-table.tsx";

export function ServicePanel({ service }: { readonly service: ServiceState }) {
  const { name, tasks, desired, events } = service;
  const open = tasks.find(({ id }) => id === route.value.query.get("task"));
  const running = tasks.filter(({ status }) => status === "RUNNING").length;
  return (
    <section class="panel service" aria-labelledby={`service-${name}`}>
      <header>
        <h2 id={`service-${name}`}>{name}</h2>
        <span class="muted">
          {running} of {desired} in service
        </span>
        <DesiredCount service={service} />
      </header>
      <div class="body">
        <TaskTable service={service} open={open?.id} />
        {open && <TaskDetail key={open.id} service={name} task={open} />}
        <div class="sides">
          <div>
            <RolloutForm service={service} />
            <RolloutSteps service={service} />
          </div>
          <div>
            <h3>Events</h3>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrolls with the keyboard */}
            <section class="events" aria-label={`Events of ${name}`} tabIndex={0}>
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

function DesiredCount({ service: { name, desired, most, mostInAws } }: { readonly service: ServiceState }) {
  const { busy, problem, run } = useMemo(createAction, []);
  const scale = (change: -1 | 1, last = false) =>
    run(() => call("POST /api/tasks/scale", { service: name, change, last }));
  const limits = (
    <span class="muted">
      {most === 1
        ? "one task at most on a laptop"
        : `${most} tasks at most${most < mostInAws ? ` on this machine (${mostInAws} in AWS)` : ""}`}
    </span>
  );
  return (
    <>
      {problem.value && <span class="problem">{problem.value}</span>}
      {limits}
      {desired === 1 ? (
        <Confirm action="Stop the last task" onConfirm={() => scale(-1, true)}>
          <p>Without a task of {name}, all its requests are answered with 503.</p>
        </Confirm>
      ) : (
        <button type="button" disabled={busy.value || desired === 0} onClick={() => scale(-1)}>
          Stop one<span class="visually-hidden"> of {name}</span>
        </button>
      )}
      <button type="button" disabled={busy.value || desired >= most} onClick={() => scale(1)}>
        Start one<span class="visually-hidden"> of {name}</span>
      </button>
    </>
  );
}
