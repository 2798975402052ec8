import type { LabState } from "../../console/messages/labs.ts";
import { LOG_LEVEL } from "../../specs/log-level.ts";
import type { Sum } from "../../specs/monitoring/metric.ts";
import { SEGMENT_NAMES } from "../../specs/monitoring/tracing.ts";
import type { AutoScaler } from "../ecs/auto-scaler.ts";
import type { EcsService } from "../ecs/ecs-service.ts";
import type { Observability } from "../observability.ts";
import type { Evidence, ScalingEvidence, ServiceEvidence } from "./labs/evidence.ts";
import type { Lab } from "./labs/lab.ts";
import { LABS } from "./labs/labs.ts";
import type { Notebook } from "./notebook.ts";
import type { ObservedSystem, PagePart } from "./page.ts";

/** The labs, judged by the running system. */
export function labs(system: ObservedSystem, notebook: Notebook): PagePart {
  const evidence = gatherEvidence(system, notebook);
  return {
    topics: [{ name: "labs", every: 1_000, look: () => LABS.map((lab) => stateOf(lab, evidence(), system.address)) }],
  };
}

function stateOf({ steps, ...lab }: Lab, seen: Evidence, site: string): LabState {
  return {
    ...lab,
    steps: steps.map(({ links, done, ...step }) => ({
      ...step,
      links: links.map(({ label, to }) => ({ label, to: to === "site" ? site : to })),
      done: done(seen),
    })),
  };
}

/** What there is to judge by, at any moment. */
function gatherEvidence({ services, scaler, observability }: ObservedSystem, notebook: Notebook): () => Evidence {
  const { metrics, watched } = observability;
  const { requests, refusals, errors } = watched.like.metrics;
  const like = follow(services.like, observability);
  const monolith = follow(services.monolith, observability);
  const hasChaosLine = once(chaosLine(observability));
  const hasWholeTrace = once(wholeTrace(observability));
  const total = ({ of }: Sum) =>
    of.flatMap((metric) => metrics.values(metric, 0, Infinity)).reduce((sum, { value }) => sum + value, 0);

  return () => ({
    likes: { sent: total(requests), failed: total(refusals) + total(errors) },
    services: { like: like(), monolith: monolith() },
    chaosLine: hasChaosLine(),
    wholeTrace: hasWholeTrace(),
    searches: notebook.searches,
    filters: notebook.filters,
    openedChaos: notebook.openedChaos,
    scaling: scalingOf(scaler),
  });
}

function scalingOf(scaler: AutoScaler | undefined): ScalingEvidence {
  if (scaler === undefined) {
    return { on: false, crowded: false, changes: [] };
  }
  return {
    on: scaler.running,
    crowded: scaler.looks.some(({ alarms }) => alarms.out),
    changes: scaler.decisions.flatMap(({ decision: { direction, from, to } }) => (from === to ? [] : direction)),
  };
}

/** What a service has been through from now on. */
function follow(service: EcsService, observability: Observability): () => ServiceEvidence {
  const running = () => service.tasks.filter(({ status }) => status === "RUNNING").length;
  const first = service.desired;
  let most = first;
  service.on("event", ({ kind }) => {
    // Those of a roll-out are there twice for a while, and are no more than before.
    if (kind === "task healthy" && !service.rollingOut) {
      most = Math.max(most, running());
    }
  });
  return () => ({
    asked: observability.asked(service.name),
    running: running(),
    most,
    first,
    environment: service.environment,
  });
}

/** Whether a line in which chaos mode says what it did has come since the last look. */
function chaosLine({ logs }: Observability): () => boolean {
  let after = -1;
  return () => {
    const [found] = logs.find({ programs: ["like"], level: LOG_LEVEL.WARN, text: '"chaos":', after });
    after = logs.next - 1;
    return found !== undefined;
  };
}

/** Whether a trace has come, since the last look, in which both services have a part. */
function wholeTrace({ traces }: Observability): () => boolean {
  let revision = 0;
  return () => {
    const changed = traces.changedSince(revision);
    revision = traces.revision;
    return changed.some((id) => {
      const names = traces.get(id)?.segments.map(({ name }) => name);
      return names?.includes(SEGMENT_NAMES.like) && names.includes(SEGMENT_NAMES.monolith);
    });
  };
}

/** What has been so once stays so, and is not looked at again. */
function once(look: () => boolean): () => boolean {
  let seen = false;
  return () => (seen ||= look());
}
