import test from "ava";
import { TABLE_OPERATIONS } from "../../model/monitoring/table.ts";
import { LogSearchStack } from "../../stacks/log-search-stack.ts";
import { MonitoringStack } from "../../stacks/monitoring-stack.ts";
import { NetworkStack } from "../../stacks/network-stack.ts";
import { PlatformStack } from "../../stacks/platform-stack.ts";
import { ServicesStack } from "../../stacks/services-stack.ts";
import { type Arguments, resource, resources, type SynthesizedStack, synthesize, synthesizeOnly } from "../synth.ts";

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface PlacedWidget extends Box {
  readonly type: string;
  readonly properties: Arguments & { readonly metrics?: readonly (readonly unknown[])[] };
}

function monitoring({ logSearch = true } = {}, ...overrides: string[]): SynthesizedStack {
  const stacks = synthesizeOnly(
    (app, settings) => {
      const network = new NetworkStack(app, settings);
      const platform = new PlatformStack(app, settings, network);
      const services = new ServicesStack(app, settings, network, platform);
      const search = logSearch ? new LogSearchStack(app, settings, services) : undefined;
      new MonitoringStack(app, settings, platform, services, search);
    },
    "emulator",
    ...overrides,
  );
  return stacks.monitoring as SynthesizedStack;
}

const full = monitoring();

function widgetsOf(stack: SynthesizedStack): readonly PlacedWidget[] {
  return JSON.parse(String(resource(stack, "aws_cloudwatch_dashboard", "dashboard").dashboard_body)).widgets;
}

test("every widget fits the 24 columns of CloudWatch, and none overlap", (t) => {
  const widgets = widgetsOf(full);
  t.true(widgets.length > 20);
  for (const { x, y, width, height } of widgets) {
    t.true(x >= 0 && y >= 0 && width >= 1 && height >= 1 && x + width <= 24);
    t.true([x, y, width, height].every(Number.isInteger));
  }
  for (const [index, one] of widgets.entries()) {
    t.deepEqual(
      widgets.slice(index + 1).filter((other) => overlap(one, other)),
      [],
    );
  }
});

test("each metric of a widget is either drawn or used by an expression of the same widget", (t) => {
  for (const { type, properties } of widgetsOf(full)) {
    if (type !== "metric") {
      continue;
    }
    const entries = properties.metrics ?? [];
    const options = entries.map((entry) => entry.at(-1) as Record<string, unknown>);
    const ids = options.flatMap(({ id }) => (id === undefined ? [] : [id]));
    t.is(new Set(ids).size, ids.length, String(properties.title));
    const used = options.flatMap(({ expression }) => String(expression ?? "").match(/\bm\d+\b/g) ?? []);
    t.deepEqual(
      used.filter((id) => !ids.includes(id)),
      [],
    );
    t.true(
      options.every(
        ({ id, visible, label }) => label !== undefined || (visible === false && used.includes(String(id))),
      ),
    );
    for (const entry of entries.filter((candidate) => candidate.length > 1)) {
      t.is(entry.length % 2, 1, "namespace, name and pairs of dimensions, then the options");
    }
  }
});

