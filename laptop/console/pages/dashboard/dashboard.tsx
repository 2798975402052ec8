import "./dashboard.css";
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { call } from "../../browser/call.ts";
import type { Page } from "../../browser/page.ts";
import { changeQuery, route } from "../../browser/router.ts";
import { choice } from "../../parts/format.ts";
import { Markdown } from "../../parts/markdown.tsx";
import { poll } from "../../parts/polling.ts";
import { AlarmWidget } from "./alarm-widget.tsx";
import { ChartWidget } from "./chart-widget.tsx";
import { LogWidget } from "./log-widget.tsx";
import type { Dashboard, PlacedContent } from "./messages.ts";

export const dashboardPage: Page = {
  path: "/dashboard",
  title: "Dashboard",
  key: "d",
  icon: <path d="M2 13.5h12M3.5 11V8M8 11V3.5M12.5 11V6" />,
  channels: [],
  Content: DashboardPage,
};

/** Time ranges in seconds, by label. */
const RANGES = { "15 min": 900, "1 h": 3_600, "3 h": 10_800, "12 h": 43_200, "1 day": 86_400 } as const;

type RangeName = keyof typeof RANGES;

/** Milliseconds between two requests, equal to the period of a chart's points. */
const interval = (seconds: number) => (seconds > RANGES["3 h"] ? 60_000 : 10_000);

const shown = signal<Dashboard | undefined>(undefined);
const problem = signal<string | undefined>(undefined);

function DashboardPage() {
  const range = selectedRange();
  const seconds = RANGES[range];
  const requested = route.value.query.get("range");
  const unknown = requested !== null && requested !== range ? requested : undefined;
  useEffect(
    () =>
      poll(interval(seconds), (signal) => call("GET /api/dashboard", { seconds }, signal), {
        onResponse(dashboard) {
          shown.value = dashboard;
        },
        onProblem(message) {
          problem.value = message;
        },
      }),
    [seconds],
  );
  return (
    <>
      <header class="page-head">
        <h1>Dashboard</h1>
        <RangeButtons selected={range} />
      </header>
      {unknown && (
        <p class="problem" role="alert">
          No time range is called {unknown}: expected {choice(Object.keys(RANGES))}.
        </p>
      )}
      {problem.value && <p class="problem">{problem.value}</p>}
      {shown.value && <Grid dashboard={shown.value} />}
    </>
  );
}

function selectedRange(): RangeName {
  const requested = route.value.query.get("range");
  return (Object.keys(RANGES) as RangeName[]).find((name) => name === requested) ?? "15 min";
}

function RangeButtons({ selected }: { readonly selected: RangeName }) {
  return (
    <div class="ranges" role="group" aria-label="Time range">
      {(Object.keys(RANGES) as RangeName[]).map((name) => (
        <button key={name} type="button" aria-pressed={name === selected} onClick={() => changeQuery({ range: name })}>
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
      return <Markdown text={content.markdown} />;
  }
}
