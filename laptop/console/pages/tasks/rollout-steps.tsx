import { clock } from "../../parts/format.ts";
import { Health, type HealthState } from "../../parts/health.tsx";
import type { ServiceEvent, ServiceState } from "./messages.ts";

/** Progress or outcome of the last rollout. */
export function RolloutSteps({ service }: { readonly service: ServiceState }) {
  const events = lastRollOut(service.events);
  const [began] = events;
  if (began === undefined) {
    return null;
  }
  const at = (kind: string) => events.find((event) => event.kind === kind);
  const [switched, done, rolledBack] = [at("rollout switched"), at("rollout done"), at("rollout rolled back")];
  const { tasks, serving, desired } = service;
  const starting = tasks.filter(({ revision }) => revision > serving);
  const healthy = starting.filter(({ status }) => status === "RUNNING").length;
  return (
    <section class="steps" aria-label={`Last rollout of ${service.name}`}>
      <h3>{began.message}</h3>
      <ol aria-live="polite">
        <Step
          title="Start new tasks next to the serving ones"
          state={switched ? "healthy" : rolledBack ? "failing" : "degraded"}
          note={switched ? timeOf(switched) : rolledBack ? "" : `${healthy} of ${desired} healthy`}
        />
        <Step
          title="Switch all requests to the new tasks"
          state={switched ? "healthy" : "idle"}
          note={timeOf(switched)}
        />
        <Step
          title="Drain and stop the old tasks"
          state={done ? "healthy" : switched && !rolledBack ? "degraded" : "idle"}
          note={timeOf(done)}
        />
        {rolledBack && <Step title="Rolled back" state="failing" note={rolledBack.message} />}
      </ol>
    </section>
  );
}

interface StepProps {
  readonly title: string;
  readonly state: HealthState;
  readonly note: string;
}

const LABELS = { healthy: "done", degraded: "in progress", failing: "failed", idle: "not yet" } as const;

function Step({ title, state, note }: StepProps) {
  return (
    <li class={state}>
      <Health state={state} label={LABELS[state]} /> {title} <span class="muted">{note}</span>
    </li>
  );
}

function timeOf(event: ServiceEvent | undefined): string {
  return event ? clock(event.time).slice(0, 8) : "";
}

/** Events of the last rollout, oldest first. @param events newest first */
function lastRollOut(events: readonly ServiceEvent[]): readonly ServiceEvent[] {
  const began = events.findIndex(({ kind }) => kind === "rollout began");
  return events.slice(0, began + 1).reverse();
}
