import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AwsProvider } from "#aws/provider";
import { App, TerraformStack } from "#cdktf";
import { GuardRails } from "../../../modules/guard-rails/guard-rails.ts";

const TAGS = { Project: "mythical-mysfits", Environment: "test", ManagedBy: "terraform" };

/** Lists the violations in a stack named `stack` that has the required tags and the contents that `build` adds. */
export function problemsOf(build: (stack: TerraformStack) => void): string[] {
  return problemsWithoutTags((stack) => {
    new AwsProvider(stack, "aws", { region: "us-east-1", defaultTags: [{ tags: TAGS }] });
    build(stack);
  });
}

export function problemsWithoutTags(build: (stack: TerraformStack) => void): string[] {
  const outdir = mkdtempSync(join(tmpdir(), "guards-"));
  try {
    const stack = new TerraformStack(new App({ outdir }), "stack");
    build(stack);
    return new GuardRails(stack).validate();
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
