import "./dashboard.css";
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { call } from "../../call.ts";
import type { Dashboard, PlacedContent } from "../../messages/dashboard.ts";
import type { Page } from "../../page.ts";
import { askRepeatedly } from "../../parts/repeated.ts";
import { Words } from "../../parts/words.tsx";
import { changeQuery, place } from "../../route.ts";
import { AlarmWidget } from "./alarm-widget.tsx";
import { ChartWidget } from "./chart-widget.tsx";
import { LogWidget } from "./log-widget.tsx";

export const dashboardPage: Page = {
  path: "/dashboard",
  title: "Dashboard",
  key: "d",
  icon: <path d="M2 13.5h12M3.5 11V8M8 11V3.5M12.5 11V6" />,
  topics: [],
  Content: DashboardPage,
};

/** Seconds that may be looked at, by what they are called. */
const SPANS = { "15 min": 900, "1 h": 3_600, "3 h": 10_800, "12 h": 43_200, "1 day": 86_400 } as const;

type SpanName = keyof typeof SPANS;

/** Milliseconds between two looks: a point of the finest metrics, or of those that a long time is drawn with. */
const every = (seconds: number) => (seconds > SPANS["3 h"] ? 60_000 : 10_000);

const shown = signal<Dashboard | undefined>(undefined);
const problem = signal<string | undefined>(undefined);

function DashboardPage() {
  const span = spanShown();
  const seconds = SPANS[span];
  useEffect(
    () =>
      askRepeatedly(every(seconds), (signal) => call("GET /api/dashboard", { seconds }, signal), {
        answered(dashboard) {
          shown.value = dashboard;
        },
        refused(message) {
          problem.value = message;
        },
      }),
    [seconds],
  );
  return (
    <>
      <header class="page-head">
        <h1>Dashboard</h1>
        <Spans chosen={span} />
      </header>
      {problem.value && <p class="problem">{problem.value}</p>}
      {shown.value && <Grid dashboard={shown.value} />}
    </>
  );
}

function spanShown(): SpanName {
  const asked = place.value.query.get("span");
  return (Object.keys(SPANS) as SpanName[]).find((name) => name === asked) ?? "15 min";
}

function Spans({ chosen }: { readonly chosen: SpanName }) {
  return (
    <div class="spans" role="group" aria-label="Time shown">
      {(Object.keys(SPANS) as SpanName[]).map((name) => (
        <button key={name} type="button" aria-pressed={name === chosen} onClick={() => changeQuery({ span: name })}>
          {name}
        </button>
      ))}
    </div>
  );
}

function Grid({ dashboard }: { readonly dashboard: Dashboard }) {
  return (
    <div class="dashboard">
      {dashboard.widgets.map((widget) => {
        const { x, y, width, height } = widget;
        const style = { "--place": `${y + 1} / ${x + 1} / span ${height} / span ${width}` };
        return (
          <div key={`${x} ${y}`} class={`widget ${widget.content.kind}`} style={style}>
            <Content widget={widget} dashboard={dashboard} />
          </div>
        );
      })}
    </div>
  );
}

function Content({
  widget: { content },
  dashboard,
}: {
  readonly widget: PlacedContent;
  readonly dashboard: Dashboard;
}) {
  const { from, to } = dashboard;
  switch (content.kind) {
    case "line":
    case "number":
      return <ChartWidget chart={content} from={from} to={to} />;
    case "alarms":
      return <AlarmWidget list={content} />;
    case "log":
      return <LogWidget query={content} seconds={to - from} />;
    case "text":
      return <Words markdown={content.markdown} />;
  }
}
