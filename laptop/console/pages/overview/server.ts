import type { EcsService } from "../../../system/ecs/ecs-service.ts";
import { alarmStates } from "../../server/alarms.ts";
import type { ObservedSystem, PageServer } from "../../server/page-server.ts";
import { lastEvents } from "../tasks/events.ts";
import type { ServiceSummary } from "./messages.ts";
import { serviceMap } from "./service-map.ts";

/** Memory limit of the runner in bytes, including all data that it keeps. */
const MEMORY_LIMIT = 300 * 1024 ** 2;

/** Events shown per service. */
const EVENTS = 6;

/** The server side of the Overview page. */
export function overview(system: ObservedSystem): PageServer {
  const { services, observability } = system;
  const { logs, traces } = observability;
  const alarms = alarmStates(observability);
  return {
    channels: [
      {
        name: "overview",
        interval: 1_000,
        sample: () => ({
          map: serviceMap(system),
          services: Object.values(services).map(summaryOf),
          alarms: alarms(),
          storage: {
            lines: logs.size,
            traces: traces.size,
            rejectedPackets: observability.rejectedPackets,
            memory: process.memoryUsage.rss(),
            memoryLimit: MEMORY_LIMIT,
          },
        }),
      },
    ],
  };
}

function summaryOf(service: EcsService): ServiceSummary {
  const { name, desired, tasks, rollingOut } = service;
  return {
    name,
    desired,
    running: tasks.filter(({ status }) => status === "RUNNING").length,
    rollingOut,
    events: lastEvents(service, EVENTS),
  };
}
