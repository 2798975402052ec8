import { cpuSince, type Figures } from "../processes/process-figures.ts";
import type { ContainerProcess } from "./container-process.ts";

/** What a container has used since the look before, or since its process began. */
export interface ContainerUsage {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** How many processors it kept busy, such as 0.5. */
  readonly processors: number;
  /** Bytes that it holds now. */
  readonly memory: number;
}

/** Looks at containers again and again. */
export class ContainerMeter {
  readonly #before = new WeakMap<ContainerProcess, Figures>();

  /** Nothing for a container without a process. */
  async look(container: ContainerProcess): Promise<ContainerUsage | undefined> {
    const now = await container.figures();
    if (now === undefined) {
      return undefined;
    }
    const before = this.#before.get(container);
    this.#before.set(container, now);
    const since = before?.pid === now.pid ? before.at : container.startedAt.getTime();
    return { at: now.at, processors: cpuSince(before, now) / Math.max(1, now.at - since), memory: now.memory };
  }
}