test("alarms and widgets refer to resources by reference", (t) => {
  const alarm = resource(full, "aws_cloudwatch_metric_alarm", "alarms/like-cpu");
  for (const value of Object.values(alarm.dimensions as Record<string, string>)) {
    t.regex(value, /^\$\{data\.terraform_remote_state\.cross-stack-reference-input-\w+\.outputs\./);
  }
  t.deepEqual(Object.keys(full.data.terraform_remote_state ?? {}).sort(), [
    "cross-stack-reference-input-log-search",
    "cross-stack-reference-input-platform",
    "cross-stack-reference-input-services",
  ]);
});

test("an alarm on a metric names it, and an alarm on a formula has the expression and its metrics", (t) => {
  t.like(resource(full, "aws_cloudwatch_metric_alarm", "alarms/like-cpu"), {
    alarm_name: "mysfits-emulator-like-cpu",
    namespace: "AWS/ECS",
    metric_name: "CPUUtilization",
    statistic: "Average",
    comparison_operator: "GreaterThanThreshold",
    threshold: 80,
    evaluation_periods: 5,
    datapoints_to_alarm: 5,
    treat_missing_data: "notBreaching",
  });
  const { metric_query: queries, metric_name } = resource(
    full,
    "aws_cloudwatch_metric_alarm",
    "alarms/like-errors",
  ) as {
    metric_query: { id: string; expression?: string; return_data?: boolean }[];
    metric_name?: string;
  };
  t.is(metric_name, undefined);
  t.is(queries.length, 7, "4xx, 5xx and requests of both groups, and the expression");
  t.deepEqual(
    queries.filter(({ return_data }) => return_data).map(({ expression }) => expression),
    [
      "IF((FILL(m1, 0) + FILL(m2, 0)) >= 20, 100 * (FILL(m3, 0) + FILL(m4, 0) + FILL(m5, 0) + FILL(m6, 0)) / (FILL(m1, 0) + FILL(m2, 0)), 0)",
    ],
  );
});

test("the composite alarm notifies for paging alarms, and the other alarms notify on their own", (t) => {
  const alarms = resources(full, "aws_cloudwatch_metric_alarm");
  const pager = resource(full, "aws_cloudwatch_composite_alarm", "pager");
  const paging = alarms.filter(({ alarm_actions }) => alarm_actions === undefined);
  t.deepEqual(paging.map(({ alarm_name }) => String(alarm_name).replace("mysfits-emulator-", "")).sort(), [
    "like-errors",
    "like-latency",
    "like-tasks",
    "load-balancer-errors",
    "monolith-tasks",
  ]);
  t.is(String(pager.alarm_rule).match(/ALARM\("\$\{aws_cloudwatch_metric_alarm\.[\w-]+\.alarm_name\}"\)/g)?.length, 5);
  t.true(String(pager.alarm_description).length <= 1024);
  const [topic] = pager.alarm_actions as string[];
  t.regex(String(topic), /platform.*aws_sns_topic/);
  for (const alarm of alarms.filter((candidate) => !paging.includes(candidate))) {
    t.deepEqual([alarm.alarm_actions, alarm.ok_actions], [[topic], [topic]], String(alarm.alarm_name));
  }
});

test("only alarms in the composite alarm's rule are created before a replaced one is deleted", (t) => {
  for (const { alarm_name, alarm_actions, lifecycle } of resources(full, "aws_cloudwatch_metric_alarm")) {
    const expected = alarm_actions === undefined ? { create_before_destroy: true } : undefined;
    t.deepEqual(lifecycle, expected, String(alarm_name));
  }
});

test("X-Ray has the lab's group, and keeps no trace of a health check", (t) => {
  t.is(
    resource(full, "aws_xray_group", "odd-likes").filter_expression,
    'service("emulator like service") { responsetime > 1 OR error } AND http.method = "POST"',
  );
  const rules = resources(full, "aws_xray_sampling_rule");
  const [health] = [...rules].sort((one, other) => Number(one.priority) - Number(other.priority));
  t.like(health, { url_path: "/", http_method: "GET", reservoir_size: 0, fixed_rate: 0 });
  t.deepEqual(rules.map(({ service_name }) => service_name).sort(), [
    "emulator * service",
    "emulator * service",
    "emulator like service",
  ]);
  const rate = (name: string) => Number(resource(full, "aws_xray_sampling_rule", name).fixed_rate);
  t.true(rate("likes") > rate("others"));
});

test("names fit X-Ray's 32 characters, even for the longest environment name", (t) => {
  const longest = "e".repeat(20);
  for (const { rule_name } of resources(full, "aws_xray_sampling_rule")) {
    t.true(String(rule_name).replace("emulator", longest).length <= 32, String(rule_name));
  }
  const { group_name } = resource(full, "aws_xray_group", "odd-likes");
  t.true(String(group_name).replace("emulator", longest).length <= 32);
});

test("the link to the traces works in the dashboard's Markdown", (t) => {
  const text = widgetsOf(full).find(({ properties }) => String(properties.markdown).includes("xray/home"));
  const [, address] = /\]\(([^)\s]+)\)/.exec(String(text?.properties.markdown)) ?? [];
  const { hash, searchParams } = new URL(String(address));
  t.is(searchParams.get("region"), "us-east-1");
  t.is(
    new URLSearchParams(hash.split("?")[1]).get("filter"),
    'service("emulator like service") { responsetime > 1 OR error } AND http.method = "POST"',
  );
});

test("no widget has a shorter period than the minute in which AWS publishes its metrics", (t) => {
  const periods = widgetsOf(full).flatMap(({ properties }) =>
    ((properties.metrics ?? []) as unknown[][]).flatMap((metric) =>
      metric.flatMap((part) => (part as { period?: number }).period ?? []),
    ),
  );
  t.true(periods.length > 20);
  t.deepEqual([...new Set(periods)], [60]);
});

test("a domain with a single node has no yellow alarm, because it is always yellow", (t) => {
  const yellow = (nodes: number) =>
    resources(monitoring({}, `logSearch.instances=${nodes}`), "aws_cloudwatch_metric_alarm").filter(({ alarm_name }) =>
      String(alarm_name).endsWith("search-yellow"),
    ).length;
  t.is(yellow(1), 0);
  t.is(yellow(2), 1);
});

test("the saved queries are in the environment's folder, each with its log groups", (t) => {
  const queries = resources(full, "aws_cloudwatch_query_definition");
  t.deepEqual(queries.map(({ name, log_group_names }) => `${name} ${(log_group_names as string[]).length}`).sort(), [
    "mysfits-emulator/chaos-lines 1",
    "mysfits-emulator/errors-by-route 2",
    "mysfits-emulator/one-trace 2",
    "mysfits-emulator/slow-likes 1",
  ]);
});

test("without log search and tracing, the stack has none of their resources", (t) => {
  const bare = monitoring({ logSearch: false }, "labs.tracing=off");
  t.deepEqual(resources(bare, "aws_xray_group"), []);
  t.deepEqual(resources(bare, "aws_xray_sampling_rule"), []);
  t.is(resources(bare, "aws_cloudwatch_metric_alarm").length, 13);
  t.notRegex(JSON.stringify(bare), /log-shipper|AWS\/ES|xray\/home/);
});

test("the table's failures are counted for every operation of the monolith", (t) => {
  const { services } = synthesize("emulator");
  const allowed = Object.values(services?.data.aws_iam_policy_document ?? {})
    .flatMap(({ statement }) => statement as { actions: string[] }[])
    .flatMap(({ actions }) => actions)
    .filter((action) => action.startsWith("dynamodb:"));
  t.deepEqual(allowed.map((action) => action.replace("dynamodb:", "")).sort(), [...TABLE_OPERATIONS]);
});

function overlap(one: Box, other: Box): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}
