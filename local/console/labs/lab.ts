import type { Evidence } from "./evidence.ts";

/** A lab of the workshop, on this machine. */
export interface Lab {
  /** Also the name of its page in docs/labs, and where it stands in the console. */
  readonly name: string;
  readonly title: string;
  readonly minutes: number;
  /** What one knows or can do at the end. */
  readonly goal: string;
  readonly steps: readonly Step[];
}

/** Something to do or to find out. Texts may hold `code` between backticks. */
export interface Step {
  readonly title: string;
  readonly text: string;
  /** Where to go for it in the console; or, from `http` on, outside of it. */
  readonly links: readonly Link[];
  /** Unfolded by those who are stuck. */
  readonly hint: string;
  /** Whether the system, as it is now or has been since the runner started, shows that it is done. */
  readonly done: (seen: Evidence) => boolean;
}

export interface Link {
  readonly label: string;
  readonly to: string;
}
