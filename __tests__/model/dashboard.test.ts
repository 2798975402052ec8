import test from "ava";
import { METRICS, namespaceOf } from "../../lambda/log-shipper/metrics.ts";
import type { MetricWidget } from "../../model/monitoring/dashboard.ts";
import type { Formula } from "../../model/monitoring/metric.ts";
import { monitor } from "../../model/monitoring/monitoring.ts";
import { onCallDashboard } from "../../model/monitoring/on-call-dashboard.ts";
import { MONITORING, metricsOf, NAMES, SETTINGS } from "./monitored-system.ts";

const { sections } = onCallDashboard(MONITORING, 60);
const widgets = sections.flatMap((section) => section.widgets);
const charts = widgets.filter((widget): widget is MetricWidget => widget.kind === "line" || widget.kind === "number");

/** A series of the labs: `namespace name statistic period resource`. */
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
  "requests of the load balancer": "AWS/ApplicationELB RequestCount Sum 60 all",
  "requests of the like target groups":
    "AWS/ApplicationELB RequestCount Sum 60 blue + AWS/ApplicationELB RequestCount Sum 60 green",
})) {
  test(`the dashboard shows the lab's ${lab}`, (t) => {
    t.true(drawn().includes(series), `none of\n${drawn().join("\n")}`);
  });
}

test("the first section has all paging alarms, and the last one all others", (t) => {
  const first = sections[0]?.widgets[0];
  const last = sections.at(-1)?.widgets[0];
  t.is(first?.kind, "alarms");
  t.is(last?.kind, "alarms");
  if (first?.kind === "alarms" && last?.kind === "alarms") {
    t.deepEqual([...first.alarms, ...last.alarms].sort(), MONITORING.alarms.map(({ name }) => name).sort());
    t.true(first.alarms.every((name) => MONITORING.alarms.find((alarm) => alarm.name === name)?.severity === "page"));
  }
});

test("the horizontal line in a chart is at the alarm's threshold", (t) => {
  for (const { title, series, limit } of charts.filter(({ limit }) => limit !== undefined)) {
    const values = series.map(({ value }) => JSON.stringify(value));
    const alarms = MONITORING.alarms.filter(({ value }) => values.includes(JSON.stringify(bare(value))));
    t.deepEqual([...new Set(alarms.map(({ threshold }) => threshold))], [limit], title);
  }
});

test("labels are unique within a chart", (t) => {
  for (const { title, series } of charts) {
    t.is(new Set(series.map(({ label }) => label)).size, series.length, title);
  }
});

test("the dashboard uses the log shipper's own metric names", (t) => {
  const own = new Set(Object.values<string>(METRICS));
  const asked = Object.values(MONITORING.logSearch?.metrics ?? {})
    .flatMap(metricsOf)
    .filter(({ namespace }) => namespace.startsWith("Mysfits"));
  t.true(asked.length > 0);
  t.true(asked.every(({ namespace, name }) => namespace === namespaceOf("mysfits") && own.has(name)));
});

test("without log search or tracing, their widgets are left out", (t) => {
  const monitoring = monitor(SETTINGS, { ...NAMES, logSearch: undefined, tracesUrl: undefined });
  const rest = onCallDashboard(monitoring, 60).sections;
  t.is(rest.length, sections.length - 2);
  t.true(JSON.stringify(rest).includes("Traces are off"));
  t.false(JSON.stringify(rest).includes("AWS/ES"));
});

/** Returns the formula without its condition on traffic. */
function bare(value: Formula): Formula {
  return value.kind === "when-busy" ? value.value : value;
}
