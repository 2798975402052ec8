import type { ComponentChild } from "preact";
import type { AlarmState } from "./messages.ts";

/** Display of each alarm state, in order of urgency. */
export const ALARM_STATES = {
  firing: { order: 0, health: "failing", label: "firing" },
  unknown: { order: 1, health: "idle", label: "too early to tell" },
  ok: { order: 2, health: "healthy", label: "ok" },
} as const;

/** Title of an alarm as a link to its runbook page. */
export function AlarmTitle({ alarm: { runbook, title, meaning } }: { readonly alarm: AlarmState }) {
  return (
    <a href={`/runbook?page=${runbook}`} title={`${meaning} Opens the runbook page.`}>
      {title}
    </a>
  );
}

/** First step for the on-call engineer, with links to the saved queries that it names. */
export function FirstStep({ alarm: { firstStep, queries } }: { readonly alarm: AlarmState }) {
  let parts: readonly ComponentChild[] = [firstStep];
  for (const query of queries) {
    parts = parts.flatMap((part) => {
      const [before, ...rest] = typeof part === "string" ? part.split(query) : [];
      return before === undefined
        ? [part]
        : [before, ...rest.flatMap((after) => [<a href={`/logs?query=${query}`}>{query}</a>, after])];
    });
  }
  return <>{parts}</>;
}
