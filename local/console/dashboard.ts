import { z } from "zod";
import type { PlacedContent } from "../../console/messages/dashboard.ts";
import { Refusal } from "../../service/shared/refusal.ts";
import { type LogWidget, layOut, type Widget } from "../../specs/monitoring/dashboard.ts";
import { onCallDashboard } from "../../specs/monitoring/on-call-dashboard.ts";
import type { SavedQuery } from "../../specs/monitoring/query.ts";
import { parseQuery } from "../insights/query.ts";
import { runQuery } from "../insights/run.ts";
import { watchAlarms } from "./alarms.ts";
import { answer } from "./answer.ts";
import { chartOf, LONGEST_SPAN, readOnce, type Span } from "./chart.ts";
import type { ObservedSystem, PagePart } from "./page.ts";

const seconds = z.coerce
  .number()
  .int()
  .min(60, "expected 60 seconds or more")
  .max(LONGEST_SPAN, "expected a day at most");

/** The monitoring stack's dashboard, where it has its widgets and with what this machine has measured. */
export function dashboard({ observability }: ObservedSystem): PagePart {
  const { watched, metrics, logs } = observability;
  const placed = layOut(onCallDashboard(watched));
  const queries = placed
    .map(({ widget }) => widget)
    .filter(isLog)
    .map(({ query }) => query);
  const alarms = watchAlarms(observability);

  const drawn = (span: Span): readonly PlacedContent[] => {
    const valuesOf = readOnce(metrics, span);
    const states = new Map(alarms().map((alarm) => [alarm.name, alarm]));
    const contentOf = (widget: Widget): PlacedContent["content"] => {
      switch (widget.kind) {
        case "line":
        case "number":
          return chartOf(widget, span, valuesOf, metrics);
        case "alarms":
          return { ...widget, alarms: widget.alarms.flatMap((name) => states.get(name) ?? []) };
        case "log": {
          const { name, title, text } = widget.query;
          return { kind: "log", name, title, text, services: servicesOf(widget.query) };
        }
        case "text":
          return widget;
      }
    };
    return placed.map(({ widget, ...place }) => ({ ...place, content: contentOf(widget) }));
  };

  const servicesOf = ({ logGroups }: SavedQuery): readonly string[] =>
    [watched.like, watched.monolith]
      .filter(({ names }) => logGroups.includes(names.logGroup))
      .map(({ names }) => names.service);

  return {
    routes(router) {
      answer(router, "GET /api/dashboard", z.object({ seconds }), ({ seconds }) => {
        const to = Math.floor(Date.now() / 1000);
        const span = { from: to - seconds, to };
        return { ...span, widgets: drawn(span) };
      });
      answer(router, "GET /api/dashboard/query", z.object({ name: z.string(), seconds }), async ({ name, seconds }) => {
        const query = queries.find((candidate) => candidate.name === name);
        if (query === undefined) {
          throw new Refusal(
            404,
            `the dashboard has no query ${name}: expected one of ${queries.map((each) => each.name).join(", ")}`,
          );
        }
        const lines = logs.find({ from: Date.now() - seconds * 1000, programs: servicesOf(query) });
        const { rows, ...found } = await runQuery(parseQuery(query.text), lines);
        return { ...found, rows: rows.map((row) => row.map((value) => value ?? null)) };
      });
    },
  };
}

function isLog(widget: Widget): widget is LogWidget {
  return widget.kind === "log";
}
