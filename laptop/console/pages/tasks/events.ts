import type { EcsService } from "../../../system/ecs/ecs-service.ts";
import type { ServiceEvent } from "./messages.ts";

/** Last events of a service, newest first. @param most maximum number of events */
export function lastEvents({ events }: EcsService, most: number): readonly ServiceEvent[] {
  return events
    .slice(-most)
    .reverse()
    .map(({ time, kind, message }) => ({ time: time.getTime(), kind, message }));
}
