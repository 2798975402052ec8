import { availableParallelism, totalmem } from "node:os";

/** Tasks of the like service per processor. They spend most of their time waiting for the monolith. */
const TASKS_PER_PROCESSOR = 8;

/** Bytes of memory per task, including its metadata proxy. */
const TASK_MEMORY = 128 * 1024 ** 2;

/** Share of the memory that scaling may fill with tasks. */
const SHARE = 1 / 4;

/** Maximum number of tasks of one service on this machine, or in this container, that leaves enough for its other work. */
export function taskLimit(): number {
  const memory = Math.min(totalmem(), process.constrainedMemory() || Infinity);
  return Math.max(
    1,
    Math.min(TASKS_PER_PROCESSOR * availableParallelism(), Math.floor((SHARE * memory) / TASK_MEMORY)),
  );
}
