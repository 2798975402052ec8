import type { LabState, StepState } from "../../../console/messages/labs.ts";
import type { Evidence } from "./evidence.ts";

/** A lab of the workshop, on this machine. */
export interface Lab extends Omit<LabState, "steps"> {
  readonly steps: readonly Step[];
}

/** A step, before the system is asked about it. */
export interface Step extends Omit<StepState, "done"> {
  /** Whether the system, as it is now or has been since the runner started, shows that it is done. */
  readonly done: (seen: Evidence) => boolean;
}
