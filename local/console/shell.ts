import { watchAlarms } from "./alarms.ts";
import type { ObservedSystem, PagePart } from "./page.ts";

/** What stands around every page. */
export function shell({ address, observability }: ObservedSystem, boot: string): PagePart {
  const alarms = watchAlarms(observability);
  return {
    topics: [
      {
        name: "shell",
        every: 2_000,
        look: () => ({ boot, site: address, firing: alarms().filter(({ state }) => state === "firing").length }),
      },
    ],
  };
}
