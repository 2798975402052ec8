import type { Service } from "../../model/service.ts";
import type { PriceList } from "../review/prices/schema.ts";

/**
 * US dollars per task-hour on Graviton; undefined when the region's prices are unknown. Spot uses its lowest price,
 * although the real price follows AWS's spare capacity.
 */
export function taskPrice({ size, capacity }: Service, { fargate }: PriceList): number | undefined {
  const { vcpu, memory } = capacity === "FARGATE_SPOT" ? fargate.armSpot : fargate.arm;
  return vcpu && memory && (vcpu.usd * size.cpu) / 1024 + (memory.usd * size.memory) / 1024;
}
