import { execFile, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { openSearchProblem } from "../../../laptop/log-search/opensearch.ts";
import { OPENSEARCH } from "../../../laptop/log-search/opensearch-files.ts";
import { RESULTS } from "../../../tools/bench/benchmark.ts";
import { terraformProblem } from "../../../tools/deploy/terraform.ts";
import { motoProblem } from "../../../tools/emulator/emulator.ts";
import { type Need, testNeeding } from "../../needs.ts";

const ROOT = join(import.meta.dirname, "../../..");
const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};
const BENCHMARKS = Object.entries(scripts).filter(([name]) => name.startsWith("bench:"));

/** Reasons why a benchmark cannot run on this machine. */
const NEEDS: Readonly<Record<string, readonly Need[]>> = {
  "bench:log-search": [() => openSearchProblem(OPENSEARCH[2])],
  "bench:plan": [motoProblem, terraformProblem],
  "bench:original": [
    process.platform === "linux" ? undefined : "reads /proc of Linux",
    spawnSync("python3", ["-m", "venv", "--help"]).status === 0 ? undefined : "python3 with venv not found",
  ],
};

for (const [name, command] of BENCHMARKS) {
  const needs = NEEDS[name] ?? [];
  testNeeding(...needs)(`${name} --smoke runs and reports its figures without storing them`, async (t) => {
    t.timeout(10 * 60_000);
    const before = readFileSync(RESULTS, "utf8");
    const [, ...args] = command.split(" ");
    const { stdout } = await promisify(execFile)(process.execPath, [...args, "--smoke"], { cwd: ROOT });
    const figures = [...stdout.matchAll(/^(\S.*?) {2,}([\d.,]+)$/gm)].map(([, , value = ""]) => value);
    t.true(figures.length >= 2, stdout);
    t.false(/NaN|Infinity/.test(stdout), stdout);
    t.regex(stdout, /^smoke run: the figures are meaningless and are not stored$/m);
    t.is(readFileSync(RESULTS, "utf8"), before);
  });
}
