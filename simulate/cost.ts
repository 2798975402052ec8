import type { PriceList } from "../prices/schema.ts";
import type { Service } from "../specs/services.ts";

/**
 * US dollars an hour of one task, which runs on Graviton; undefined when the region's prices are not known. Spot is at
 * its lowest: the price moves with what AWS has left.
 */
export function taskPrice({ size, capacity }: Service, { fargate }: PriceList): number | undefined {
  const { vcpu, memory } = capacity === "FARGATE_SPOT" ? fargate.armSpot : fargate.arm;
  return vcpu && memory && (vcpu.usd * size.cpu) / 1024 + (memory.usd * size.memory) / 1024;
}
