/** A lab of the workshop, with what the running system says about each step. */
export interface LabState {
  readonly name: string;
  readonly title: string;
  readonly minutes: number;
  readonly goal: string;
  readonly steps: readonly StepState[];
}

export interface StepState {
  readonly title: string;
  readonly text: string;
  readonly links: readonly StepLink[];
  readonly hint: string;
  readonly done: boolean;
}

export interface StepLink {
  readonly label: string;
  readonly to: string;
}
