import type { Inventory } from "../deploy/preflight/inventory.ts";
import { QUOTAS } from "../deploy/preflight/quotas.ts";

/** Use of a quota by the base and all participants. */
export interface QuotaUse {
  readonly name: string;
  /** AWS's default. */
  readonly standard: number;
  readonly base: number;
  /** Use by one participant. */
  readonly each: number;
  readonly total: number;
  /** Number of participants for which the default is enough. */
  readonly fits: number;
  /** Service and quota code in Service Quotas; undefined if only AWS Support can raise the quota. */
  readonly code: readonly [service: string, quota: string] | undefined;
}

/** Adds up the environments of a workshop for every quota that one of them uses. */
export function quotaUses(base: Inventory, participant: Inventory, participants: number): readonly QuotaUse[] {
  return QUOTAS.map(({ name, need, standard, code }) => {
    const [ofBase, each] = [need(base), need(participant)];
    return {
      name,
      standard,
      base: ofBase,
      each,
      total: ofBase + participants * each,
      fits: each === 0 ? participants : Math.max(0, Math.min(participants, Math.floor((standard - ofBase) / each))),
      code,
    };
  }).filter(({ total }) => total > 0);
}
