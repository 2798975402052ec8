// Compares planning all stacks of an applied environment with `npm run plan` and with `cdktf diff` stack by stack. Needs
// Terraform and moto, and Linux for the peak memory of all processes together. Most of the time goes into applying the
// environment. A smoke run applies nothing and plans only the state stack, whose state can be in a file, so that it needs no
// bucket.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { startEmulator } from "../emulator/emulator.ts";
import { benchmark } from "./benchmark.ts";
import { watchMemory } from "./process-tree.ts";

const ROOT = join(import.meta.dirname, "../..");
const DEPLOY = join("tools", "deploy", "main.ts");
const CDKTF = join("node_modules", "cdktf-cli", "bundle", "bin", "cdktf");

const { smoke, report } = benchmark(
  "bench:plan",
  "Compares npm run plan with cdktf diff, stack by stack, for an applied environment.",
);
const folder = mkdtempSync(join(tmpdir(), "mysfits-bench-"));
const emulator = await startEmulator();
const environment = {
  ...process.env,
  ...emulator.environment,
  MYSFITS_ENV: "emulator",
  MYSFITS_SET: `emulator=${emulator.endpoint}`,
  CI: "1", // keeps cdktf from drawing spinners
  MYSFITS_STATE: smoke ? "local" : "",
};

try {
  const stacks = smoke ? ["state"] : await applyAll(join(folder, "applied"));
  // Both start like a build machine, without synthesized or initialized folders. cdktf does not lock the provider, which
  // would need a registry.
  const plan = await run(join(folder, "plan"), DEPLOY, "plan", ...(smoke ? stacks : []));
  const diffs: Run[] = [];
  for (const stack of stacks) {
    const output = join(folder, "diff");
    diffs.push(await run(output, CDKTF, "diff", stack, "--output", output, "--skip-provider-lock"));
  }
  const diff = diffs.reduce((sum, { seconds }) => sum + seconds, 0);
  report({
    stacks: stacks.length,
    "plan.seconds": plan.seconds,
    "diff.seconds": diff,
    ratio: plan.seconds / diff,
    ...(process.platform === "linux" && {
      "plan.MiB": plan.peak,
      "diff.MiB": Math.max(...diffs.map(({ peak }) => peak)),
    }),
  });
} finally {
  await emulator.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function applyAll(outdir: string): Promise<readonly string[]> {
  console.log("applying the environment, about five minutes …");
  await run(outdir, DEPLOY, "bootstrap", "--auto-approve");
  await run(outdir, DEPLOY, "deploy", "--auto-approve");
  return readdirSync(join(outdir, "stacks"));
}

interface Run {
  readonly seconds: number;
  /** Peak memory of all its processes together, in MiB. */
  readonly peak: number;
}

/** Runs a program to its end. Throws when it fails. */
async function run(outdir: string, ...args: readonly string[]): Promise<Run> {
  const started = performance.now();
  const program = spawn(process.execPath, args, {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...environment, CDKTF_OUTDIR: outdir },
  });
  const memory = watchMemory(Number(program.pid));
  const [stdout, stderr] = await Promise.all([text(program.stdout), text(program.stderr), once(program, "close")]);
  const { peak } = memory.stop();
  if (program.exitCode !== 0) {
    throw new Error(`${args.join(" ")} exited with ${program.exitCode}:\n${stdout}${stderr}`);
  }
  return { seconds: (performance.now() - started) / 1000, peak };
}
