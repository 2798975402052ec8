import { ContainerMeter } from "./container-meter.ts";
import type { ContainerProcess } from "./container-process.ts";
import type { EcsTask } from "./ecs-task.ts";

/** What a container used since the sample before. */
export interface UsageSample {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Percent of the CPU that the task's description gives it; nothing holds a process to that, so there can be more. */
  readonly cpu: number;
  /** Bytes. */
  readonly memory: number;
}

/** Milliseconds between two samples, and how many are kept: a quarter of an hour. */
const SAMPLING = { every: 5_000, most: 180 };

/** What the tasks' containers have used of late. Of one that is gone, nothing is kept. */
export class TaskUsage {
  readonly #tasks: () => readonly EcsTask[];
  readonly #samples = new WeakMap<ContainerProcess, UsageSample[]>();
  readonly #meter = new ContainerMeter();
  readonly #looks: NodeJS.Timeout;

  /** Looks at the tasks until it is stopped. */
  constructor(tasks: () => readonly EcsTask[]) {
    this.#tasks = tasks;
    this.#looks = setInterval(() => this.sample(), SAMPLING.every).unref();
  }

  stop(): void {
    clearInterval(this.#looks);
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

  /** @param processors how many the task may use */
  async #sample(container: ContainerProcess, processors: number): Promise<void> {
    const usage = await this.#meter.look(container);
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
