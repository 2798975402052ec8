import { cpuSince, type ProcessStats } from "../processes/process-stats.ts";
import type { ContainerProcess } from "./container-process.ts";

/** Resource use of a container since the previous sample, or since its process began. */
export interface ContainerUsage {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Number of busy processors, such as 0.5. */
  readonly processors: number;
  /** Bytes in use. */
  readonly memory: number;
}

/** Samples the resource use of containers. */
export class ContainerMeter {
  readonly #before = new WeakMap<ContainerProcess, ProcessStats>();

  /** Undefined for a container without a process. */
  async sample(container: ContainerProcess): Promise<ContainerUsage | undefined> {
    const now = await container.stats();
    if (now === undefined) {
      return undefined;
    }
    const before = this.#before.get(container);
    this.#before.set(container, now);
    const since = before?.pid === now.pid ? before.at : container.startedAt.getTime();
    return { at: now.at, processors: cpuSince(before, now) / Math.max(1, now.at - since), memory: now.memory };
  }
}
