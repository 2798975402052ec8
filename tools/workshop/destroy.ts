import pLimit from "p-limit";
import type { Settings } from "../../settings/schema.ts";
import { synthesize } from "../deploy/synth.ts";
import { environmentsInBaseVpc } from "./base-network.ts";
import { destroyEnvironment } from "./destroy-environment.ts";
import { WorkshopEnvironment } from "./environment.ts";
import { attempt, notStarted, type Outcome } from "./outcome.ts";
import { findParticipants } from "./participants.ts";
import type { WorkshopRun } from "./run.ts";

/** Destroys all participants, several at a time, and the base when none of them is left. */
export async function destroyWorkshop(base: Settings, run: WorkshopRun): Promise<readonly Outcome[]> {
  const { overrides, signal, parallel } = run;
  const limit = pLimit(parallel);
  const participants = findParticipants(base, overrides).map((settings) => new WorkshopEnvironment(settings, run));
  const outcomes = await Promise.all(
    participants.map((participant) => limit(() => attempt(participant, destroyEnvironment, signal))),
  );
  const left = outcomes.filter(({ status }) => status !== "done").map(({ environment }) => environment);
  if (left.length > 0) {
    return [...outcomes, notStarted(base.environment, `${left.join(", ")} may still need the base`)];
  }
  return [...outcomes, await attempt(new WorkshopEnvironment(base, run), destroyBase, signal)];
}

async function destroyBase(environment: WorkshopEnvironment): Promise<string> {
  const others = await environmentsInBaseVpc(synthesize(environment.synth), environment.settings);
  if (others.length > 0) {
    throw new Error(`${others.join(", ")} in the same VPC, without settings here: destroy it first`);
  }
  return destroyEnvironment(environment);
}
