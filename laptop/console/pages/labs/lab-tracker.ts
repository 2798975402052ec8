import type { Lab, StepCheck } from "./lab.ts";
import type { LabEvent } from "./lab-activity.ts";
import type { DoneSteps, LabRecord } from "./lab-record.ts";
import type { LabSystem } from "./lab-system.ts";
import type { StepState } from "./messages.ts";

/** Progress of one lab. */
interface Track {
  readonly lab: Lab;
  /** Epoch milliseconds of the steps that are done. */
  readonly doneAt: number[];
  /** Check of the first step that is not done; undefined at the end of the lab. */
  check: StepCheck | undefined;
}

/** Marks the steps of each lab as done, in order. A step that is done stays done. */
export class LabTracker {
  readonly #system: LabSystem;
  readonly #record: LabRecord;
  readonly #tracks: readonly Track[];

  constructor(labs: readonly Lab[], system: LabSystem, record: LabRecord) {
    const known = record.load();
    this.#system = system;
    this.#record = record;
    this.#tracks = labs.map((lab) => {
      const doneAt = timesOf(lab, known);
      return { lab, doneAt, check: lab.steps[doneAt.length]?.begin(system) };
    });
  }

  /** Checks the current step of each lab. */
  update(event?: LabEvent): void {
    for (const track of this.#tracks) {
      if (track.check?.(event)) {
        track.doneAt.push(Date.now());
        track.check = track.lab.steps[track.doneAt.length]?.begin(this.#system);
        this.#record.save(this.#done);
      }
    }
  }

  /** Progress of a lab's steps. */
  stepsOf(lab: Lab): readonly Pick<StepState, "doneAt" | "current">[] {
    const doneAt = this.#tracks.find((track) => track.lab === lab)?.doneAt ?? [];
    return lab.steps.map((_, index) => ({
      current: index === doneAt.length,
      ...(doneAt[index] !== undefined && { doneAt: doneAt[index] }),
    }));
  }

  get #done(): DoneSteps {
    return Object.fromEntries(
      this.#tracks.map(({ lab, doneAt }) => [
        lab.name,
        doneAt.map((time, index) => ({ step: lab.steps[index]?.title ?? "", time })),
      ]),
    );
  }
}

/** Times of the recorded steps, up to the first one that does not match the lab's step at the same position. */
function timesOf({ name, steps }: Lab, known: DoneSteps): number[] {
  const done = known[name] ?? [];
  const end = done.findIndex(({ step }, index) => step !== steps[index]?.title);
  return (end === -1 ? done : done.slice(0, end)).map(({ time }) => time);
}
