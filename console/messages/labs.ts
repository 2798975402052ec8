/** A lab of the workshop, with what the running system says about each step. */
export interface LabState {
  /** Also the name of its page in docs/labs, and where it stands in the console. */
  readonly name: string;
  readonly title: string;
  readonly minutes: number;
  /** What one knows or can do at the end. */
  readonly goal: string;
  readonly steps: readonly StepState[];
}

/** Something to do or to find out. Texts may hold `code` between backticks. */
export interface StepState {
  readonly title: string;
  readonly text: string;
  /** Where to go for it in the console; or, from `http` on, outside of it. */
  readonly links: readonly StepLink[];
  /** Unfolded by those who are stuck. */
  readonly hint: string;
  readonly done: boolean;
}

export interface StepLink {
  readonly label: string;
  readonly to: string;
}
