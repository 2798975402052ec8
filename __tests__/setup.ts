import "../tools/packages/fast-start.mjs";
import { appendFileSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";

// Loaded before each test file. The AWS provider ships inline source maps that cost seconds.
process.setSourceMapsEnabled(false);

const { TEST_TIMES } = process.env;
if (TEST_TIMES) {
  process.on("exit", () => {
    const { user, system } = process.cpuUsage();
    const file = relative(process.cwd(), fileURLToPath(test.meta.file));
    const times = { file, seconds: performance.now() / 1_000, cpu: (user + system) / 1e6, programs: cpuOfPrograms() };
    appendFileSync(TEST_TIMES, `${JSON.stringify(times)}\n`);
  });
}

/** CPU seconds of all programs that this process started and that ended, with theirs. Linux only; elsewhere 0. */
function cpuOfPrograms(): number {
  if (process.platform !== "linux") {
    return 0;
  }
  // Fields 16 and 17 of proc_pid_stat(5), cutime and cstime, counted from the state (field 3), in hundredths of a second.
  const fields = readFileSync("/proc/self/stat", "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[13]) + Number(fields[14])) / 100;
}
