import { loadSettings } from "../../settings/load.ts";
import type { Alarm } from "../../specs/monitoring/alarm.ts";
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

export const WATCHED = watch(loadSettings({ environment: "workshop", overrides: [] }), NAMES);

export function alarmNamed(name: string): Alarm {
  const alarm = WATCHED.alarms.find((candidate) => candidate.name === name);
  if (!alarm) {
    throw new Error(`no alarm is named ${name}`);
  }
  return alarm;
}
