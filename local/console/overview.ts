import type { ServiceState } from "../../console/messages/overview.ts";
import type { EcsService } from "../ecs/ecs-service.ts";
import { watchAlarms } from "./alarms.ts";
import { lastEvents } from "./events.ts";
import type { ObservedSystem, PagePart } from "./page.ts";
import { serviceMap } from "./service-map.ts";

/** Bytes that the runner should never take more of, with everything that it keeps. */
const MEMORY_LIMIT = 300 * 1024 ** 2;

/** Events of a service. */
const EVENTS = 6;

export function overview(system: ObservedSystem): PagePart {
  const { services, observability } = system;
  const { logs, traces } = observability;
  const alarms = watchAlarms(observability);
  return {
    topics: [
      {
        name: "overview",
        every: 1_000,
        look: () => ({
          map: serviceMap(system),
          services: Object.values(services).map(stateOf),
          alarms: alarms(),
          kept: {
            lines: logs.size,
            traces: traces.size,
            refusedPackets: observability.refusedPackets,
            memory: process.memoryUsage.rss(),
            memoryLimit: MEMORY_LIMIT,
          },
        }),
      },
    ],
  };
}

function stateOf(service: EcsService): ServiceState {
  const { name, desired, tasks, rollingOut } = service;
  return {
    name,
    desired,
    running: tasks.filter(({ status }) => status === "RUNNING").length,
    rollingOut,
    events: lastEvents(service, EVENTS),
  };
}
