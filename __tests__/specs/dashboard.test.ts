import test from "ava";
import { METRICS, NAMESPACE } from "../../lambda/log-shipper/metrics.ts";
import type { MetricWidget } from "../../specs/monitoring/dashboard.ts";
import type { Formula } from "../../specs/monitoring/metric.ts";
import { watch } from "../../specs/monitoring/monitoring.ts";
import { onCallDashboard } from "../../specs/monitoring/on-call-dashboard.ts";
import { metricsOf, NAMES, SETTINGS, WATCHED } from "./watched-system.ts";

const { sections } = onCallDashboard(WATCHED);
const widgets = sections.flatMap((section) => section.widgets);
const charts = widgets.filter((widget): widget is MetricWidget => widget.kind === "line" || widget.kind === "number");

/** A series of the labs as `namespace name statistic period whose`. */
function drawn(): string[] {
  return charts.flatMap(({ series }) =>
    series.map(({ value }) =>
      metricsOf(value)
        .map(({ namespace, name, statistic, period, dimensions }) =>
          [namespace, name, statistic, period, dimensions.ServiceName ?? dimensions.TargetGroup ?? "all"].join(" "),
        )
        .join(" + "),
    ),
  );
}

for (const [lab, series] of Object.entries({
  "task count of like": "AWS/ECS CPUUtilization SampleCount 60 like",
  "task count of monolith": "AWS/ECS CPUUtilization SampleCount 60 monolith",
  "CPU of like": "AWS/ECS CPUUtilization Average 60 like",
  "CPU of monolith": "AWS/ECS CPUUtilization Average 60 monolith",
  "memory of like": "AWS/ECS MemoryUtilization Average 60 like",
  "memory of monolith": "AWS/ECS MemoryUtilization Average 60 monolith",
  "requests of the load balancer": "AWS/ApplicationELB RequestCount Sum 10 all",
  "requests of the like target groups":
    "AWS/ApplicationELB RequestCount Sum 10 blue + AWS/ApplicationELB RequestCount Sum 10 green",
})) {
  test(`the dashboard shows, as the labs do, the ${lab}`, (t) => {
    t.true(drawn().includes(series), `none of\n${drawn().join("\n")}`);
  });
}

test("the first section has every alarm that pages, and the last all the others", (t) => {
  const first = sections[0]?.widgets[0];
  const last = sections.at(-1)?.widgets[0];
  t.is(first?.kind, "alarms");
  t.is(last?.kind, "alarms");
  if (first?.kind === "alarms" && last?.kind === "alarms") {
    t.deepEqual([...first.alarms, ...last.alarms].sort(), WATCHED.alarms.map(({ name }) => name).sort());
    t.true(first.alarms.every((name) => WATCHED.alarms.find((alarm) => alarm.name === name)?.pages));
  }
});

test("a line across a chart stands where its alarm begins", (t) => {
  for (const { title, series, limit } of charts.filter(({ limit }) => limit !== undefined)) {
    const values = series.map(({ value }) => JSON.stringify(value));
    const alarms = WATCHED.alarms.filter(({ value }) => values.includes(JSON.stringify(bare(value))));
    t.deepEqual([...new Set(alarms.map(({ threshold }) => threshold))], [limit], title);
  }
});

test("labels are unique within a chart", (t) => {
  for (const { title, series } of charts) {
    t.is(new Set(series.map(({ label }) => label)).size, series.length, title);
  }
});

test("what the log shipper counts of itself is asked for under its names", (t) => {
  const own = new Set(Object.values<string>(METRICS));
  const asked = Object.values(WATCHED.logSearch?.metrics ?? {})
    .flatMap(metricsOf)
    .filter(({ namespace }) => namespace.startsWith("Mysfits"));
  t.true(asked.length > 0);
  t.true(asked.every(({ namespace, name }) => namespace === NAMESPACE && own.has(name)));
});

test("without log search or tracing their widgets are left out", (t) => {
  const watched = watch(SETTINGS, { ...NAMES, logSearch: undefined, tracesUrl: undefined });
  const rest = onCallDashboard(watched).sections;
  t.is(rest.length, sections.length - 2);
  t.true(JSON.stringify(rest).includes("Traces are off"));
  t.false(JSON.stringify(rest).includes("AWS/ES"));
});

/** The value without the traffic that it needs to count. */
function bare(value: Formula): Formula {
  return value.kind === "when-busy" ? value.value : value;
}
