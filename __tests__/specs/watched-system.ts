import { loadSettings } from "../../settings/load.ts";
import type { Alarm } from "../../specs/monitoring/alarm.ts";
import type { Formula, Metric } from "../../specs/monitoring/metric.ts";
import { type Names, watch } from "../../specs/monitoring/monitoring.ts";

/** A system with everything in it that can be watched. */
export const NAMES: Names = {
  loadBalancer: "app/mysfits/1",
  cluster: "cluster",
  services: {
    like: { ecsService: "like", targetGroups: ["blue", "green"], logGroup: "/mysfits/like" },
    monolith: { ecsService: "monolith", targetGroups: ["monolith"], logGroup: "/mysfits/monolith" },
  },
  table: "mysfits",
  logSearch: {
    account: "123456789012",
    domain: "logs",
    nodeStorage: 10,
    shipper: "shipper",
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

export const WATCHED = watch(SETTINGS, NAMES);

export function alarmNamed(name: string): Alarm {
  const alarm = WATCHED.alarms.find((candidate) => candidate.name === name);
  if (!alarm) {
    throw new Error(`no alarm is named ${name}`);
  }
  return alarm;
}

/** The metrics that a formula is made of. */
export function metricsOf(value: Formula): readonly Metric[] {
  switch (value.kind) {
    case "metric":
      return [value];
    case "sum":
    case "highest":
      return value.of;
    case "percent":
      return [...value.part.of, ...value.of.of];
    case "ratio":
      return [...value.of.of, value.per];
    case "when-busy":
      return [...metricsOf(value.value), ...value.traffic.of];
  }
}
