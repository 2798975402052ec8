import test from "ava";
import { type Alarm, alarmDescription, fires, type Reading } from "../../model/monitoring/alarm.ts";
import type { Metric } from "../../model/monitoring/metric.ts";
import { monitor } from "../../model/monitoring/monitoring.ts";
import { loadSettings } from "../../settings/load.ts";
import { alarmNamed, MONITORING, metricsOf, NAMES } from "./monitored-system.ts";

/** Values of a metric, newest first. A single number is the value of every minute, and a gap is a minute without data. */
type Minutes = number | readonly (number | undefined)[];

/** By metric, or by target group and metric if the groups differ. A metric that is not listed has no data. */
type Data = Readonly<Record<string, Minutes>>;

const gap = undefined;

/** For each alarm, data that must fire it and data that must not. */
const TRIED: Readonly<Record<string, { readonly fires: readonly Data[]; readonly quiet: readonly Data[] }>> = {
  "load-balancer-errors": {
    fires: [
      { RequestCount: 1000, HTTPCode_Target_5XX_Count: 51 },
      { RequestCount: 500, HTTPCode_ELB_5XX_Count: 50 },
      // Without tasks, the load balancer does not count these as requests.
      { HTTPCode_ELB_5XX_Count: 30 },
      { RequestCount: 100, HTTPCode_Target_5XX_Count: [0, 40, 40, 40, 0] },
    ],
    quiet: [
      {},
      { RequestCount: 1000, HTTPCode_Target_5XX_Count: 50 },
      { RequestCount: 1000, HTTPCode_Target_4XX_Count: 900 },
      { RequestCount: 19, HTTPCode_Target_5XX_Count: 19 },
      { RequestCount: 100, HTTPCode_Target_5XX_Count: [40, 40, 0, 0, 0, 40] },
    ],
  },
  "like-errors": {
    fires: [
      // Chaos mode.
      { "blue RequestCount": 400, "blue HTTPCode_Target_4XX_Count": 100 },
      { "green RequestCount": 400, "green HTTPCode_Target_5XX_Count": 21 },
      // In the middle of a release, half of the likes in either group.
      { RequestCount: 50, "blue HTTPCode_Target_4XX_Count": 6 },
    ],
    quiet: [
      {},
      { "blue RequestCount": 400, "blue HTTPCode_Target_4XX_Count": 20 },
      { "blue RequestCount": 19, "blue HTTPCode_Target_4XX_Count": 19 },
      { "blue RequestCount": 400, "blue HTTPCode_Target_4XX_Count": [100, 100, gap, gap, gap] },
    ],
  },
  "like-latency": {
    fires: [
      { "blue RequestCount": 100, "blue TargetResponseTime": 1.2 },
      { RequestCount: 50, "blue TargetResponseTime": 0.02, "green TargetResponseTime": 3 },
    ],
    quiet: [
      {},
      { "blue RequestCount": 100, "blue TargetResponseTime": 1 },
      { "blue RequestCount": 5, "blue TargetResponseTime": 4 },
      { "blue RequestCount": 100, "blue TargetResponseTime": [9, 9, 0.1, 0.1, 0.1] },
    ],
  },
  "like-tasks": {
    fires: [{ RunningTaskCount: 1 }, { RunningTaskCount: 0 }, {}],
    quiet: [{ RunningTaskCount: 2 }, { RunningTaskCount: [1, 1, 2] }, { RunningTaskCount: [gap, gap, 2] }],
  },
  "monolith-tasks": {
    fires: [{ RunningTaskCount: 0 }, {}],
    quiet: [{ RunningTaskCount: 1 }],
  },
  "like-unhealthy-hosts": {
    fires: [{ "blue UnHealthyHostCount": 1 }, { "green UnHealthyHostCount": [0, 2, 2, 2, 0] }],
    quiet: [{}, { UnHealthyHostCount: 0 }, { UnHealthyHostCount: [1, 1, 0, 0, 0] }],
  },
  "monolith-unhealthy-hosts": {
    fires: [{ UnHealthyHostCount: 1 }],
    quiet: [{}, { UnHealthyHostCount: 0 }],
  },
  "like-cpu": {
    fires: [{ CPUUtilization: 81 }],
    quiet: [{}, { CPUUtilization: 80 }, { CPUUtilization: [100, 100, 100, 100, 79] }],
  },
  "monolith-cpu": { fires: [{ CPUUtilization: 81 }], quiet: [{}, { CPUUtilization: 80 }] },
  "like-memory": {
    fires: [{ MemoryUtilization: 81 }],
    quiet: [{}, { MemoryUtilization: 80 }, { MemoryUtilization: [95, 95, gap, 95, 95] }],
  },
  "monolith-memory": { fires: [{ MemoryUtilization: 81 }], quiet: [{}, { MemoryUtilization: 80 }] },
  "table-throttles": {
    fires: [{ ThrottledRequests: 1 }, { "UpdateItem ThrottledRequests": [gap, 5, 5, 5, gap] }],
    quiet: [{}, { ThrottledRequests: [9, 9, gap, gap, gap] }],
  },
  "table-errors": {
    fires: [{ "Scan SystemErrors": 1 }],
    quiet: [{}, { SystemErrors: 0 }, { SystemErrors: [9, 9, gap, gap, gap] }],
  },
  "shipper-errors": { fires: [{ Errors: 1 }], quiet: [{}, { Errors: 0 }, { Errors: [7, 7, 0, 0, 0] }] },
  "shipper-throttles": { fires: [{ Throttles: 1 }], quiet: [{}, { Throttles: [7, 7, 0, 0, 0] }] },
  "shipper-slow": { fires: [{ Duration: 48_001 }], quiet: [{}, { Duration: 48_000 }] },
  "shipper-deliveries": {
    fires: [{ DeliveryErrors: 1 }, { DeliveryThrottling: 1 }],
    quiet: [{}, { DeliveryErrors: [7, 7, gap, gap, gap] }],
  },
  "shipper-dead-letters": {
    fires: [{ ApproximateNumberOfMessagesVisible: [1] }],
    quiet: [{}, { ApproximateNumberOfMessagesVisible: [0, 1, 1] }],
  },
  "search-red": { fires: [{ "ClusterStatus.red": 1 }], quiet: [{}, { "ClusterStatus.red": 0 }] },
  "search-yellow": {
    fires: [{ "ClusterStatus.yellow": 1 }],
    quiet: [{}, { "ClusterStatus.yellow": [1, 1, 1, 1, 0] }],
  },
  "search-storage": { fires: [{ FreeStorageSpace: 2559 }], quiet: [{}, { FreeStorageSpace: 2560 }] },
  "search-memory": { fires: [{ JVMMemoryPressure: 95 }], quiet: [{}, { JVMMemoryPressure: [99, 99, 94] }] },
};

