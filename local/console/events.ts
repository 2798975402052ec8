import type { ServiceEvent } from "../../console/messages/tasks.ts";
import type { EcsService } from "../ecs/ecs-service.ts";

/** What happened to a service, the newest first. @param most How many events there may be. */
export function lastEvents({ events }: EcsService, most: number): readonly ServiceEvent[] {
  return events
    .slice(-most)
    .reverse()
    .map(({ time, kind, message }) => ({ time: time.getTime(), kind, message }));
}
