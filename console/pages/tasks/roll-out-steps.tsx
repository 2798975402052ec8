import type { ServiceEvent, ServiceState } from "../../messages/tasks.ts";
import { clock } from "../../parts/format.ts";
import { Health, type HealthState } from "../../parts/health.tsx";

/** Where the last roll-out stands, or how it ended. */
export function RollOutSteps({ service }: { readonly service: ServiceState }) {
  const events = lastRollOut(service.events);
  const [began] = events;
  if (began === undefined) {
    return null;
  }
  const at = (kind: string) => events.find((event) => event.kind === kind);
  const [switched, done, back] = [at("roll-out switched"), at("roll-out done"), at("roll-out taken back")];
  const { tasks, serving, desired } = service;
  const starting = tasks.filter(({ revision }) => revision > serving);
  const healthy = starting.filter(({ status }) => status === "RUNNING").length;
  return (
    <section class="steps" aria-label={`Last roll-out of ${service.name}`}>
      <h3>{began.message}</h3>
      <ol aria-live="polite">
        <Step
          title="Start tasks beside those that serve"
          state={switched ? "well" : back ? "ill" : "warned"}
          says={switched ? said(switched) : back ? "" : `${healthy} of ${desired} healthy`}
        />
        <Step title="Move all requests at once" state={switched ? "well" : "idle"} says={said(switched)} />
        <Step
          title="Let the tasks of before finish"
          state={done ? "well" : switched && !back ? "warned" : "idle"}
          says={said(done)}
        />
        {back && <Step title="Taken back" state="ill" says={back.message} />}
      </ol>
    </section>
  );
}

interface StepProps {
  readonly title: string;
  readonly state: HealthState;
  readonly says: string;
}

const WORDS = { well: "done", warned: "under way", ill: "failed", idle: "not yet" } as const;

function Step({ title, state, says }: StepProps) {
  return (
    <li class={state}>
      <Health state={state} says={WORDS[state]} /> {title} <span class="muted">{says}</span>
    </li>
  );
}

function said(event: ServiceEvent | undefined): string {
  return event ? clock(event.time).slice(0, 8) : "";
}

/** Its events, oldest first. @param events the newest first */
function lastRollOut(events: readonly ServiceEvent[]): readonly ServiceEvent[] {
  const began = events.findIndex(({ kind }) => kind === "roll-out began");
  return events.slice(0, began + 1).reverse();
}
