import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { Command } from "commander";
import { prepareForNpm } from "../../command-line/npm.ts";
import { outdir, ROOT, synthesize } from "../deploy/synth.ts";

const EVERY_OPTIONAL_STACK = [
  "load.generator=on",
  "github={repository: octo/mysfits, ownerId: 1, repositoryId: 2, deployEnvironment: production}",
];

prepareForNpm(
  new Command("npm run scan --").description(
    "Synthesizes production with every optional stack and checks it with checkov (.checkov.yaml).",
  ),
).parse();
try {
  synthesize({ environment: "production", overrides: EVERY_OPTIONAL_STACK });
  process.exitCode = check(join(outdir(), "stacks"));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

/** Returns the exit code of checkov. */
function check(folder: string): number {
  const { error, status } = spawnSync("checkov", ["--config-file", ".checkov.yaml", "--directory", folder], {
    cwd: ROOT,
    stdio: "inherit",
  });
  if ((error as NodeJS.ErrnoException | undefined)?.code === "ENOENT") {
    throw new Error("checkov is not installed: pip install -r tools/scan/requirements.txt");
  }
  return status ?? 1;
}
