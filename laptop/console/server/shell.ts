import { alarmStates } from "./alarms.ts";
import type { ObservedSystem, PageServer } from "./page-server.ts";

/** The server side of the navigation around every page. */
export function shell({ address, observability }: ObservedSystem, boot: string): PageServer {
  const alarms = alarmStates(observability);
  return {
    channels: [
      {
        name: "shell",
        interval: 2_000,
        sample: () => ({ boot, site: address, firing: alarms().filter(({ state }) => state === "firing").length }),
      },
    ],
  };
}
