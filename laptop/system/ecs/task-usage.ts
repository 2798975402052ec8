import { ContainerMeter } from "./container-meter.ts";
import type { ContainerProcess } from "./container-process.ts";
import type { EcsTask } from "./ecs-task.ts";

/** Resource use of a container since the previous sample. */
export interface UsageSample {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Percent of the task's CPU. Processes are not limited to it, so it can exceed 100. */
  readonly cpu: number;
  /** Bytes. */
  readonly memory: number;
}

/** Milliseconds between two samples, and number of samples kept: a quarter of an hour. */
const SAMPLING = { every: 5_000, most: 180 };

/** Recent resource use of all containers of the current tasks. */
export class TaskUsage {
  readonly #tasks: () => readonly EcsTask[];
  readonly #samples = new WeakMap<ContainerProcess, UsageSample[]>();
  readonly #meter = new ContainerMeter();
  readonly #sampling: NodeJS.Timeout;

  /** Samples the tasks until it is stopped. */
  constructor(tasks: () => readonly EcsTask[]) {
    this.#tasks = tasks;
    this.#sampling = setInterval(() => this.sample(), SAMPLING.every).unref();
  }

  stop(): void {
    clearInterval(this.#sampling);
  }

  /** Oldest first. */
  of(container: ContainerProcess): readonly UsageSample[] {
    return this.#samples.get(container) ?? [];
  }

  async sample(): Promise<void> {
    await Promise.all(
      this.#tasks().flatMap(({ service, containers }) =>
        containers.map((container) => this.#sample(container, service.size.cpu / 1024)),
      ),
    );
  }

  /** @param processors Processors of the task. */
  async #sample(container: ContainerProcess, processors: number): Promise<void> {
    const usage = await this.#meter.sample(container);
    if (usage === undefined) {
      return;
    }
    const samples = this.#samples.get(container) ?? [];
    samples.push({ at: usage.at, cpu: (100 * usage.processors) / processors, memory: usage.memory });
    if (samples.length > SAMPLING.most) {
      samples.shift();
    }
    this.#samples.set(container, samples);
  }
}
