import { useMemo } from "preact/hooks";
import { call } from "../../call.ts";
import type { ServiceState, TaskState } from "../../messages/tasks.ts";
import { acting } from "../../parts/acting.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { digits, duration, shortId } from "../../parts/format.ts";
import { Health, type HealthState } from "../../parts/health.tsx";
import { place } from "../../route.ts";

interface TaskTableProps {
  readonly service: ServiceState;
  /** Id of the task whose details are open. */
  readonly shown: string | undefined;
}

const HEALTH: Readonly<Record<string, HealthState>> = { RUNNING: "well", PENDING: "idle", ACTIVATING: "warned" };

export function TaskTable({ service, shown }: TaskTableProps) {
  const { name, tasks, serving } = service;
  if (tasks.length === 0) {
    return <p class="notice">There is no task of {name}.</p>;
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it with the keys
    <section class="scrolled" aria-label={`Tasks of ${name}`} tabIndex={0}>
      <table class="tasks">
        <thead>
          <tr>
            <th scope="col">Task</th>
            <th scope="col">Status</th>
            <th scope="col">Revision</th>
            <th scope="col" class="number">
              CPU
            </th>
            <th scope="col" class="number">
              Memory
            </th>
            <th scope="col" class="number">
              Age
            </th>
            <th scope="col">
              <span class="visually-hidden">What to do</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {tasks.map((task) => (
            <Row
              key={task.id}
              service={name}
              task={task}
              serving={task.revision === serving}
              open={task.id === shown}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface RowProps {
  readonly service: ServiceState["name"];
  readonly task: TaskState;
  readonly serving: boolean;
  readonly open: boolean;
}

function Row({ service, task, serving, open }: RowProps) {
  const { id, status, revision, cpu, memory, startedAt } = task;
  const { problem, act } = useMemo(acting, []);
  const short = shortId(id);
  const shown = new URLSearchParams(place.value.query);
  shown.set("task", id);
  const ends = status !== "RUNNING" && status !== "ACTIVATING";
  return (
    <tr class={open ? "open" : undefined}>
      <td>
        <a class="mono" href={open ? "/tasks" : `/tasks?${shown}`} aria-expanded={open}>
          {short}
          <span class="visually-hidden"> of {service}</span>
        </a>
      </td>
      <td>
        <Health state={HEALTH[status] ?? "idle"} /> {status.toLowerCase()}
        {problem.value && <p class="problem">{problem.value}</p>}
      </td>
      <td>
        {revision} <span class="muted">{serving ? "" : "not serving"}</span>
      </td>
      <Share of={cpu} />
      <Share of={memory} />
      <td class="number">{duration((Date.now() - startedAt) / 1000)}</td>
      <td class="actions">
        <button
          type="button"
          aria-label={`Stop ${short}`}
          disabled={ends}
          onClick={() => act(() => call("POST /api/tasks/stop", { service, id }))}
        >
          Stop
        </button>
        <Confirm
          does="Kill"
          label={`Kill ${short}`}
          disabled={ends}
          act={() => act(() => call("POST /api/tasks/kill", { service, id }))}
        >
          <p>
            The process of task {short} ends at once, as in a crash. Requests that it has under way fail or are lost;
            another task takes its place.
          </p>
        </Confirm>
      </td>
    </tr>
  );
}

/** A percentage as a number and a bar that is full at 100. */
function Share({ of }: { readonly of: number | undefined }) {
  return (
    <td class="number share">
      {of === undefined ? "–" : `${digits(of)} %`}
      <meter min={0} max={100} high={80} value={Math.min(of ?? 0, 100)} aria-hidden="true" />
    </td>
  );
}
