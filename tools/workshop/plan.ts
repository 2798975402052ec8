import { mkdtempDisposableSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadSettings } from "../../settings/load.ts";
import type { Settings } from "../../settings/schema.ts";
import { Inventory } from "../deploy/preflight/inventory.ts";
import { type SynthOptions, synthesize } from "../deploy/synth.ts";
import { PricesError } from "../review/prices/load.ts";
import { dayCost } from "./day-cost.ts";
import { settingsText } from "./participants.ts";
import { type QuotaUse, quotaUses } from "./quota-use.ts";
import { networkPlaceholder, participantChanges, participantNames, withChanges } from "./variants.ts";

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
export function planWorkshop(base: Settings, participants: number, overrides: readonly string[]): WorkshopPlan {
  const ofBase = measure(base, { overrides });
  const each = measureParticipant(base, overrides);
  const failed = [ofBase, each].map(({ cost }) => cost).find((cost) => typeof cost === "string");
  return {
    base: base.environment,
    region: base.region,
    participants,
    quotas: quotaUses(ofBase.inventory, each.inventory, participants),
    cost: failed === undefined ? { base: Number(ofBase.cost), each: Number(each.cost) } : { unknown: failed },
  };
}

/** Measures a participant with the settings that a deployment would write, in a temporary folder. */
function measureParticipant(base: Settings, overrides: readonly string[]) {
  using folder = mkdtempDisposableSync(join(tmpdir(), "workshop-"));
  const [environment = ""] = participantNames(1);
  const text = settingsText(base.environment);
  const write = (name: string, settings: string) => writeFileSync(join(folder.path, `${name}.yaml`), settings);
  write(base.environment, text);
  write(environment, withChanges(text, [...participantChanges(base), ...networkPlaceholder(base)]));
  const settings = loadSettings({ environment, overrides, folder: folder.path });
  return measure(settings, { environment, overrides, settings: folder.path });
}

/** The resources of an environment, and its cost per day or the reason why there are no prices. */
function measure(settings: Settings, synth: SynthOptions) {
  const stacks = synthesize(synth);
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
