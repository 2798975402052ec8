import { watchAlarms } from "./alarms.ts";
import type { ObservedSystem, PagePart } from "./page.ts";

/** Bytes that the runner should never take more of, with everything that it keeps. */
const MEMORY_LIMIT = 300 * 1024 ** 2;

export function overview({ observability }: ObservedSystem): PagePart {
  const { logs, traces } = observability;
  const alarms = watchAlarms(observability);
  return {
    topics: [
      {
        name: "overview",
        every: 1_000,
        look: () => ({
          alarms: alarms(),
          kept: {
            lines: logs.size,
            traces: traces.size,
            memory: process.memoryUsage.rss(),
            memoryLimit: MEMORY_LIMIT,
          },
        }),
      },
    ],
  };
}
