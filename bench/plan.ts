// npm run bench:plan: what it takes to plan all stacks of an environment that is applied, with `npm run plan` and with
// `cdktf diff` stack by stack, in one run. Needs Terraform and moto; most of its minutes go into applying the environment.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "../emulator/emulator.ts";

const ROOT = join(import.meta.dirname, "..");
const DEPLOY = join("deploy", "main.ts");
const CDKTF = join("node_modules", "cdktf-cli", "bundle", "bin", "cdktf");
const folder = mkdtempSync(join(tmpdir(), "mysfits-bench-plan-"));
const emulator = await startEmulator();
const environment = {
  ...process.env,
  ...emulator.environment,
  MYSFITS_ENV: "emulator",
  MYSFITS_SET: `emulator=${emulator.endpoint}`,
  CI: "1", // cdktf then draws no spinners
};

try {
  console.log("applying the environment, about five minutes …");
  const applied = join(folder, "applied");
  run(applied, DEPLOY, "bootstrap", "--auto-approve");
  run(applied, DEPLOY, "deploy", "--auto-approve");
  const stacks = readdirSync(join(applied, "stacks"));

  // Both start where a build machine does, with nothing synthesized and nothing initialized. cdktf is spared the lock of
  // the provider, for which it would ask a registry.
  const ours = run(join(folder, "plan"), DEPLOY, "plan");
  console.log(`npm run plan, ${stacks.length} stacks     ${ours.toFixed(1).padStart(7)} s`);
  let theirs = 0;
  for (const stack of stacks) {
    const out = join(folder, "diff");
    const seconds = run(out, CDKTF, "diff", stack, "--output", out, "--skip-provider-lock");
    console.log(`  cdktf diff ${stack.padEnd(14)}${seconds.toFixed(1).padStart(8)} s`);
    theirs += seconds;
  }
  console.log(`cdktf diff, stack by stack ${theirs.toFixed(1).padStart(7)} s`);
  console.log(`ratio                      ${(ours / theirs).toFixed(2).padStart(7)}`);
} finally {
  await emulator.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** Seconds until a program has ended well. */
function run(outdir: string, ...args: readonly string[]): number {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: ROOT,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    env: { ...environment, CDKTF_OUTDIR: outdir },
  });
  if (status !== 0) {
    throw new Error(`${args.join(" ")} ended with ${status}:\n${stdout}${stderr}`);
  }
  return (performance.now() - started) / 1000;
}
