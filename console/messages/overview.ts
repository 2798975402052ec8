import type { AlarmState } from "../messages.ts";

export interface Overview {
  readonly alarms: readonly AlarmState[];
  readonly kept: Kept;
}

/** What the runner keeps, and what it takes. */
export interface Kept {
  readonly lines: number;
  readonly traces: number;
  /** Bytes of resident memory of the runner, the console included, and the most it should be. */
  readonly memory: number;
  readonly memoryLimit: number;
}
