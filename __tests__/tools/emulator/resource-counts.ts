import type { Emulator } from "../../../tools/emulator/emulator.ts";

/** Number of resources in the emulator, by collection. */
export async function resourceCounts({ endpoint }: Pick<Emulator, "endpoint">): Promise<Record<string, number>> {
  const held = (await (await fetch(`${endpoint}/emulator/holdings`)).json()) as Record<string, string[]>;
  return Object.fromEntries(Object.entries(held).map(([collection, names]) => [collection, names.length]));
}
