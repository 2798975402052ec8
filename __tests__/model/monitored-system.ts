import type { Alarm } from "../../model/monitoring/alarm.ts";
import type { Formula, Metric } from "../../model/monitoring/metric.ts";
import { monitor, type ResourceNames } from "../../model/monitoring/monitoring.ts";
import { perService } from "../../model/services.ts";
import { loadSettings } from "../../settings/load.ts";

/** A system with all resources that can be monitored. */
export const NAMES: ResourceNames = {
  loadBalancer: "app/mysfits/1",
  cluster: "cluster",
  services: {
    ...perService((name) => ({ ecsService: name, targetGroups: [name], logGroup: `/mysfits/${name}` })),
    like: { ecsService: "like", targetGroups: ["blue", "green"], logGroup: "/mysfits/like" },
  },
  table: "mysfits",
  logSearch: {
    account: "123456789012",
    domain: "logs",
    nodeStorage: 10,
    nodes: 2,
    shipper: "shipper",
    shipperNamespace: "Mysfits/LogShipper",
    shipperTimeout: 60,
    deadLetterQueue: "dead-letters",
    subscriptions: [
      { logGroup: "/mysfits/like", filter: "like" },
      { logGroup: "/mysfits/monolith", filter: "monolith" },
    ],
  },
  tracesUrl: "https://traces.example",
};

export const SETTINGS = loadSettings({ environment: "workshop", overrides: [] });

export const MONITORING = monitor(SETTINGS, NAMES);

export function alarmNamed(name: string): Alarm {
  const alarm = MONITORING.alarms.find((candidate) => candidate.name === name);
  if (!alarm) {
    throw new Error(`no alarm is named ${name}`);
  }
  return alarm;
}

/** Returns the metrics of a formula. */
export function metricsOf(value: Formula): readonly Metric[] {
  switch (value.kind) {
    case "metric":
      return [value];
    case "sum":
    case "maximum":
      return value.of;
    case "percent":
      return [...value.part.of, ...value.of.of];
    case "ratio":
      return [...value.of.of, value.per];
    case "when-busy":
      return [...metricsOf(value.value), ...value.traffic.of];
  }
}
