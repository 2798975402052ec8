import { useMemo } from "preact/hooks";
import { shortId } from "../../../system/processes/short-id.ts";
import { call } from "../../browser/call.ts";
import { route } from "../../browser/router.ts";
import { createAction } from "../../parts/action.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { duration, quantity } from "../../parts/format.ts";
import { Health, type HealthState } from "../../parts/health.tsx";
import type { ServiceState, TaskState } from "./messages.ts";

interface TaskTableProps {
  readonly service: ServiceState;
  /** ID of the task whose details are open. */
  readonly open: string | undefined;
}

const HEALTH: Readonly<Record<string, HealthState>> = { RUNNING: "healthy", PENDING: "idle", ACTIVATING: "degraded" };

export function TaskTable({ service, open }: TaskTableProps) {
  const { name, tasks, serving } = service;
  if (tasks.length === 0) {
    return <p class="notice">{name} has no tasks.</p>;
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolls with the keyboard
    <section class="scrolled" aria-label={`${name} tasks`} tabIndex={0}>
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
            <th scope="col" class="number age">
              Age
            </th>
            <th scope="col" class="actions">
              <span class="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {tasks.map((task) => (
            <Row key={task.id} service={name} task={task} serving={task.revision === serving} open={task.id === open} />
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
  const { problem, run } = useMemo(createAction, []);
  const short = shortId(id);
  const query = new URLSearchParams(route.value.query);
  query.set("task", id);
  const ends = status !== "RUNNING" && status !== "ACTIVATING";
  return (
    <tr class={open ? "open" : undefined}>
      <td>
        <a class="mono" href={open ? "/tasks" : `/tasks?${query}`} aria-expanded={open}>
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
      <td class="number age">{duration((Date.now() - startedAt) / 1000)}</td>
      <td class="actions">
        <button
          type="button"
          aria-label={`Stop ${short}`}
          disabled={ends}
          onClick={() => run(() => call("POST /api/tasks/stop", { service, id }))}
        >
          Stop
        </button>
        <Confirm
          action="Kill"
          label={`Kill ${short}`}
          disabled={ends}
          onConfirm={() => run(() => call("POST /api/tasks/kill", { service, id }))}
        >
          <p>
            The process of task {short} ends immediately, as in a crash. Its open requests fail, and another task
            replaces it.
          </p>
        </Confirm>
      </td>
    </tr>
  );
}

/** A percentage as a number and a bar. */
function Share({ of }: { readonly of: number | undefined }) {
  return (
    <td class="number share">
      {of === undefined ? "–" : quantity(of, "%")}
      <meter min={0} max={100} high={80} value={Math.min(of ?? 0, 100)} aria-hidden="true" />
    </td>
  );
}
