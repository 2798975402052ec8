import pLimit from "p-limit";
import type { Settings } from "../../settings/schema.ts";
import { readBaseNetwork } from "./base-network.ts";
import { deployEnvironment } from "./deploy-environment.ts";
import { WorkshopEnvironment } from "./environment.ts";
import { attempt, notStarted, type Outcome } from "./outcome.ts";
import { findParticipants, shareNetwork } from "./participants.ts";
import type { WorkshopRun } from "./run.ts";

/** Deploys the base, and then all participants, several at a time. One that fails does not stop the others. */
export async function deployWorkshop(base: Settings, run: WorkshopRun): Promise<readonly Outcome[]> {
  const { overrides, signal, stacks, parallel } = run;
  const deploy = (environment: WorkshopEnvironment) => deployEnvironment(environment, stacks);
  const names = findParticipants(base, overrides).map(({ environment }) => environment);
  const ofBase = new WorkshopEnvironment(base, run);
  const outcome = await attempt(ofBase, deploy, signal);
  if (outcome.status !== "done") {
    return [outcome, ...names.map((name) => notStarted(name, "the base is not deployed"))];
  }
  if (base.network.existing === undefined) {
    const network = await readBaseNetwork(ofBase.stacks, base);
    for (const name of names) {
      shareNetwork(name, network);
    }
  }
  const limit = pLimit(parallel);
  const participants = findParticipants(base, overrides).map((settings) => new WorkshopEnvironment(settings, run));
  const outcomes = participants.map((participant) => limit(() => attempt(participant, deploy, signal)));
  return [outcome, ...(await Promise.all(outcomes))];
}
