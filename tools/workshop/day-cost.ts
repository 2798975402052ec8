import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Settings } from "../../settings/schema.ts";
import { CODE_FILE } from "../deploy/configuration.ts";
import type { Stack } from "../deploy/synth.ts";
import { costEstimate } from "../review/cost/estimate.ts";
import { HOURS } from "../review/cost/family.ts";

type Resources = Readonly<Record<string, Readonly<Record<string, object>>>>;

/**
 * US dollars that an environment costs per day, with the prices and the assumptions of a plan review.
 *
 * @throws {PricesError} if the region has no price file
 */
export function dayCost(stacks: readonly Pick<Stack, "directory">[], settings: Settings): number {
  const estimate = costEstimate(settings);
  for (const { directory } of stacks) {
    const { resource = {} } = JSON.parse(readFileSync(join(directory, CODE_FILE), "utf8")) as { resource?: Resources };
    for (const [type, named] of Object.entries(resource)) {
      for (const attributes of Object.values(named)) {
        estimate.add({
          mode: "managed",
          type,
          change: { actions: ["create"], before: null, after: asInPlan(attributes) },
        });
      }
    }
  }
  return (estimate.finish().after / HOURS) * 24;
}

/**
 * The attributes of a resource in the form of a plan, in which every block is a list and references are not known yet. cdktf
 * writes a single block without a list.
 */
function asInPlan(attributes: object): object {
  return Object.fromEntries(
    Object.entries(attributes)
      .filter(([, value]) => !isReference(value))
      .map(([name, value]) => [name, isObject(value) ? [asInPlan(value)] : asBlocks(value)]),
  );
}

function isReference(value: unknown): boolean {
  return typeof value === "string" && /^\$\{[^{}]+\}$/.test(value);
}

function asBlocks(value: unknown): unknown {
  return Array.isArray(value) ? value.map((item) => (isObject(item) ? asInPlan(item) : item)) : value;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
