import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onInterruption } from "../../command-line/interruption.ts";
import { LESS_GARBAGE_COLLECTION } from "../deploy/terraform.ts";
import { type FileTime, timesTable } from "./times.ts";

// Checks types, format, and lint, runs ava with the given arguments, and prints the times of the slowest test files and, at
// the very end, what failed. With --quick, tests that need Terraform, a browser, or containers are skipped by name, and files
// that have no other tests are not started.

/** Node's cache of compiled code, for the many processes of a run that load the same modules. */
const COMPILED_CODE = join(import.meta.dirname, "../../node_modules/.cache/node");

const quick = process.argv.includes("--quick");
const args = process.argv.slice(2).filter((argument) => argument !== "--quick");

process.exitCode = check() || (await test());

function check(): number {
  return spawnSync("npm run --silent check", { shell: true, stdio: "inherit" }).status ?? 1;
}

async function test(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "test-results-"));
  const [times, failures] = [join(folder, "times.jsonl"), join(folder, "failures.txt")];
  const ava = fileURLToPath(new URL("cli.js", import.meta.resolve("ava")));
  const env = {
    ...LESS_GARBAGE_COLLECTION,
    NODE_COMPILE_CACHE: COMPILED_CODE,
    ...process.env,
    ...(quick && { QUICK_TESTS: "1" }),
  };
  const tests = spawn(process.execPath, [ava, ...args], {
    stdio: "inherit",
    env: { ...env, TEST_TIMES: times, TEST_FAILURES: failures },
  });
  // ava ends the programs of its tests, which a signal to this process alone would leave running.
  onInterruption(() => tests.kill("SIGINT"));
  const [status] = await once(tests, "exit");
  if (existsSync(times)) {
    console.log("\nSeconds, CPU seconds, and CPU seconds of its programs for each test file, slowest first:");
    console.log(timesTable(linesOf(times).map((line) => JSON.parse(line) as FileTime)));
  }
  if (existsSync(failures)) {
    console.log("\nFailed:");
    console.log(linesOf(failures).join("\n"));
  }
  rmSync(folder, { recursive: true });
  return status ?? 1;
}

function linesOf(file: string): readonly string[] {
  return readFileSync(file, "utf8").trim().split("\n");
}
