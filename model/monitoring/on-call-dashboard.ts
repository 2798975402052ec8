import type { Alarm } from "./alarm.ts";
import type { Dashboard, Section, Series, Widget } from "./dashboard.ts";
import type { Formula } from "./metric.ts";
import type { Monitoring } from "./monitoring.ts";
import type { MonitoredService } from "./service.ts";

/** Labels of the two target groups of a blue/green service. */
const COLORS = ["blue", "green"];

/** Seconds per point in the chart of requests. AWS publishes load balancer metrics every minute, the laptop every ten seconds. */
type Resolution = 10 | 60;

/** Dashboard for on-call: what is broken and for whom, how much, where, why, and then everything else. */
export function onCallDashboard(monitoring: Monitoring, resolution: Resolution): Dashboard {
  return {
    sections: [
      whoIsAffected(monitoring),
      howMuch(monitoring, resolution),
      where(monitoring),
      whatTheTasksDo(monitoring),
      data(monitoring),
      whatTheLogsSay(monitoring),
      ...(monitoring.logSearch ? [shipping(monitoring.logSearch), search(monitoring.logSearch)] : []),
      everythingElse(monitoring),
    ],
  };
}

function whoIsAffected({ loadBalancer, services: { like }, alarms }: Monitoring): Section {
  return {
    title: "Is it broken, and for whom?",
    widgets: [
      { kind: "alarms", title: "Alarms that page", alarms: namesOf(alarms, "page") },
      {
        kind: "line",
        title: "Server errors",
        series: [line("of all requests", loadBalancer.metrics.errorShare)],
        unit: "%",
        limit: 5,
      },
      {
        kind: "line",
        title: "Failed likes",
        series: [line("4xx and 5xx", like.metrics.failedShare)],
        unit: "%",
        limit: 5,
      },
      {
        kind: "line",
        title: "Like latency",
        series: [
          line("p50", like.metrics.latency("p50")),
          line("p90", like.metrics.latency("p90")),
          line("p99", like.metrics.latency("p99")),
        ],
        unit: "s",
        limit: 1,
      },
    ],
  };
}

function howMuch({ loadBalancer, services: { like } }: Monitoring, resolution: Resolution): Section {
  const { metrics } = loadBalancer;
  const requests =
    resolution === 10
      ? { title: "Requests in 10 s", all: metrics.requests, likes: like.metrics.requestsIn10s }
      : { title: "Requests per minute", all: metrics.requestsPerMinute, likes: like.metrics.requests };
  return {
    title: "How much traffic is there, and how many errors?",
    widgets: [
      {
        kind: "number",
        title: "In the last minute",
        series: [line("requests", metrics.requestsPerMinute), line("likes", like.metrics.requests)],
        unit: "",
      },
      {
        kind: "line",
        title: requests.title,
        series: [line("all, at the load balancer", requests.all), line("likes", requests.likes)],
        unit: "requests",
      },
      {
        kind: "line",
        title: "Error responses",
        series: [
          line("4xx from the services", metrics.serviceClientErrors),
          line("5xx from the services", metrics.serviceErrors),
          line("5xx from the load balancer", metrics.ownErrors),
        ],
        unit: "responses per minute",
      },
      {
        kind: "line",
        title: "Failed likes by status",
        series: [line("4xx", like.metrics.clientErrors), line("5xx", like.metrics.errors)],
        unit: "responses per minute",
      },
    ],
  };
}

function where({ services }: Monitoring): Section {
  const each = Object.values(services);
  return {
    title: "Where: are the tasks running and healthy?",
    widgets: [
      {
        kind: "line",
        title: "Reporting tasks",
        series: each.map(({ names, metrics }) => line(names.service, metrics.taskCount)),
        unit: "tasks",
      },
      ...each.map(deployment),
      {
        kind: "line",
        title: "Healthy tasks in the load balancer",
        series: each.flatMap(hosts),
        unit: "tasks",
      },
    ],
  };
}

function deployment({ names, metrics }: MonitoredService): Widget {
  return {
    kind: "line",
    title: `Deployment of ${names.service}`,
    series: [
      line("desired", metrics.desiredTasks),
      line("running", metrics.runningTasks),
      line("starting", metrics.pendingTasks),
    ],
    unit: "tasks",
  };
}

function hosts({ names, metrics: { healthyHosts } }: MonitoredService): readonly Series[] {
  return healthyHosts.map((group, index) =>
    line(healthyHosts.length > 1 ? `${names.service} ${COLORS[index]}` : names.service, group),
  );
}

