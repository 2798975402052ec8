import { shortId } from "../../../system/processes/short-id.ts";
import { call } from "../../browser/call.ts";
import { changeQuery, route } from "../../browser/router.ts";
import { LineChart } from "../../parts/line-chart.tsx";
import { usePolling } from "../../parts/polling.ts";
import type { ServiceState, TaskKey, TaskState } from "./messages.ts";

interface TaskDetailProps {
  readonly service: ServiceState["name"];
  readonly task: TaskState;
}

const VIEWS = { usage: "Usage", metadata: "Metadata", stats: "Stats" } as const;

type View = keyof typeof VIEWS;

/** Milliseconds between two requests. */
const INTERVAL = { usage: 5_000, stats: 2_000 } as const;

export function TaskDetail({ service, task }: TaskDetailProps) {
  const requested = route.value.query.get("show");
  const view = (Object.keys(VIEWS) as View[]).find((each) => each === requested) ?? "usage";
  return (
    <section class="detail" aria-label={`Task ${shortId(task.id)}`}>
      <div class="views" role="group" aria-label="View">
        {(Object.keys(VIEWS) as View[]).map((each) => (
          <button key={each} type="button" aria-pressed={each === view} onClick={() => changeQuery({ show: each })}>
            {VIEWS[each]}
          </button>
        ))}
        <span class="muted mono">
          {task.id} · process {task.pid ?? "none"}
        </span>
      </div>
      {view === "usage" ? (
        <Usage service={service} id={task.id} />
      ) : (
        <Document key={view} service={service} id={task.id} about={view} />
      )}
    </section>
  );
}

function Usage({ service, id }: TaskKey) {
  const { response: usage } = usePolling(
    INTERVAL.usage,
    (signal) => call("GET /api/tasks/usage", { service, id }, signal),
    [service, id],
  );
  if (usage === undefined) {
    return null;
  }
  const [first] = usage.containers;
  const seconds = Math.max(60, ...usage.containers.map(({ times }) => (times.at(-1) ?? 0) - (times[0] ?? 0)));
  const end = first?.times.at(-1) ?? 0;
  return (
    <div class="charts">
      {usage.containers.map(({ name, times, cpu, memory, memoryLimit }) => (
        <div key={name}>
          <h4>{name}: CPU, percent of the task</h4>
          <LineChart
            label={`CPU of ${name}`}
            times={times}
            lines={[{ label: "CPU", values: cpu }]}
            unit="%"
            height={110}
            range={[end - seconds, end]}
            sync="task"
          />
          <h4>
            {name}: memory, limit {memoryLimit} MiB
          </h4>
          <LineChart
            label={`Memory of ${name}`}
            times={times}
            lines={[{ label: "memory", values: memory }]}
            unit="MiB"
            height={110}
            range={[end - seconds, end]}
            sync="task"
          />
        </div>
      ))}
    </div>
  );
}

function Document({ service, id, about }: TaskKey & { readonly about: "metadata" | "stats" }) {
  const { response: found, problem } = usePolling(
    INTERVAL.stats,
    (signal) => call("GET /api/tasks/document", { service, id, about }, signal),
    [service, id, about],
  );
  return (
    <>
      {problem && <p class="problem">{problem}</p>}
      {found && (
        <>
          <p>
            <code>curl {found.url}</code> <span class="muted">response of this task's metadata proxy</span>
          </p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrolls with the keyboard */}
          <section class="document" aria-label={`Task ${about}`} tabIndex={0}>
            <pre>{JSON.stringify(found.document, undefined, 2)}</pre>
          </section>
        </>
      )}
    </>
  );
}
