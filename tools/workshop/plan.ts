import { loadSettings } from "../../settings/load.ts";
import type { Settings } from "../../settings/schema.ts";
import { Inventory } from "../deploy/preflight/inventory.ts";
import { synthesize } from "../deploy/synth.ts";
import { PricesError } from "../review/prices/load.ts";
import { dayCost } from "./day-cost.ts";
import { type QuotaUse, quotaUses } from "./quota-use.ts";
import { participantOverrides } from "./variants.ts";

export interface WorkshopPlan {
  /** Name of the base environment. */
  readonly base: string;
  readonly region: string;
  readonly participants: number;
  readonly quotas: readonly QuotaUse[];
  /** US dollars per day, or the reason why there are no prices. */
  readonly cost: { readonly base: number; readonly each: number } | { readonly unknown: string };
}

/** Calculates what a workshop needs, from the Terraform of the base and of one participant. Sends no request to AWS. */
export function planWorkshop(participants: number, overrides: readonly string[]): WorkshopPlan {
  const settings = loadSettings({ overrides });
  const base = measure(settings, overrides);
  const ofParticipant = [...overrides, ...participantOverrides(settings)];
  const participant = measure(loadSettings({ overrides: ofParticipant }), ofParticipant);
  const failed = [base, participant].map(({ cost }) => cost).find((cost) => typeof cost === "string");
  return {
    base: settings.environment,
    region: settings.region,
    participants,
    quotas: quotaUses(base.inventory, participant.inventory, participants),
    cost: failed === undefined ? { base: Number(base.cost), each: Number(participant.cost) } : { unknown: failed },
  };
}

/** The resources of an environment, and its cost per day or the reason why there are no prices. */
function measure(settings: Settings, overrides: readonly string[]) {
  const stacks = synthesize({ overrides });
  const inventory = new Inventory(stacks);
  try {
    return { inventory, cost: dayCost(stacks, settings) };
  } catch (error) {
    if (!(error instanceof PricesError)) {
      throw error;
    }
    return { inventory, cost: error.message };
  }
}
