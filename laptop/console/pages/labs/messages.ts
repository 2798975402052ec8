/** A lab of the workshop with its progress. */
export interface LabState {
  /** Also the name of its page in docs/labs, and the `lab` parameter of its address. */
  readonly name: string;
  readonly title: string;
  readonly minutes: number;
  /** Outcome of the lab. */
  readonly goal: string;
  readonly steps: readonly StepState[];
}

/** A step of a lab. Texts may contain `code` in backticks. */
export interface StepState {
  readonly title: string;
  readonly text: string;
  /** Console paths, or absolute URLs. */
  readonly links: readonly StepLink[];
  /** Help for those who are stuck. */
  readonly hint: string;
  /** Epoch milliseconds. Absent for steps that are not done. */
  readonly doneAt?: number;
  /** True for the first step that is not done. Only its activity counts. */
  readonly current: boolean;
}

export interface StepLink {
  readonly label: string;
  readonly to: string;
}
