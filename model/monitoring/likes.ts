import type { Alarm } from "./alarm.ts";
import { ENOUGH_REQUESTS } from "./load-balancer.ts";
import type { MonitoredService } from "./service.ts";

/** Alarms for what visitors notice: failed and slow likes. */
export function monitorLikes({ metrics }: MonitoredService): readonly Alarm[] {
  const busy = { kind: "when-busy", traffic: metrics.requests, atLeast: ENOUGH_REQUESTS } as const;
  return [
    {
      name: "like-errors",
      title: "Likes fail",
      value: { ...busy, value: metrics.failedShare },
      comparison: ">",
      threshold: 5,
      unit: "%",
      periods: 5,
      datapoints: 3,
      missing: "notBreaching",
      meaning: "More than 5% of likes get a 4xx or 5xx response.",
      firstStep: "run the saved query errors-by-route, which shows whether they are 404 or 503.",
      severity: "page",
    },
    {
      name: "like-latency",
      title: "Likes are slow",
      value: { ...busy, value: metrics.latency("p99") },
      comparison: ">",
      threshold: 1,
      unit: "s",
      periods: 5,
      datapoints: 3,
      missing: "notBreaching",
      meaning: "The slowest 1% of likes take more than a second.",
      firstStep: "see whether the CPU of the like service rises with it, then open the slow traces.",
      severity: "page",
    },
  ];
}
