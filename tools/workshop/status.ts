import pLimit from "p-limit";
import type { Settings } from "../../settings/schema.ts";
import { isDeployed } from "../deploy/selection.ts";
import { STATE_STACK, type Stack } from "../deploy/synth.ts";
import { WorkshopEnvironment } from "./environment.ts";
import { readLabEvidence } from "./lab-evidence.ts";
import { lastLabStep } from "./lab-steps.ts";
import { findParticipants } from "./participants.ts";
import type { StackRecord } from "./record.ts";
import type { WorkshopRun } from "./run.ts";

export interface EnvironmentStatus {
  readonly name: string;
  /** Number of stacks, without the state stack. */
  readonly stacks: number;
  readonly deployed: number;
  /** Stacks that are in progress, failed, or were interrupted. */
  readonly incomplete: Readonly<Record<string, StackRecord>>;
  /** Last visible lab step; the reason, if it cannot be read. Undefined before the services are deployed. */
  readonly lab: string | undefined;
  readonly log: string;
}

/** Reads the base and all participants from their states, the record of this machine, and the account. Changes nothing. */
export async function workshopStatus(base: Settings, run: WorkshopRun): Promise<readonly EnvironmentStatus[]> {
  const limit = pLimit(run.parallel);
  const environments = [base, ...findParticipants(base, run.overrides)];
  return Promise.all(environments.map((settings) => limit(() => statusOf(settings, base, run))));
}

async function statusOf(settings: Settings, base: Settings, run: WorkshopRun): Promise<EnvironmentStatus> {
  const { account, environment: name } = settings;
  const environment = new WorkshopEnvironment(settings, run);
  const stacks = environment.stacks.filter((stack) => stack.name !== STATE_STACK);
  const present = await Promise.all(stacks.map((stack) => isDeployed(stack, account)));
  const deployed = stacks.filter((_, index) => present[index]);
  const incomplete = Object.entries(run.record.of(name)).filter(([, { outcome }]) => outcome !== "deployed");
  return {
    name,
    stacks: stacks.length,
    deployed: deployed.filter((stack) => !incomplete.some(([other]) => other === stack.name)).length,
    incomplete: Object.fromEntries(incomplete),
    lab: deployed.some((stack) => stack.name === "services") ? await labOf(stacks, settings, base) : undefined,
    log: environment.log,
  };
}

async function labOf(stacks: readonly Stack[], settings: Settings, base: Settings): Promise<string> {
  try {
    return lastLabStep(await readLabEvidence(stacks, settings), base) ?? "not released yet";
  } catch (error) {
    return `unknown: ${(error as Error).message}`;
  }
}
