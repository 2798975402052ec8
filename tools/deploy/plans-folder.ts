import { rm } from "node:fs/promises";
import { join } from "node:path";
import { outdir, type Stack } from "./synth.ts";

/** Folder that plans are written to. */
export function plansFolder(): string {
  return join(outdir(), "plans");
}

/** Deletes earlier plans, so that they are not mistaken for plans of this run. */
export async function discardPlans(): Promise<void> {
  await rm(plansFolder(), { recursive: true, force: true });
}

/** Name of the file with the provider versions that a stack was planned with, and that must apply it. */
export function lockFileOf({ name }: Stack): string {
  return `${name}.lock.hcl`;
}
