import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { App, TerraformStack } from "cdktf";
import { GuardRails } from "../../guards/guard-rails.ts";

const TAGS = { Project: "mythical-mysfits", Environment: "test", ManagedBy: "terraform" };

/** What the guard rails say of a stack with tags, named `stack`, and with what `build` puts into it. */
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
