import type { WorkshopRecord } from "./record.ts";

/** Options of a command, the same for all environments. */
export interface WorkshopRun {
  /** Settings on top of every environment's file. */
  readonly overrides: readonly string[];
  readonly record: WorkshopRecord;
  /** Aborted by Ctrl-C. Terraform then ends cleanly, and nothing more is started. */
  readonly signal: AbortSignal;
  /** Names of the stacks to deploy in every environment, in addition to the state stack; all stacks if empty. */
  readonly stacks: readonly string[];
  /** Number of participants at the same time. */
  readonly parallel: number;
}