test("every alarm is tested", (t) => {
  t.deepEqual(Object.keys(TRIED).sort(), MONITORING.alarms.map(({ name }) => name).sort());
});

for (const [name, tried] of Object.entries(TRIED)) {
  for (const data of tried.fires) {
    test(`${name} fires on ${JSON.stringify(data)}`, (t) => {
      t.true(fires(alarmNamed(name), readingOf(data)));
    });
  }
  for (const data of tried.quiet) {
    test(`${name} is quiet on ${JSON.stringify(data)}`, (t) => {
      t.false(fires(alarmNamed(name), readingOf(data)));
    });
  }
}

test("data that must fire an alarm uses only that alarm's metrics, and other data only metrics of some alarm", (t) => {
  const names = (alarm: Alarm) => metricsOf(alarm.value).flatMap((metric) => [metric.name, ...qualified(metric)]);
  const keys = (data: readonly Data[]) => data.flatMap((one) => Object.keys(one));
  const anywhere = MONITORING.alarms.flatMap(names);
  for (const [name, tried] of Object.entries(TRIED)) {
    const here = names(alarmNamed(name));
    t.deepEqual(
      keys(tried.fires).filter((key) => !here.includes(key)),
      [],
      name,
    );
    t.deepEqual(
      keys(tried.quiet).filter((key) => !anywhere.includes(key)),
      [],
      name,
    );
  }
});

test("names are unique, and descriptions fit CloudWatch's limit of 1,024 characters and name the runbook page", (t) => {
  const names = MONITORING.alarms.map(({ name }) => name);
  t.is(new Set(names).size, names.length);
  for (const alarm of MONITORING.alarms) {
    const description = alarmDescription(alarm);
    t.true(description.length <= 1024, alarm.name);
    t.true(description.endsWith(`docs/runbook/${alarm.runbook ?? alarm.name}.md`), alarm.name);
    t.regex(alarm.meaning, /^[A-Z].*\.$/, alarm.name);
    t.regex(alarm.firstStep, /^[a-z].*\.$/, alarm.name);
  }
});

test("an alarm on a filled metric tolerates a missing newest datapoint, unless a filled zero breaches", (t) => {
  for (const { name, value, comparison, periods, datapoints } of MONITORING.alarms) {
    const zeroBreaches = comparison.startsWith("<");
    t.true(value.kind === "metric" || zeroBreaches || datapoints < periods, name);
    t.true(datapoints <= periods, name);
  }
});

test("every paging alarm is on a filled metric, so that old datapoints do not delay the page", (t) => {
  for (const { name, value, severity } of MONITORING.alarms) {
    t.true(severity !== "page" || value.kind !== "metric", name);
  }
});

test("an alarm has at most ten metrics with a period of one minute, as CloudWatch requires", (t) => {
  for (const { name, value } of MONITORING.alarms) {
    const metrics = metricsOf(value);
    t.true(metrics.length <= 10, name);
    t.true(
      metrics.every(({ period }) => period === 60),
      name,
    );
  }
});

test("a service with a minimum of 0 tasks has no alarm for too few tasks", (t) => {
  const settings = loadSettings({
    environment: "workshop",
    overrides: ["services.like.minTasks=0", "labs.scaling=off"],
  });
  const names = monitor(settings, NAMES).alarms.map(({ name }) => name);
  t.false(names.includes("like-tasks"));
  t.true(names.includes("monolith-tasks"));
});

test("only alarms about effects on visitors page someone", (t) => {
  t.deepEqual(
    MONITORING.alarms.filter(({ severity }) => severity === "page").map(({ name }) => name),
    ["load-balancer-errors", "like-errors", "like-latency", "like-tasks", "monolith-tasks"],
  );
});

function readingOf(data: Data): Reading {
  return (metric, ago) => {
    const key = qualified(metric).find((candidate) => candidate in data) ?? metric.name;
    const minutes = data[key];
    return typeof minutes === "number" ? minutes : minutes?.[ago];
  };
}

function qualified({ name, dimensions }: Metric): string[] {
  return Object.values(dimensions).map((value) => `${value} ${name}`);
}
