import { availableParallelism, totalmem } from "node:os";

/** Tasks of the like service to a processor: most of the time they wait for the monolith. */
const TASKS_PER_PROCESSOR = 8;

/** Bytes of memory that a task takes for itself, its metadata proxy included. */
const TASK_MEMORY = 128 * 1024 ** 2;

/** Share of the memory that scaling may fill with tasks. */
const SHARE = 1 / 4;

/** Tasks of one service that this machine, or the container that this is, takes without its other work suffering. */
export function mostTasks(): number {
  const memory = Math.min(totalmem(), process.constrainedMemory() || Infinity);
  return Math.max(
    1,
    Math.min(TASKS_PER_PROCESSOR * availableParallelism(), Math.floor((SHARE * memory) / TASK_MEMORY)),
  );
}
