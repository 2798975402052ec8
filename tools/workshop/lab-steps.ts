import type { Settings } from "../../settings/schema.ts";
import type { LabEvidence } from "./lab-evidence.ts";

/** A step of docs/labs/ that leaves something in the account by which it can be recognized. */
interface VisibleStep {
  readonly name: string;
  readonly isDone: (evidence: LabEvidence, base: Settings) => boolean;
}

/**
 * Steps that are visible in the account, in the order of the labs. Reading metadata, logs, and traces leaves nothing behind, so
 * the steps in between are not listed.
 */
const STEPS: readonly VisibleStep[] = [
  { name: "first release", isDone: () => true },
  { name: "lab 1, step 1: likes mysfits", isDone: ({ likes }) => likes > 0 },
  {
    name: "lab 1, step 4: runs one more like task",
    isDone: ({ likeTasks }, { services }) => likeTasks > services.like.desiredTasks,
  },
  { name: "lab 2, step 2: logs more", isDone: ({ logLevel }) => logLevel === "DEBUG" },
  { name: "lab 2, step 3: sends likes to the new tasks", isDone: ({ logsLikes }) => logsLikes },
  {
    name: "lab 3, step 5: chaos is off",
    isDone: ({ chaosMode }, { services }) => services.like.chaosMode && chaosMode === "off",
  },
  { name: "lab 4, step 2: sends load", isDone: ({ loadGenerator }) => loadGenerator !== "never" },
  { name: "lab 4, step 4: the load has ended", isDone: ({ loadGenerator }) => loadGenerator === "destroyed" },
];

/** Name of the last visible step that is done; the ones before it count as done, too. Undefined before the first release. */
export function lastLabStep(evidence: LabEvidence, base: Settings): string | undefined {
  return evidence.released ? STEPS.findLast(({ isDone }) => isDone(evidence, base))?.name : undefined;
}
