import { z } from "zod";
import type { PlacedContent } from "../../console/messages/dashboard.ts";
import { layOut, type Widget } from "../../specs/monitoring/dashboard.ts";
import { onCallDashboard } from "../../specs/monitoring/on-call-dashboard.ts";
import { watchAlarms } from "./alarms.ts";
import { answer } from "./answer.ts";
import { chartOf, LONGEST_SPAN, readOnce, type Span } from "./chart.ts";
import type { ObservedSystem, PagePart } from "./page.ts";
import { savedQuery } from "./saved-queries.ts";

const seconds = z.coerce
  .number("a number of seconds")
  .int("whole seconds")
  .min(60, "60 seconds or more")
  .max(LONGEST_SPAN, "a day at most");

/** The monitoring stack's dashboard, where it has its widgets and with what this machine has measured. */
export function dashboard({ observability }: ObservedSystem): PagePart {
  const { watched, metrics } = observability;
  const placed = layOut(onCallDashboard(watched));
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
        case "log":
          return { kind: "log", ...savedQuery(watched, widget.query) };
        case "text":
          return widget;
      }
    };
    return placed.map(({ widget, ...place }) => ({ ...place, content: contentOf(widget) }));
  };

  return {
    routes(router) {
      answer(router, "GET /api/dashboard", z.object({ seconds }), ({ seconds }) => {
        const to = Math.floor(Date.now() / 1000);
        const span = { from: to - seconds, to };
        return { ...span, widgets: drawn(span) };
      });
    },
  };
}