function whatTheTasksDo({ services }: Monitoring): Section {
  const each = Object.values(services);
  return {
    title: "Why: what are the tasks busy with?",
    widgets: [
      ...each.map(({ names, metrics }) => used(`CPU of ${names.service}`, metrics.cpu)),
      ...each.map(({ names, metrics }) => used(`Memory of ${names.service}`, metrics.memory)),
    ],
  };
}

function used(title: string, value: Formula): Widget {
  return { kind: "line", title, series: [line("average across tasks", value)], unit: "%", limit: 80 };
}

function data({ table, services: { monolith } }: Monitoring): Section {
  return {
    title: "Why: does the table respond?",
    widgets: [
      {
        kind: "line",
        title: "Throttled and failed table requests",
        series: [line("throttled", table.metrics.throttles), line("failed", table.metrics.errors)],
        unit: "requests per minute",
      },
      {
        kind: "line",
        title: "Table latency",
        series: table.metrics.latency.map((latency) => line(latency.dimensions.Operation ?? "", latency)),
        unit: "ms",
      },
      {
        kind: "line",
        // Likes reach the monolith without the load balancer, which measures this time.
        title: "Latency of reads and adoptions",
        series: [line("p50", monolith.metrics.latency("p50")), line("p99", monolith.metrics.latency("p99"))],
        unit: "s",
      },
    ],
  };
}

function whatTheLogsSay({ queries, tracesUrl }: Monitoring): Section {
  return {
    title: "Why: what do the logs and the traces say?",
    widgets: [
      { kind: "log", query: queries.errorsByRoute },
      { kind: "log", query: queries.slowLikes },
      { kind: "log", query: queries.chaosLines },
      { kind: "text", markdown: nextSteps(tracesUrl) },
    ],
  };
}

function nextSteps(tracesUrl: string | undefined): string {
  const traces = tracesUrl
    ? `[Traces of likes that failed or were slow](${tracesUrl})`
    : "Traces are off: the setting `labs.tracing` switches them on.";
  return `### Next
* ${traces}
* Logs Insights, saved query **one-trace**: everything that both services wrote about one request
* Runbook: \`docs/runbook/README.md\`; the description of an alarm names its page`;
}

function shipping({ metrics }: NonNullable<Monitoring["logSearch"]>): Section {
  return {
    title: "Do the logs reach the search?",
    widgets: [
      {
        kind: "line",
        title: "Lines in, documents out",
        series: [
          line("lines", metrics.events),
          line("written", metrics.created),
          line("already written", metrics.existing),
          line("retried", metrics.retried),
        ],
        unit: "per minute",
      },
      {
        kind: "line",
        title: "Log shipper",
        series: [
          line("invocations", metrics.invocations),
          line("failed", metrics.shipperErrors),
          line("throttled", metrics.shipperThrottles),
        ],
        unit: "per minute",
      },
      {
        kind: "line",
        title: "Longest invocation",
        series: [line("log shipper", metrics.shipperDuration)],
        unit: "ms",
      },
      {
        kind: "line",
        title: "Stuck lines",
        series: [line("undelivered", metrics.undelivered), line("dead letters", metrics.deadLetters)],
        unit: "lines",
      },
    ],
  };
}

function search({ metrics }: NonNullable<Monitoring["logSearch"]>): Section {
  return {
    title: "Is the search domain healthy?",
    widgets: [
      {
        kind: "line",
        title: "Domain state",
        series: [line("red", metrics.red), line("yellow", metrics.yellow)],
        unit: "1 = yes",
      },
      { kind: "line", title: "Free storage", series: [line("fullest node", metrics.freeStorage)], unit: "MiB" },
      { kind: "line", title: "Heap in use", series: [line("fullest node", metrics.heap)], unit: "%", limit: 95 },
    ],
  };
}

function everythingElse({ alarms }: Monitoring): Section {
  return {
    title: "What else is wrong?",
    widgets: [{ kind: "alarms", title: "Alarms that only notify", alarms: namesOf(alarms, "notify") }],
  };
}

function namesOf(alarms: readonly Alarm[], severity: Alarm["severity"]): readonly string[] {
  return alarms.filter((alarm) => alarm.severity === severity).map(({ name }) => name);
}

function line(label: string, value: Formula): Series {
  return { label, value };
}
