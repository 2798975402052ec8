import type { LabEvent } from "./lab-activity.ts";
import type { LabSystem } from "./lab-system.ts";
import type { LabState, StepState } from "./messages.ts";

/** A lab of the workshop. Its steps are done in order. */
export interface Lab extends Omit<LabState, "steps"> {
  readonly steps: readonly Step[];
}

/** A step with its completion check. */
export interface Step extends Omit<StepState, "doneAt" | "current"> {
  /** Called when all earlier steps are done, so that the check can ignore earlier activity. */
  readonly begin: (system: LabSystem) => StepCheck;
}

/** Called several times per second without an event, and for each event. True once the step is done. */
export type StepCheck = (event?: LabEvent) => boolean;
