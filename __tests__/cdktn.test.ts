import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { testNeeding } from "./needs.ts";
import { ProjectCopy } from "./project-copy.ts";
import type { SynthesizedStack } from "./synth.ts";

// docs/decisions/cdktf.md describes how to replace cdktf with its successor cdktn by changing only package.json. The test
// does this in a copy.

const test = testNeeding();

const ENVIRONMENTS = ["workshop", "production", "emulator"];

const SUCCESSOR = { cdktn: "0.24.0", "@cdktn/provider-aws": "25.7.0" };

interface Package {
  imports: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

test("a change to package.json alone replaces cdktf with cdktn, and every stack stays the same except for versions", async (t) => {
  t.timeout(20 * 60 * 1000, "installs packages and synthesizes in a copy");
  const copy = new ProjectCopy(t, { withPackages: false });
  copyFileSync(join(import.meta.dirname, "..", "package-lock.json"), join(copy.folder, "package-lock.json"));
  const manifest = JSON.parse(copy.read("package.json")) as Package;
  manifest.imports = { "#cdktf": "cdktn", "#aws/*": "@cdktn/provider-aws/lib/*/index.js" };
  const { cdktf: _core, "@cdktf/provider-aws": _provider, ...dependencies } = manifest.dependencies;
  const { "cdktf-cli": _cli, ...devDependencies } = manifest.devDependencies;
  manifest.dependencies = { ...dependencies, ...SUCCESSOR };
  manifest.devDependencies = devDependencies;
  copy.write("package.json", JSON.stringify(manifest, undefined, 2));
  await copy.run("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]);

  await copy.run("tsc", []);
  const original = new ProjectCopy(t);
  for (const environment of ENVIRONMENTS) {
    const successor = await copy.synthesize(environment);
    const current = await original.synthesize(environment);
    t.deepEqual(Object.keys(successor), Object.keys(current));
    for (const [name, stack] of Object.entries(successor)) {
      const { versions, rest } = withoutVersions(stack);
      const { versions: before, rest: restBefore } = withoutVersions(current[name]);
      t.deepEqual(rest, restBefore, `${environment} ${name}`);
      t.deepEqual(before, { cdktf: "0.21.0", source: "aws", provider: "5.100.0" });
      t.deepEqual(versions, { cdktf: "0.24.0", source: "hashicorp/aws", provider: "6.66.0" });
    }
  }
});

/** A stack's versions of cdktf and of the provider, and all its other content. */
function withoutVersions(stack: SynthesizedStack | undefined) {
  const text = JSON.stringify(stack);
  const {
    "//": comment,
    terraform,
    ...rest
  } = JSON.parse(text) as {
    "//": { metadata: { version: string } & Record<string, unknown> };
    terraform: { required_providers: { aws: { source: string; version: string } } & Record<string, unknown> };
  };
  const { version, ...metadata } = comment.metadata;
  const {
    required_providers: { aws, ...providers },
    ...settings
  } = terraform;
  return {
    versions: { cdktf: version, source: aws.source, provider: aws.version },
    rest: { ...rest, metadata, providers, settings },
  };
}
