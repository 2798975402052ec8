import { layOut, type Widget } from "../../../../model/monitoring/dashboard.ts";
import { onCallDashboard } from "../../../../model/monitoring/on-call-dashboard.ts";
import { alarmStates } from "../../server/alarms.ts";
import { chartOf, readOnce, type TimeRange } from "../../server/chart.ts";
import { endpoint } from "../../server/endpoint.ts";
import type { ObservedSystem, PageServer } from "../../server/page-server.ts";
import type { LabActivity } from "../labs/lab-activity.ts";
import { savedQuery } from "../logs/saved-queries.ts";
import { dashboardRange, type PlacedContent } from "./messages.ts";

/** The server side of the Dashboard page: the monitoring stack's dashboard with this machine's values. */
export function dashboard({ observability }: ObservedSystem, activity: LabActivity): PageServer {
  const { monitoring, metrics } = observability;
  const placed = layOut(onCallDashboard(monitoring, 10));
  const alarms = alarmStates(observability);

  const draw = (range: TimeRange): readonly PlacedContent[] => {
    const valuesOf = readOnce(metrics, range);
    const states = new Map(alarms().map((alarm) => [alarm.name, alarm]));
    const contentOf = (widget: Widget): PlacedContent["content"] => {
      switch (widget.kind) {
        case "line":
        case "number":
          return chartOf(widget, range, valuesOf, metrics);
        case "alarms":
          return { ...widget, alarms: widget.alarms.flatMap((name) => states.get(name) ?? []) };
        case "log":
          return { kind: "log", ...savedQuery(monitoring, widget.query) };
        case "text":
          return widget;
      }
    };
    return placed.map(({ widget, ...place }) => ({ ...place, content: contentOf(widget) }));
  };

  return {
    routes(router) {
      endpoint(router, "GET /api/dashboard", dashboardRange, ({ seconds }) => {
        activity.sawDashboard();
        const to = Math.floor(Date.now() / 1000);
        const range = { from: to - seconds, to };
        return { ...range, widgets: draw(range) };
      });
    },
  };
}
