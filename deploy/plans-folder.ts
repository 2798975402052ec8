import { rm } from "node:fs/promises";
import { join } from "node:path";
import { outdir, type Stack } from "./synth.ts";

/** Where plans are left. */
export function plansFolder(): string {
  return join(outdir(), "plans");
}

/** Takes earlier plans away, so that nobody takes them for those that could not be made. */
export async function discardPlans(): Promise<void> {
  await rm(plansFolder(), { recursive: true, force: true });
}

/** The file of a folder of plans that says which versions a stack was planned with, and is to be applied with. */
export function lockOf({ name }: Stack): string {
  return `${name}.lock.hcl`;
}
